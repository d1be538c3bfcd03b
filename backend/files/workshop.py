"""Where foreign files are opened: one or two child processes that may fail without harm.

A child is bounded in memory and time, knows no secret, and is replaced when it dies, hangs, has run out of
memory or has done many files.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

import structlog

from ..config import ROOT
from .errors import REASONS, BrokenFile, NoSuchPage, TooComplex, WorkshopBusy
from .frames import Cut, read_frame, write_frame

log = structlog.get_logger()

MIB = 1024 * 1024
FILES_A_CHILD = 200
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Bounds:
    """What one child may take. memory_bytes: of addresses, as RLIMIT_AS counts them."""

    children: int = 2
    memory_bytes: int = 1536 * MIB
    timeout_seconds: int = 20
    wait_seconds: float = 30.0
    start_seconds: float = 30.0
    program: str = "backend.files.child"


class _Child:
    """One process and the pipes to it. Used by one thread at a time."""

    def __init__(self, bounds: Bounds):
        self.done = 0
        self.owner = os.getpid()
        self._bounds = bounds
        self._process = subprocess.Popen(
            [sys.executable, "-m", bounds.program, str(bounds.memory_bytes), str(bounds.timeout_seconds + 5)],
            cwd=ROOT,
            env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ} | {"MALLOC_ARENA_MAX": "2"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            with self._watched(bounds.start_seconds):
                read_frame(self._out)
        except Cut:
            self.end()
            raise

    @property
    def _in(self) -> IO[bytes]:
        assert self._process.stdin  # asked for with PIPE
        return self._process.stdin

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    def ask(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Raise Cut where the child died over it or was stopped because it took too long."""
        self.done += 1
        with self._watched(self._bounds.timeout_seconds):
            write_frame(self._in, order, data)
            return read_frame(self._out)

    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._out, self._in):
            with suppress(OSError):  # bytes it will never read
                pipe.close()
        self._process.wait()

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        """Kill the child if it takes longer: reading and writing then end at once."""
        watchdog = threading.Timer(seconds, self._process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        except (OSError, ValueError):
            raise Cut from None
        finally:
            watchdog.cancel()


class Workshop:
    """The children of this process; made at first use. Safe in threads."""

    def __init__(self, bounds: Bounds | None = None):
        self._bounds = bounds or Bounds()
        self._idle: list[_Child] = []
        self._places = threading.BoundedSemaphore(self._bounds.children)
        self.peak_kib = 0  # the most memory any child has really used

    def do(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Return head and body of the child's answer.

        Raise the FileRefused it gives as reason, TooComplex where it died or took too long, WorkshopBusy
        where none is free in time or none can be started.
        """
        if not self._places.acquire(timeout=self._bounds.wait_seconds):
            raise WorkshopBusy
        try:
            head, body = self._ask(order, data)
        finally:
            self._places.release()
        self.peak_kib = max(self.peak_kib, int(head.get("peak_kib", 0)))
        if "refused" in head:
            log.info("file_refused", code=head["refused"], fault=head.get("fault"))
            raise NoSuchPage if head["refused"] == NoSuchPage.code else REASONS.get(head["refused"], BrokenFile)
        return head, body

    def close(self) -> None:
        """End the children of this process; those made before a fork are their own parent's."""
        while self._idle:
            child = self._idle.pop()
            if child.owner == os.getpid():
                child.end()

    def _ask(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        child = self._take()
        try:
            head, body = child.ask(order, data)
        except Cut:
            child.end()
            log.warning("file_child_ended", asked=order.get("do"), size_bytes=len(data))
            return {"refused": TooComplex.code}, b""
        except BaseException:
            child.end()
            raise
        if head.get("spent") or child.done >= FILES_A_CHILD:
            child.end()
        else:
            self._idle.append(child)
        return head, body

    def _take(self) -> _Child:
        while self._idle:
            try:
                child = self._idle.pop()
            except IndexError:
                break  # another thread took the last one
            if child.owner != os.getpid():
                continue  # made before a fork: it belongs to the parent
            if child.alive():
                return child
            child.end()
        try:
            return _Child(self._bounds)
        except (Cut, OSError) as fault:
            log.error("file_child_does_not_start", exc_info=fault)
            raise WorkshopBusy from fault
