"""Simulated time: threads that run one at a time, and only sleeping makes time pass.

A discrete-event scheduler. Whoever sleeps hands the baton back; the sleeper who is due
first gets it next. Fifteen seconds of three calls and four processes take milliseconds,
and the same input gives the same order of events.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from backend.vault import Vault
from backend.wechat.logbook import Logbook


class Died(BaseException):
    """The process this thread belongs to is gone."""


@dataclass
class Process:
    """What can die: its threads stop at their next sleep."""

    dead: bool = False


@dataclass
class _Thread:
    process: Process
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


class VirtualTime:
    """A `Clock`, and the scheduler behind it."""

    def __init__(self, start: float = 1_800_000_000.0):
        self._now = start
        self._queue: list[tuple[float, int, _Thread]] = []
        self._order = itertools.count()
        self._baton = threading.Semaphore(0)
        self._local = threading.local()
        self._threads: list[threading.Thread] = []
        self.faults: list[BaseException] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        me: _Thread = self._local.me
        self._wait(me, seconds)
        if me.process.dead:
            raise Died

    def start(self, process: Process, work: Callable[[], Any], after: float = 0.0) -> None:
        """Run `work` as a thread of `process`, `after` seconds from now."""
        me = _Thread(process)
        thread = threading.Thread(target=self._run, args=(me, work), daemon=True)
        self._threads.append(thread)
        thread.start()
        self._push(me, after)

    def run(self, until_seconds: float) -> None:
        """Let time pass until nobody has anything to do, or the end is reached."""
        end = self._now + until_seconds
        while self._queue and self._queue[0][0] <= end:
            self._now, _, thread = heapq.heappop(self._queue)
            thread.go.release()
            self._baton.acquire()
        for _, _, thread in self._queue:
            thread.process.dead = True
            thread.go.release()
            self._baton.acquire()
        for real in self._threads:
            real.join()
        if self.faults:
            raise self.faults[0]

    def _wait(self, me: _Thread, seconds: float) -> None:
        self._push(me, seconds)
        self._baton.release()
        me.go.acquire()

    def _push(self, thread: _Thread, after: float) -> None:
        heapq.heappush(self._queue, (self._now + max(after, 0.0), next(self._order), thread))

    def _run(self, me: _Thread, work: Callable[[], Any]) -> None:
        self._local.me = me
        me.go.acquire()
        try:
            if not me.process.dead:
                work()
        except Died:
            pass
        except BaseException as fault:  # handed to the test, which fails with it
            self.faults.append(fault)
        finally:
            self._baton.release()


class SlowLogbook(Logbook):
    """The database as it is in life: every statement takes a moment, in which others act."""

    def __init__(self, engine: Engine, vault: Vault, owner: str, time: VirtualTime, delays_seconds: list[float]):
        super().__init__(engine, vault, owner)
        self._time = time
        self._delays = itertools.cycle(delays_seconds)

    def __getattribute__(self, name: str) -> Any:
        move = super().__getattribute__(name)
        if name in STATEMENTS:
            self._time.sleep(next(self._delays))
        return move


STATEMENTS = ("claim", "join", "find", "land", "move", "owe", "forget", "take_over", "renew", "due")
