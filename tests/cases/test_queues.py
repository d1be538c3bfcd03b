"""A unit's queue: what is in it for whom, in which order, page by page."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from backend.cases.queues import due_colour
from backend.cases.service import Case, QueuePage, Reason, claim, get_step, pass_step, queue, return_for_correction
from backend.db import db
from backend.errors import Invalid
from backend.identity.service import Officer, OfficerRole

from .conftest import (
    HALL,
    MONDAY,
    OTHER,
    STATION,
    Cast,
    days_later,
    make_case,
    make_matter,
    make_officer,
    make_snapshot,
    walk,
)


def numbers(page: QueuePage) -> list[str]:
    return [row.number for row in page.rows]


def look(officer: Officer, **wanted: Any) -> list[str]:
    return numbers(queue(officer, now=MONDAY, **wanted))


def test_a_queue_holds_the_units_steps_the_officer_may_do(cast: Cast, case: Case) -> None:
    elsewhere = make_case(cast.citizen, unit=OTHER)
    assert look(cast.clerk) == look(cast.second_clerk) == look(cast.station_officer) == [case.number]
    assert look(cast.elsewhere) == [elsewhere.number]
    assert [look(o) for o in (cast.reviewer, cast.hall_clerk, cast.approver, cast.auditor, cast.administrator)] == [
        []
    ] * 5
    walk(cast, case, "check")
    assert look(cast.clerk) == []
    assert look(cast.reviewer) == look(cast.hall_clerk) == [case.number]


def test_a_row_says_what_the_page_shows(cast: Cast, case: Case) -> None:
    row = queue(cast.clerk, now=MONDAY).rows[0]
    assert (row.number, row.matter_name["zh"], row.applicant) == (case.number, "居民身份证换领", "王**")
    assert (row.step_id, row.step_name["zh"], row.stage, row.visit) == ("accept", "accept环节", "accept", False)
    assert (row.due_on, row.due, row.provisional, row.claimed) == (date(2026, 11, 24), "soon", False, "")
    assert (row.submitted_at, row.opened_at, row.step) == (MONDAY, MONDAY, get_step(case, "accept").id)


def test_a_colleagues_step_leaves_the_queue_and_comes_back(cast: Cast, case: Case) -> None:
    claim(cast.clerk, get_step(case, "accept"), MONDAY)
    assert look(cast.clerk) == look(cast.clerk, state="mine") == [case.number]
    assert queue(cast.clerk, now=MONDAY).rows[0].claimed == "me"
    assert look(cast.second_clerk) == look(cast.second_clerk, state="mine") == []


def test_what_is_late_is_shown_whoever_holds_it(cast: Cast, case: Case) -> None:
    claim(cast.clerk, get_step(case, "accept"), MONDAY)
    assert numbers(queue(cast.second_clerk, now=days_later(1), state="overdue")) == []
    page = queue(cast.second_clerk, now=days_later(2), state="overdue")
    assert [(row.number, row.due, row.claimed) for row in page.rows] == [(case.number, "late", "other")]


def test_what_one_has_done_the_latest_first(cast: Cast) -> None:
    cases = [make_case(cast.citizen) for _ in range(3)]
    for days, case in enumerate(cases):
        pass_step(cast.clerk, get_step(case, "accept"), days_later(days))
    assert look(cast.clerk, state="done") == [c.number for c in reversed(cases)]
    first = queue(cast.clerk, now=MONDAY, state="done", limit=2)
    rest = queue(cast.clerk, now=MONDAY, state="done", limit=2, after=first.next)
    assert numbers(first) + numbers(rest) == [c.number for c in reversed(cases)]
    assert rest.next is None


def test_a_case_with_the_citizen_is_in_no_queue(cast: Cast, case: Case) -> None:
    return_for_correction(cast.clerk, case, [Reason("", "补正")], MONDAY)
    assert look(cast.clerk) == look(cast.clerk, state="mine") == look(cast.clerk, state="overdue") == []


def test_pages_follow_due_dates_and_lose_nothing_while_the_queue_changes(cast: Cast) -> None:
    made = [make_case(cast.citizen, now=days_later(days)) for days in (3, 1, 0, 1, 0, 2, 3)]
    expected = [c.number for c in sorted(made, key=lambda c: (get_step(c, "accept").due_on, get_step(c, "accept").id))]
    first = queue(cast.clerk, now=MONDAY, limit=3)
    assert numbers(first) == expected[:3]
    pass_step(cast.second_clerk, get_step(made[2], "accept"), MONDAY)  # of the page just read
    second = queue(cast.clerk, now=MONDAY, limit=3, after=first.next)
    third = queue(cast.clerk, now=MONDAY, limit=3, after=second.next)
    assert numbers(second) + numbers(third) == expected[3:]
    assert third.next is None


def test_a_step_without_a_due_date_comes_last(cast: Cast) -> None:
    undated = make_matter(time_limits={}, steps=[{**s, "limit_working_days": None} for s in STEPS_PLAIN])
    without = make_case(cast.citizen, snapshot=make_snapshot(undated))
    dated = make_case(cast.citizen, now=days_later(5))
    page = queue(cast.clerk, now=MONDAY)
    assert numbers(page) == [dated.number, without.number]
    assert (page.rows[1].due_on, page.rows[1].due) == (None, "none")


STEPS_PLAIN: list[dict[str, Any]] = [
    {"id": "apply", "name": "申请", "stage": "apply", "unit": "applicant", "role": "applicant"},
    {"id": "accept", "name": "受理", "stage": "accept", "unit": "station", "role": "clerk"},
]


def test_a_queue_of_one_matter(cast: Cast, case: Case) -> None:
    assert look(cast.clerk, matter="id-card-renew") == [case.number]
    assert look(cast.clerk, matter="passport-first") == []


@pytest.mark.parametrize("wanted", [{"state": "all"}, {"after": "x"}, {"after": "2026-11-23"}, {"after": "2026-11-23_-1"}, {"after": "2026-11-23_" + "9" * 30}])  # fmt: skip
def test_a_spoilt_request_is_refused(cast: Cast, wanted: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        queue(cast.clerk, now=MONDAY, **wanted)


def test_who_has_several_roles_sees_all_of_them(cast: Cast, case: Case) -> None:
    other = make_case(cast.citizen)
    walk(cast, other, "check")
    both = make_officer(STATION, OfficerRole.STATION_OFFICER, OfficerRole.REVIEWER)
    assert set(look(both)) == {case.number, other.number}
    assert look(make_officer(HALL, OfficerRole.WINDOW_CLERK)) == [other.number]


@pytest.mark.parametrize("state", ["open", "mine", "overdue", "done"])
def test_a_page_is_one_statement_however_many_rows(cast: Cast, state: str) -> None:
    cases = [make_case(cast.citizen) for _ in range(6)]
    for case in cases[:3]:
        claim(cast.clerk, get_step(case, "accept"), MONDAY)
    db.session.commit()
    _ = cast.clerk.roles, cast.clerk.unit
    sent: list[str] = []
    listener = lambda *args: sent.append(args[2])  # noqa: E731 - SQLAlchemy wants the very same object back
    event.listen(db.engine, "before_cursor_execute", listener)
    queue(cast.clerk, now=days_later(9), state=state)
    event.remove(db.engine, "before_cursor_execute", listener)
    assert len(sent) == 1


@pytest.mark.parametrize(("due", "colour"), [(None, "none"), (date(2026, 11, 22), "late"), (date(2026, 11, 23), "today"), (date(2026, 11, 24), "soon"), (date(2026, 11, 25), "later")])  # fmt: skip
def test_due_dates_have_colours(due: date | None, colour: str) -> None:
    assert due_colour(due, date(2026, 11, 23)) == colour
