"""Reads pictures in a process of its own, so that what a picture does to memory or time it does not do to the service.

One child, started at the first picture (spawn: it shares nothing with the threads of the parent), with a bound on its
memory and a time limit a picture; replaced after a number of pictures, when it dies, and when it takes too long.
"""

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from .result import Reading

MEMORY_BYTES = int(2.5 * 1024**3)
SECONDS_A_PICTURE = 45.0  # read in one on an idle core; the processor may be shared
SECONDS_TO_START = 60.0
PICTURES_A_CHILD = 200
Progress = Callable[[str], None]


class Reader:
    """Owns the child. May be shared by threads: pictures are read one after another."""

    def __init__(
        self,
        *,
        seconds_a_picture: float = SECONDS_A_PICTURE,
        pictures_a_child: int = PICTURES_A_CHILD,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._seconds, self._most, self._memory = seconds_a_picture, pictures_a_child, memory_bytes
        self._lock = threading.Lock()
        self._child: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._read = 0

    def read(self, data: bytes, progress: Progress | None = None) -> Reading:
        """Return what the picture says. progress: told "looking", "reading", "checking" as they come.

        A child that dies or takes longer than the limit gives a Reading with the advice "try-again".
        """
        answer = self._ask("passport", data, progress)
        return answer if isinstance(answer, Reading) else Reading(advice="try-again")

    def read_lease(self, data: bytes, progress: Progress | None = None) -> Any:
        """Return the Lease the picture or PDF says; see lease.py."""
        from .lease import Lease  # noqa: PLC0415 - the service asks for leases rarely

        answer = self._ask("lease", data, progress)
        return answer if isinstance(answer, Lease) else Lease(advice="try-again")

    @property
    def process_id(self) -> int | None:
        """The child's, while there is one."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, what: str, data: bytes, progress: Progress | None) -> object:
        with self._lock:
            try:
                pipe = self._ready()
                pipe.send((what, data))
                answer = self._answer(pipe, progress or _silent)
            except (EOFError, OSError, TimeoutError):
                self._end()
                return None
            self._read += 1
            if self._read >= self._most:
                self._end()
            return answer

    def _answer(self, pipe: Connection, progress: Progress) -> object:
        while pipe.poll(self._seconds):
            kind, said = pipe.recv()
            if kind == "answer":
                return said
            progress(said)
        raise TimeoutError

    def _ready(self) -> Connection:
        if self._child is not None and not self._child.is_alive():
            self._end()
        if self._child is None or self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, far = context.Pipe()
            self._child = context.Process(target=_work, args=(far, self._memory), daemon=True, name="passport-reader")
            self._child.start()
            far.close()
            self._read = 0
            if not self._pipe.poll(SECONDS_TO_START):
                raise TimeoutError
            self._pipe.recv()  # the model is loaded: it does not count as reading
        return self._pipe

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join(5)
        if self._pipe is not None:
            self._pipe.close()
        self._child = self._pipe = None


def _silent(stage: str) -> None:
    """Nobody asked how far it is."""


def _work(pipe: Connection, memory_bytes: int) -> None:
    """What the child does until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the child; both hear Ctrl-C
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from .eyes import eyes  # noqa: PLC0415 - only the child loads the engine
    from .lease import read_lease  # noqa: PLC0415 - as above
    from .reader import read_picture  # noqa: PLC0415 - as above

    eyes()
    pipe.send(("ready", None))
    kinds: dict[str, Callable[[bytes, Progress], object]] = {"passport": read_picture, "lease": read_lease}
    while True:
        try:
            what, data = pipe.recv()
        except EOFError:
            return
        try:
            answer = kinds[what](data, lambda stage: pipe.send(("stage", stage)))
        except MemoryError:
            answer = None
        pipe.send(("answer", answer))


__all__ = ["Reader"]
