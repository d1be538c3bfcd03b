"""Where contents lie: a folder here, an S3 bucket in `s3`; one treaty for both."""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from .errors import StoreDown

NAME = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{12}\.part)?")


class NoSuchBlob(Exception):
    """The store has nothing under this name."""


class Listed(NamedTuple):
    name: str
    changed_at: datetime


class Store(Protocol):
    """The treaty of every store. What it is given is encrypted already: it sees no content.

    Names are a file's id, 32 hex digits; any other name is a ValueError, so no name can lead elsewhere.
    Whatever the store cannot do right now (full, unreachable, denied) is StoreDown.
    """

    def put(self, name: str, blob: bytes) -> None:
        """Keep `blob`. When this returns, it is durable: it survives the loss of power. When it does not
        return, `name` holds either the whole blob or nothing; what is half-written may be listed under a
        name of its own, and can be removed under it."""

    def get(self, name: str) -> bytes:
        """Return the whole blob. Raise NoSuchBlob."""

    def remove(self, name: str) -> None:
        """Forget it. Nothing there is no fault: two sweepers may meet."""

    def list(self) -> Iterator[Listed]:
        """Give every name with the moment it was written, in ascending order of names."""


def checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("not a name of the store")
    return name


class LocalStore:
    """Files below one folder, spread over two levels of folders by the first four digits of their names."""

    def __init__(self, folder: Path):
        self._folder = folder

    def put(self, name: str, blob: bytes) -> None:
        """Written under another name, synced, renamed, and the folder synced: whole or not there."""
        path = self._path(checked(name))
        draft = path.with_name(f"{name}.{secrets.token_hex(6)}.part")
        with _plain_faults():
            self._make_folders(path.parent)
            try:
                _write_through(draft, blob)
                draft.rename(path)
            except BaseException:
                with suppress(OSError):
                    draft.unlink(missing_ok=True)
                raise
            _sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        with _plain_faults():
            try:
                return self._path(checked(name)).read_bytes()
            except FileNotFoundError:
                raise NoSuchBlob from None

    def remove(self, name: str) -> None:
        with _plain_faults():
            self._path(checked(name)).unlink(missing_ok=True)

    def list(self) -> Iterator[Listed]:
        """The order of folders is the order of names: both begin with the same digits."""
        with _plain_faults():
            for first in _sorted(self._folder):
                for second in _sorted(first):
                    for path in _sorted(second):
                        with suppress(FileNotFoundError):  # removed since the folder was read
                            if NAME.fullmatch(path.name):
                                yield Listed(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name[2:4] / name

    def _make_folders(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for parent in (folder.parent, self._folder):
            _sync_folder(parent)


def _sorted(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda path: path.name)


def _write_through(path: Path, blob: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in `folder` as durable as their contents."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network folders cannot sync names
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreDown from fault
