"""100,000 cases stored: a page is one statement, and an index gives it in order."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from backend.cases.models import CaseStep
from backend.cases.service import queue
from backend.db import db
from backend.identity.service import Officer

from .conftest import MONDAY, make_app
from .seeding import seed

CASES = 100_000


@pytest.fixture(scope="session")
def _full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, list[int]]:
    app = make_app(tmp_path_factory.mktemp("scale"))
    with app.app_context():
        officers = seed(CASES, 100)
        db.session.remove()
    return app, officers


@pytest.fixture
def officer(_full: tuple[Flask, list[int]]) -> Iterator[Officer]:
    app, officers = _full
    with app.app_context():
        found = db.session.get_one(Officer, officers[0])
        _ = found.roles
        yield found
        db.session.remove()


def read_all(officer: Officer, state: str, limit: int = 100) -> list[int]:
    """Return the steps of every page, page after page."""
    found: list[int] = []
    after = None
    while True:
        page = queue(officer, now=MONDAY, state=state, after=after, limit=limit)
        found += [row.step for row in page.rows]
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize(
    ("state", "index"),
    [
        ("open", "ix_cases_step_queue"),
        ("mine", "ix_cases_step_mine"),
        ("overdue", "ix_cases_step_queue"),
        ("done", "ix_cases_step_done"),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_a_page_is_one_statement_that_an_index_gives_in_order(
    officer: Officer, state: str, index: str, deep: bool
) -> None:
    after = queue(officer, now=MONDAY, state=state, limit=20).next if deep else None
    sent: list[tuple[str, tuple[object, ...]]] = []
    listener = lambda *args: sent.append((args[2], args[3]))  # noqa: E731 - SQLAlchemy wants the very same object back
    event.listen(db.engine, "before_cursor_execute", listener)
    page = queue(officer, now=MONDAY, state=state, limit=20, after=after)
    event.remove(db.engine, "before_cursor_execute", listener)
    assert len(page.rows) == 20
    assert len(sent) == 1
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[0][0]}", sent[0][1]).all()
    told = " / ".join(row[3] for row in plan)
    assert f"USING INDEX {index}" in told
    assert "TEMP B-TREE" not in told  # nothing is sorted: it lies in order
    assert "SCAN" not in told


@pytest.mark.parametrize("state", ["open", "overdue", "mine", "done"])
def test_page_after_page_gives_everything_once(officer: Officer, state: str) -> None:
    found = read_all(officer, state)
    wanted = db.session.query(CaseStep)
    ours = {
        "open": wanted.filter_by(unit=officer.unit, state="open").filter(CaseStep.claimed_by.is_(None) | (CaseStep.claimed_by == officer.id)),
        "overdue": wanted.filter_by(unit=officer.unit, state="open").filter(CaseStep.rank_on < MONDAY.date()),
        "mine": wanted.filter_by(claimed_by=officer.id, state="open"),
        "done": wanted.filter_by(done_by=officer.id),
    }[state]  # fmt: skip
    assert len(found) == len(set(found)) == ours.count() > 100


def test_a_deep_page_costs_no_more_than_the_first(officer: Officer) -> None:
    """Keyset paging: a hundred times slower would be counting through what lies before."""
    deep = queue(officer, now=MONDAY, state="open", limit=100)
    for _ in range(10):
        deep = queue(officer, now=MONDAY, state="open", limit=100, after=deep.next)

    def best(after: str | None) -> float:
        def once() -> float:
            start = time.perf_counter()
            queue(officer, now=MONDAY, after=after)
            return time.perf_counter() - start

        return min(once() for _ in range(20))

    assert best(deep.next) < best(None) * 10
