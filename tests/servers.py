"""Real servers for a test: PostgreSQL, Redis, the web server, the worker. Each ends with its `with`.

PostgreSQL refuses to run as root; then the user "postgres", who comes with Debian's package, runs it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from backend.config import ROOT

READY_SECONDS, STOP_SECONDS, POLL_SECONDS = 120, 15, 0.05


class NotReady(RuntimeError):
    """A server did not answer; the message ends with what it wrote."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the SQLAlchemy address of an empty database."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="epolice-pg-"))
    try:
        if user:
            shutil.chown(folder, "postgres")
        data, port = folder / "data", free_port()
        initdb = [programs / "initdb", "-D", data, "-U", "epolice", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run([*user, *initdb], check=True, capture_output=True, cwd=folder)
        flags = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with _running([*user, str(programs / "postgres"), "-D", str(data), *flags], folder):
            _await(lambda: _listens(port), folder / "log")
            create = [programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "epolice", "epolice"]
            _await(lambda: subprocess.run(create, capture_output=True, check=False).returncode == 0, folder / "log")
            yield f"postgresql+psycopg://epolice@127.0.0.1:{port}/epolice"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running(command, folder):
        _await(lambda: _listens(port), folder / "log")
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def web(environment: dict[str, str], folder: Path, *, workers: int = 1, threads: int = 8) -> Iterator["Process"]:
    """Start the product's web server as the README does; EPOLICE_PUBLIC_URL says on which port."""
    port = environment["EPOLICE_PUBLIC_URL"].rpartition(":")[2]
    flags = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", port, "--workers", str(workers)]
    flags += ["--blocking-threads", str(threads), "--log-level", "warning"]
    folder.mkdir(parents=True, exist_ok=True)
    with _running([sys.executable, "-m", "granian", *flags, "wsgi:app"], folder, environment) as process:
        _await(lambda: answers(f"{environment['EPOLICE_PUBLIC_URL']}/readyz"), folder / "log", process)
        yield process


@contextmanager
def worker(environment: dict[str, str], folder: Path) -> Iterator["Process"]:
    """Start the product's worker as the README does."""
    folder.mkdir(parents=True, exist_ok=True)
    consumer = str(Path(sys.executable).with_name("huey_consumer"))
    command = [sys.executable, consumer, "backend.worker.huey", "-w", "2", "-q"]
    with _running(command, folder, environment) as process:
        yield process


Process = subprocess.Popen


@contextmanager
def _running(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT if environment else folder, env=os.environ | (environment or {}),
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            stop(process)


def stop(process: "subprocess.Popen[bytes]", how: int = signal.SIGTERM) -> None:
    """End the process and everything it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)


def _await(ready: Callable[[], bool], log: Path, process: "subprocess.Popen[bytes] | None" = None) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if ready():
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(POLL_SECONDS)  # a server of another program: there is nothing to wait on but its port
    raise NotReady(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
