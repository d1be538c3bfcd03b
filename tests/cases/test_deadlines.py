"""Due dates of steps and cases, and the clock that stands while the citizen corrects."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.deadlines import clock_of, day_of, due_of_matter, resume_clock
from backend.cases.models import CaseStep
from backend.workdays import DayNote, Workdays

from .conftest import make_matter

CALENDAR = Workdays()


def a_step(opened_on: date, limit: int) -> CaseStep:
    due = CALENDAR.add(opened_on, limit).on
    opened_at = datetime(opened_on.year, opened_on.month, opened_on.day, 4, tzinfo=UTC)
    return CaseStep(opened_at=opened_at, limit_working_days=limit, due_on=due, rank_on=due)


@pytest.mark.parametrize(("hour_utc", "day"), [(15, date(2026, 11, 23)), (16, date(2026, 11, 24))])
def test_the_day_is_shanghais(hour_utc: int, day: date) -> None:
    assert day_of(datetime(2026, 11, 23, hour_utc, 30, tzinfo=UTC)) == day


@pytest.mark.parametrize(
    ("limits", "due"),
    [
        ({"promised": {"text": "五个工作日", "working_days": 5}, "statutory": {"text": "法定", "working_days": 20}}, date(2026, 11, 30)),
        ({"statutory": {"text": "六十日内", "days": 60}}, date(2027, 1, 22)),
        ({"statutory": {"text": "五日内", "days": 5}}, date(2026, 11, 30)),  # the 28th is a Saturday
        ({}, None),
    ],
)  # fmt: skip
def test_the_whole_is_due_as_promised_else_as_the_law_says(limits: dict, due: date | None) -> None:
    found = due_of_matter(make_matter(time_limits=limits), date(2026, 11, 23), CALENDAR)
    assert (found.on if found else None) == due


def test_the_clock_shows_why_the_days_with_the_citizen_do_not_count() -> None:
    step = a_step(date(2026, 11, 23), 3)
    resume_clock(step, date(2026, 11, 24), date(2026, 11, 27), CALENDAR)
    assert step.due_on == step.rank_on == date(2026, 12, 1)
    clock = clock_of(step, [(date(2026, 11, 24), date(2026, 11, 27))], CALENDAR)
    assert [(n.on.day, n.number, n.zh[:2]) for n in clock] == [
        (23, 0, "开始"), (24, 1, "工作"), (25, 0, "退回"), (26, 0, "退回"), (27, 0, "退回"),
        (28, 0, "周末"), (29, 0, "周末"), (30, 2, "工作"), (1, 3, "工作"),
    ]  # fmt: skip


def test_what_was_late_stays_late() -> None:
    step = a_step(date(2026, 11, 2), 3)
    before = step.due_on
    resume_clock(step, date(2026, 11, 20), date(2026, 11, 27), CALENDAR)
    assert step.due_on == before


def test_a_step_due_on_the_day_it_came_back_on_a_weekend_is_carried_over() -> None:
    step = a_step(date(2026, 11, 23), 1)
    resume_clock(step, date(2026, 11, 24), date(2026, 11, 28), CALENDAR)
    assert step.due_on == date(2026, 11, 30)
    last = clock_of(step, [(date(2026, 11, 24), date(2026, 11, 28))], CALENDAR)[-1]
    assert last == DayNote(date(2026, 11, 30), 0, "顺延到下一个工作日", "carried over to the next working day")


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(1, 30), st.data())
def test_days_with_the_citizen_cost_the_office_nothing_and_win_it_nothing(
    opened: date, limit: int, data: st.DataObject
) -> None:
    step = a_step(opened, limit)
    assert step.due_on is not None
    returned = opened + timedelta(days=data.draw(st.integers(0, (step.due_on - opened).days)))
    back = returned + timedelta(days=data.draw(st.integers(0, 40)))
    resume_clock(step, returned, back, CALENDAR)
    ours = CALENDAR.between(opened, returned) + CALENDAR.between(back, step.due_on)
    carried = CALENDAR.between(opened, returned) == limit  # nothing was left: due at once, on a working day
    assert CALENDAR.is_workday(step.due_on)
    assert ours == limit or (carried and step.due_on == CALENDAR.add(back, 0).on)
    clock = clock_of(step, [(returned, back)], CALENDAR)
    assert (clock[-1].on, max(n.number for n in clock)) == (step.due_on, limit)
