"""Officers' queue pages a second with 100,000 cases stored, on this machine.

    .venv/bin/python -m bench.queues [cases] [seconds]

Prints pages a second for 1 and 2 threads, each page read by another officer of 100, its
first page or the next, a fresh database session each time, as a request has it.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

from flask import Flask

from backend.cases.service import queue
from backend.db import db
from backend.identity.service import Officer
from tests.cases.conftest import MONDAY, make_app
from tests.cases.seeding import seed

STATES = ("open", "open", "mine", "overdue", "done")


def read_pages(app: Flask, officers: list[int], until: float, counts: list[int], place: int) -> None:
    with app.app_context():
        turn = place
        while time.perf_counter() < until:
            officer = db.session.get_one(Officer, officers[turn % len(officers)])
            page = queue(officer, now=MONDAY, state=STATES[turn % len(STATES)])
            counts[place] += 1
            if page.next and turn % 3 == 0:
                queue(officer, now=MONDAY, state=STATES[turn % len(STATES)], after=page.next)
                counts[place] += 1
            db.session.remove()
            turn += 7


def measure(app: Flask, officers: list[int], threads: int, seconds: float) -> float:
    """Return pages a second of `threads` threads together."""
    counts = [0] * threads
    until = time.perf_counter() + seconds
    jobs = [threading.Thread(target=read_pages, args=(app, officers, until, counts, n)) for n in range(threads)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    return sum(counts) / seconds


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        started = time.perf_counter()
        with app.app_context():
            officers = seed(cases, 100)
            db.session.remove()
        print(f"{cases} cases seeded in {time.perf_counter() - started:.1f} s")
        for threads in (1, 2):
            print(f"{threads} thread(s): {measure(app, officers, threads, seconds):.0f} pages/s")


if __name__ == "__main__":
    main()
