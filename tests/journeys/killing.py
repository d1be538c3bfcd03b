"""The product's servers, and somebody who kills them without warning and starts them again."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.servers import Process, web, worker

APART_SECONDS = (1.0, 4.0)
VICTIMS = {"a web process": 4, "the worker": 4, "the web server": 1}
RESTS_SECONDS = {"web": 8.0, "worker": 15.0}  # what is killed while it starts has nothing to lose, and proves nothing
WEB_PROCESSES = 2


class Town:
    """Two web processes below one server, and the worker; each is started again when it has died."""

    def __init__(self, environment: dict[str, str], folder: Path):
        # A bureau's service manager starts what died again; here granian does so for its processes.
        self._environment = environment | {"GRANIAN_RESPAWN_FAILED_WORKERS": "true", "GRANIAN_RESPAWN_INTERVAL": "0.1"}
        self._folder = folder
        self._running: dict[str, tuple[ExitStack, Process]] = {}
        self.killed: Counter[str] = Counter()
        self._since: dict[str, float] = {}

    def __enter__(self) -> "Town":
        self._start("web", self._web)
        self._start("worker", self._worker)
        return self

    def __exit__(self, *_: object) -> None:
        for stack, _process in self._running.values():
            stack.close()

    def end_worker(self) -> None:
        self._running.pop("worker")[0].close()

    def kill(self, victim: str, dice: random.Random) -> None:
        """kill -9, and a new start where nobody else sees to it; whoever has just been killed is let be."""
        if self._running["web"][1].poll() is not None:  # granian ends where a process dies within 5.5 s of its start
            self._restart("web", self._web)
        place = "worker" if victim == "the worker" else "web"
        if time.monotonic() - self._since[place] < RESTS_SECONDS[place]:
            return
        if victim == "a web process":
            os.kill(dice.choice(children(self._running["web"][1].pid)), signal.SIGKILL)
            self._since["web"] = time.monotonic()
        elif victim == "the worker":
            self._restart("worker", self._worker)
        else:
            self._restart("web", self._web)
        self.killed[victim] += 1

    def _restart(self, name: str, make: Callable[[], Any]) -> None:
        stack, process = self._running[name]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stack.close()
        self._start(name, make)

    def _start(self, name: str, make: Callable[[], Any]) -> None:
        stack = ExitStack()
        self._running[name] = stack, stack.enter_context(make())
        self._since[name] = time.monotonic()

    def _web(self) -> Any:
        return web(self._environment, self._folder / "web", workers=WEB_PROCESSES)

    def _worker(self) -> Any:
        return worker(self._environment, self._folder / "worker")


def children(process_id: int) -> list[int]:
    """Return the processes that granian's first one has made to serve."""
    found = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(child) for listed in found for child in listed.read_text().split()]


@contextmanager
def killer(town: Town, seed: int) -> Any:
    """Kill one after the other at moments that `seed` chooses, until the end of the `with`."""
    dice, over = random.Random(seed), threading.Event()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            while not over.wait(dice.uniform(*APART_SECONDS)):
                town.kill(dice.choices(list(VICTIMS), list(VICTIMS.values()))[0], dice)
        except BaseException as fault:  # a server that does not come back is told by the test
            faults.append(fault)

    thread = threading.Thread(target=run, name="killer")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not faults, faults
