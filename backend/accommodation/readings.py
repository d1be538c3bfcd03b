"""Photos waiting to be read: the worker takes one at a time under a lease and keeps what it read.

A worker that dies leaves its lease behind; the next one takes the photo again, three
times at most: a picture that kills its reader is then told to be photographed anew.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import or_, select, update

from ..clock import utc_now
from ..db import db
from ..errors import Refusal
from ..files.service import Files, get_file
from .models import PhotoReading

log = structlog.get_logger()
LEASE = timedelta(seconds=90)
MAX_TRIES = 3
LEASE_KIND = "lease"


class Reader(Protocol):
    """`reading.worker.Reader`: one child process that reads pictures. Never raises for a bad picture."""

    def read(self, data: bytes, progress: Callable[[str], None] | None = None) -> Any: ...

    def read_lease(self, data: bytes) -> Any: ...


class Readings:
    """Made once a process, with the files and the child process that reads."""

    def __init__(self, files: Files, reader: Reader):
        self._files = files
        self._reader = reader

    def read_waiting(self, now: datetime) -> int:
        """Read every photo that waits; return how many. A job: see `backend.jobs`."""
        done = 0
        while (reading := _claim(utc_now() if done else now)) is not None:
            self._read(reading)
            db.session.commit()
            done += 1
        return done

    def _read(self, reading: PhotoReading) -> None:
        try:
            data = self._files.read(get_file(reading.file_id))
        except Refusal:  # dropped meanwhile, or its blob is gone
            reading.state = "failed"
            return
        if reading.kind == LEASE_KIND:
            read = self._reader.read_lease(data)
        else:
            read = self._reader.read(data, progress=lambda stage: _tell_stage(reading, stage))
        reading.result, reading.state, reading.stage = asdict(read), "done", ""
        log.info("photo_read", kind=reading.kind, format=reading.result.get("format"))


def _claim(now: datetime) -> PhotoReading | None:
    """Return one photo that waits, ours for the time of the lease; None where none does."""
    _give_up(now)
    free = or_(PhotoReading.lease_until.is_(None), PhotoReading.lease_until < now)
    waiting = (PhotoReading.state == "waiting", free)
    file_id = db.session.scalar(select(PhotoReading.file_id).where(*waiting).order_by(PhotoReading.asked_at).limit(1))
    if file_id is None:
        db.session.commit()
        return None
    taken = db.session.execute(
        update(PhotoReading)
        .where(PhotoReading.file_id == file_id, *waiting)
        .values(lease_until=now + LEASE, tries=PhotoReading.tries + 1, stage="looking")
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    if taken.rowcount != 1:  # type: ignore[attr-defined] # another worker got there first
        return _claim(now)
    return db.session.get(PhotoReading, file_id, populate_existing=True)


def _give_up(now: datetime) -> None:
    db.session.execute(
        update(PhotoReading)
        .where(PhotoReading.state == "waiting", PhotoReading.tries >= MAX_TRIES, PhotoReading.lease_until < now)
        .values(state="failed", stage="")
        .execution_options(synchronize_session=False)
    )


def _tell_stage(reading: PhotoReading, stage: str) -> None:
    """Let the page show how far we are."""
    reading.stage = stage
    db.session.commit()
