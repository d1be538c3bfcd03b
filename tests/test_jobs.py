"""The worker's jobs: each once at a time, signals that meet a running one are not lost, a rollback signals nothing."""

import threading
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from huey import MemoryHuey

from backend.db import db, init_db
from backend.jobs import Jobs, init_jobs, wake


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("jobs-test")
    app.config.update(SECRET_KEY="s" * 32, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/jobs.sqlite")
    init_db(app)
    return app


@pytest.fixture
def jobs(app: Flask) -> Jobs:
    made = Jobs(app, MemoryHuey("jobs-test", results=False))
    init_jobs(app, made)
    return made


def test_a_burst_of_signals_holds_one_thread_and_none_is_lost(jobs: Jobs) -> None:
    at_work, go_on, runs = threading.Event(), threading.Event(), []

    def slow(_: datetime) -> int:
        runs.append(threading.get_ident())
        at_work.set()
        assert go_on.wait(10)
        return 1

    jobs.add("read", slow)
    first = threading.Thread(target=jobs.run_once, args=("read",))
    first.start()
    assert at_work.wait(10)
    for _ in range(5):
        jobs.run_once("read")  # comes back at once: somebody is at it
    go_on.set()
    first.join(10)
    assert len(runs) == 2  # the one under way, and one look for what came meanwhile


def test_a_job_that_fails_can_run_again_and_stops_no_other(jobs: Jobs) -> None:
    done = []

    def broken(_: datetime) -> int:
        raise ValueError

    jobs.add("broken", broken)
    jobs.add("good", lambda now: done.append(now) or 1)
    jobs.run_all()
    jobs.run_all()
    assert len(done) == 2


def test_only_what_is_committed_is_signalled(app: Flask, jobs: Jobs) -> None:
    jobs.add("deliver", lambda now: 0)
    with app.app_context():
        wake("deliver")
        db.session.rollback()
        assert jobs.huey.pending_count() == 0
        wake("deliver")
        wake("deliver")
        db.session.commit()
        assert jobs.huey.pending_count() == 1
