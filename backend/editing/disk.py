"""The knowledge files: read with a digest, written whole or not at all, one writer at a time."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import NotFound


class NoSuchFile(NotFound):
    code = "editing.no_file"
    says = "没有这个知识文件。"


def digest(text: str) -> str:
    """Return the SHA-256 of a file's text: what an editor's change is based on."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_knowledge(root: Path, file: str) -> str:
    """Return the text of `file` below the folder. Raise NoSuchFile, also for what lies elsewhere."""
    path = inside(root, file)
    try:
        with path.open(encoding="utf-8", newline="") as opened:  # the line ends as they are
            return opened.read()
    except (OSError, UnicodeDecodeError):
        raise NoSuchFile from None


def inside(root: Path, file: str) -> Path:
    """Return the path of `file`, which must lie below `root`, whatever links there are."""
    path = root / file
    if not path.resolve().is_relative_to(root.resolve()):
        raise NoSuchFile
    return path


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file in one step, durable before it returns; who reads sees the old or the new one.

    The draft's name begins with a dot and does not end in .yaml or .tsv: no reader takes it for knowledge.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def one_writer(data_dir: Path) -> Iterator[None]:
    """Let only one process at a time compare and write files."""
    folder = data_dir / "editing"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
