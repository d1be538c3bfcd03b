"""The clock of working days: holidays, exchanged days, years not published yet, its explanation."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.workdays import PUBLISHED_UNTIL, BadWorkdays, Due, Override, Workdays, _Kept, read_workdays

CALENDAR = Workdays()
ROOT = Path(__file__).parents[2]
published = st.dates(date(PUBLISHED_UNTIL - 3, 1, 1), date(PUBLISHED_UNTIL, 9, 30))


@pytest.mark.parametrize(
    ("opened", "count", "due"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),  # the same day
        (date(2026, 11, 21), 0, date(2026, 11, 23)),  # opened on a Saturday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday worked for 春节
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over 春节, 15 to 23 February
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),  # again a Saturday worked
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday worked for 国庆
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over 国庆
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # ends on a Saturday worked
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
    ],
)
def test_due_dates_follow_holidays_and_exchanged_days(opened: date, count: int, due: date) -> None:
    assert CALENDAR.add(opened, count) == Due(due, False)


def test_a_year_not_published_yet_is_weekends_only_and_says_so() -> None:
    late = date(PUBLISHED_UNTIL, 12, 30)
    due = CALENDAR.add(late, 10)
    assert (due.on.year, due.provisional) == (PUBLISHED_UNTIL + 1, True)
    spring = date(PUBLISHED_UNTIL + 1, 10, 1)
    assert CALENDAR.is_workday(spring) is (spring.weekday() < 5)
    assert "未公布" in CALENDAR.reason(spring)[0]


def test_a_dated_override_wins_over_what_is_published() -> None:
    day = date(2026, 11, 24)
    calendar = Workdays([Override(date=day, workday=False, name="防台风停工", source="通告")])
    assert calendar.add(date(2026, 11, 23), 1).on == date(2026, 11, 25)
    assert [note.zh for note in calendar.explain(date(2026, 11, 23), 1)] == ["开始的当日不计入", "防台风停工", "工作日"]


def test_an_announced_year_is_no_longer_provisional() -> None:
    year = PUBLISHED_UNTIL + 1
    calendar = Workdays([Override(date=date(year, 1, 1), workday=False, name="元旦", source="国办")], [year])
    assert calendar.add(date(PUBLISHED_UNTIL, 12, 31), 5).provisional is False
    assert calendar.is_workday(date(year, 1, 1)) is False


def test_the_clock_explains_every_day() -> None:
    notes = CALENDAR.explain(date(2026, 9, 30), 3)
    assert [(n.on.day, n.number, n.zh) for n in notes] == [
        (30, 0, "开始的当日不计入"),
        *[(day, 0, "国庆节") for day in range(1, 8)],
        (8, 1, "工作日"),
        (9, 2, "工作日"),
        (10, 3, "调休上班"),
    ]
    assert notes[1].en == "National Day"


@settings(max_examples=40)
@given(published, st.integers(1, 60))
def test_a_due_date_is_a_working_day_and_the_explanation_counts_to_it(opened: date, count: int) -> None:
    due = CALENDAR.add(opened, count).on
    notes = CALENDAR.explain(opened, count)
    assert CALENDAR.is_workday(due)
    assert CALENDAR.between(opened, due) == count
    assert (notes[-1].on, notes[-1].number) == (due, count)
    assert [n.number for n in notes if n.counts] == list(range(1, count + 1))
    assert [n.on for n in notes] == [opened + timedelta(days=n) for n in range((due - opened).days + 1)]


@settings(max_examples=40)
@given(published, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up(opened: date, first: int, second: int) -> None:
    half = CALENDAR.add(opened, first + 1).on
    assert CALENDAR.add(half, second) == CALENDAR.add(opened, first + 1 + second)


@pytest.mark.parametrize("count", [-1, 4001])
def test_absurd_periods_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        CALENDAR.add(date(2026, 1, 1), count)


@pytest.mark.parametrize("text", ["days: 3", "days: [{date: 2026-13-01}]", "holidays: []", "days: [{date: 2027-01-01, workday: false, name: 元旦}]", "{"])  # fmt: skip
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "workdays.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadWorkdays):
        read_workdays(path)


def test_our_file_can_be_read() -> None:
    assert read_workdays(ROOT / "knowledge" / "workdays.yaml").is_workday(date(2026, 11, 23))


def test_a_changed_file_is_read_again_and_a_spoilt_one_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "workdays.yaml"
    kept = _Kept(path)
    monday = date(2026, 11, 23)
    assert kept.current().is_workday(monday)
    path.write_text(f"days: [{{date: {monday}, workday: false, name: 停电, source: 通告}}]", encoding="utf-8")
    assert not kept.current().is_workday(monday)
    path.write_text("days: [", encoding="utf-8")
    os.utime(path, (1, 1))
    assert not kept.current().is_workday(monday)
