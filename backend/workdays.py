"""Working days of the state (工作日): the clock that runs for the bureau, explained day by day.

Published holidays and days worked instead (调休) come from the package chinesecalendar, which
ends with the last year the State Council has published. `knowledge/workdays.yaml` corrects it by
date and can announce a year the package does not have yet. Beyond, weekends alone count as
free and every result says so: provisional.

Sources: 行政许可法 第八十二条 (期限以工作日计算，不含法定节假日); 民法典 第二百零一条第一款 (开始的当日
不计入，自下一日开始计算), 第二百零三条第一款 (最后一日是法定休假日的，以其结束的次日为最后一日).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import structlog
import yaml
from flask import Flask, current_app
from pydantic import BaseModel, ConfigDict, Field, ValidationError

log = structlog.get_logger()
KEY = "epolice.workdays"
PUBLISHED_UNTIL = max(chinese_calendar.constants.holidays).year
PUBLISHED_FROM = min(chinese_calendar.constants.holidays).year
NAMES = {
    "New Year's Day": ("元旦", "New Year"),
    "Spring Festival": ("春节", "Spring Festival"),
    "Tomb-sweeping Day": ("清明节", "Tomb-Sweeping Day"),
    "Labour Day": ("劳动节", "Labour Day"),
    "Dragon Boat Festival": ("端午节", "Dragon Boat Festival"),
    "National Day": ("国庆节", "National Day"),
    "Mid-autumn Festival": ("中秋节", "Mid-Autumn Festival"),
    "Anti-Fascist 70th Day": ("抗战胜利70周年纪念日", "70th Victory Day"),
}
WEEKEND = ("周末", "weekend")
WORKED_INSTEAD = ("调休上班", "worked in exchange for a holiday")
START = ("开始的当日不计入", "the first day does not count")
MAX_DAYS = 4000


class Override(BaseModel):
    """A dated correction. source: where it was announced (title or address)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    workday: bool
    name: str = Field(min_length=1)
    name_en: str = ""
    source: str = Field(min_length=1)


class Announced(BaseModel):
    """knowledge/workdays.yaml. years: whole years whose holidays `days` lists completely."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: list[int] = Field(default_factory=list)
    days: list[Override] = Field(default_factory=list)


@dataclass(frozen=True)
class Due:
    """The last day of a period. provisional: it reaches into a year not published yet."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class DayNote:
    """One day of the clock. number: which working day it is, 0 where it does not count."""

    on: date
    number: int
    zh: str
    en: str

    @property
    def counts(self) -> bool:
        return self.number > 0


class Workdays:
    """Which days count, from what is published and `overrides`."""

    def __init__(self, overrides: Iterable[Override] = (), years: Iterable[int] = ()):
        self._overrides = {o.date: o for o in overrides}
        self._years = frozenset(years)

    def is_workday(self, day: date) -> bool:
        override = self._overrides.get(day)
        if override:
            return override.workday
        if PUBLISHED_FROM <= day.year <= PUBLISHED_UNTIL:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """True where the year's holidays were not published when we last learnt of them."""
        return day.year > PUBLISHED_UNTIL and day.year not in self._years

    def add(self, day: date, count: int) -> Due:
        """Return the last of `count` working days after `day`, which itself does not count.

        count 0: `day` itself, or the next working day where it is none.
        """
        if not 0 <= count <= MAX_DAYS:
            raise ValueError("the number of working days is out of range")
        left = count
        while left or not self.is_workday(day):
            day += timedelta(days=1)
            left -= left > 0 and self.is_workday(day)
        return Due(day, self.is_provisional(day))

    def between(self, after: date, until: date) -> int:
        """Return how many working days lie after `after`, up to and with `until`; 0 where none do."""
        days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
        return sum(self.is_workday(day) for day in days)

    def explain(self, day: date, count: int) -> list[DayNote]:
        """Return every day from `day` to the due date, and why it counts or does not."""
        notes = [DayNote(day, 0, *START)]
        due, number = self.add(day, count).on, 0
        while day < due:
            day += timedelta(days=1)
            works = self.is_workday(day)
            number += works
            notes.append(DayNote(day, number if works else 0, *self.reason(day)))
        return notes

    def reason(self, day: date) -> tuple[str, str]:
        """Return why `day` counts or not, in Chinese and English."""
        override = self._overrides.get(day)
        if override:
            return override.name, override.name_en or override.name
        if PUBLISHED_FROM <= day.year <= PUBLISHED_UNTIL:
            return _published_reason(day)
        zh, en = WEEKEND if day.weekday() >= 5 else ("工作日", "working day")
        return (
            (f"{zh}（放假安排未公布）", f"{en} (holidays not announced yet)") if self.is_provisional(day) else (zh, en)
        )


def _published_reason(day: date) -> tuple[str, str]:
    free, name = chinese_calendar.get_holiday_detail(day)
    if not free:
        return ("工作日", "working day") if day.weekday() < 5 else WORKED_INSTEAD
    if name is None:
        return WEEKEND
    return NAMES.get(name, (name, name))


class BadWorkdays(ValueError):
    """workdays.yaml cannot be used; the message says why."""


def read_workdays(path: Path) -> Workdays:
    """Return the calendar with the corrections in `path`; none where there is no such file.

    Raise BadWorkdays where the file is wrong.
    """
    if not path.exists():
        return Workdays()
    try:
        announced = Announced.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, ValueError, yaml.YAMLError) as fault:
        why = fault.errors()[0] if isinstance(fault, ValidationError) else fault
        raise BadWorkdays(f"{path.name}: {why}") from None
    return Workdays(announced.days, announced.years)


class _Kept:
    """The calendar of one application, read again when its file changes."""

    def __init__(self, path: Path):
        self._path = path
        self._stamp = _stamp(path)
        self._calendar = read_workdays(path)

    def current(self) -> Workdays:
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._calendar = read_workdays(self._path)
            except BadWorkdays as fault:  # the last good one keeps counting
                log.error("workdays_unusable", why=str(fault))
        return self._calendar


def init_workdays(app: Flask, knowledge_dir: Path) -> None:
    """Raise BadWorkdays where the file is wrong: a start must not hide it."""
    app.extensions[KEY] = _Kept(knowledge_dir / "workdays.yaml")


def workdays() -> Workdays:
    """Return the calendar of the application at work."""
    kept: _Kept = current_app.extensions[KEY]
    return kept.current()


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_mtime_ns, status.st_size
