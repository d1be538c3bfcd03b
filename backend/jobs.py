"""Work that does not belong in a request: the web process signals, the worker does it.

The tables are the truth and the queue carries only signals: a job takes no argument, looks
up what is due, and may run twice. So a signal that is lost between commit and queue costs
a minute at most: every job also runs by itself once a minute.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import event
from sqlalchemy.orm import Session

from .clock import utc_now
from .config import Settings
from .db import db

log = structlog.get_logger()
KEY = "epolice.jobs"
_WAKE = "epolice.wake"
Job = Callable[[datetime], int]


def make_huey(settings: Settings) -> Huey:
    """Return the queue: Redis where one is configured, else a file in the data folder."""
    if settings.redis_url:
        return RedisHuey("epolice", url=settings.redis_url, results=False)
    return SqliteHuey("epolice", filename=str(Path(settings.data_dir) / "queue.sqlite"), results=False)


class Jobs:
    """What the worker can do, by name. Made once a process."""

    def __init__(self, app: Flask, huey: Huey):
        self._app = app
        self._work: dict[str, Job] = {}
        self._guard = threading.Lock()
        self._running: set[str] = set()
        self._again: set[str] = set()
        self.huey = huey
        self._signal = huey.task(name="run")(self.run_once)
        huey.periodic_task(crontab(minute="*"), name="run_all")(self.run_all)

    def add(self, name: str, work: Job) -> None:
        self._work[name] = work

    def run(self, name: str) -> int:
        """Do what is due of one job now; return how many things were done."""
        with self._app.app_context():
            done = self._work[name](utc_now())
            db.session.commit()
        return done

    def run_once(self, name: str) -> None:
        """Run the job, unless a thread of this process is at it: that one looks once more for what is due.

        Else a burst of photos would keep every thread, and the codes people wait for would lie.
        """
        with self._guard:
            if name in self._running:
                self._again.add(name)
                return
            self._running.add(name)
        try:
            while True:
                self.run(name)
                with self._guard:
                    if name not in self._again:
                        self._running.discard(name)
                        return
                    self._again.discard(name)
        except BaseException:
            with self._guard:
                self._running.discard(name)
            raise

    def run_all(self) -> None:
        for name in self._work:
            try:
                self.run_once(name)
            except Exception:  # one broken job must not keep the others from running
                log.error("job_failed", job=name, exc_info=True)

    def signal(self, name: str) -> None:
        try:
            self._signal(name)
        except Exception:  # what is to be done is committed: the next minute finds it
            log.warning("signal_failed", job=name, exc_info=True)


def init_jobs(app: Flask, jobs: Jobs) -> None:
    app.extensions[KEY] = jobs


def jobs_of(app: Flask) -> Jobs:
    found: Jobs = app.extensions[KEY]
    return found


def wake(name: str) -> None:
    """Signal the worker once the present transaction is committed; not if it is rolled back."""
    session = db.session()
    if not session.in_transaction():  # else a rollback before the first statement would tell us nothing
        session.begin()
    db.session.info.setdefault(_WAKE, set()).add(name)


@event.listens_for(db.session, "after_commit")
def _signal_committed(session: Session) -> None:
    jobs = current_app.extensions.get(KEY) if current_app else None
    for name in sorted(session.info.pop(_WAKE, ())):
        if jobs:
            jobs.signal(name)


@event.listens_for(db.session, "after_rollback")
def _forget_signals(session: Session) -> None:
    session.info.pop(_WAKE, None)
