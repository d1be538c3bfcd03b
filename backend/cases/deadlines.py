"""When a step and a case are due, in working days, and the clock that explains it.

The day a step opens does not count. While the case lies with the citizen the clock stands: the
day it was returned still counts as ours, the days after it up to the day it came back do not.
Sources: 行政许可法 第三十二条第一款第四项 (补正后受理), 第八十二条; 民法典 第二百零一条; see `workdays.py`.
"""

from datetime import date, datetime, timedelta

from ..clock import SHANGHAI
from ..matters.schema import Matter
from ..workdays import DayNote, Due, Workdays
from .models import NEVER, Case, CaseStep

Pause = tuple[date, date]  # returned on, came back on
STANDS = ("退回补正，停止计时", "with you for correction, the clock stands")
ROLLED = ("顺延到下一个工作日", "carried over to the next working day")


def day_of(moment: datetime) -> date:
    """Return the date in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def due_of_matter(matter: Matter, submitted_on: date, calendar: Workdays) -> Due | None:
    """Return when the whole must be done: as promised (承诺), else as the law says; None where no number is given."""
    for limit in (matter.time_limits.promised, matter.time_limits.statutory):
        if limit and limit.working_days is not None:
            return calendar.add(submitted_on, limit.working_days)
        if limit and limit.days is not None:
            return calendar.add(submitted_on + timedelta(days=limit.days), 0)
    return None


def open_clock(step: CaseStep, case: Case, now: datetime, calendar: Workdays) -> None:
    """Set when the step opened and is due: by its own limit, else with the whole case."""
    step.opened_at = now
    if step.limit_working_days is not None:
        _set_due(step, calendar.add(day_of(now), step.limit_working_days))
    elif case.due_on is not None:
        _set_due(step, Due(case.due_on, case.due_provisional))


def resume_clock(thing: Case | CaseStep, returned_on: date, back_on: date, calendar: Workdays) -> None:
    """Move the due date by the working days it lay with the citizen. What was late stays late."""
    if thing.due_on is None or thing.due_on < returned_on:
        return
    left = calendar.between(returned_on, thing.due_on)
    _set_due(thing, calendar.add(back_on, left))


def _set_due(thing: Case | CaseStep, due: Due) -> None:
    thing.due_on, thing.due_provisional = due.on, due.provisional
    if isinstance(thing, CaseStep):
        thing.rank_on = due.on or NEVER
        thing.reminded = ""


def clock_of(step: CaseStep, pauses: list[Pause], calendar: Workdays) -> list[DayNote]:
    """Return the step's clock day by day, from its opening to its due date; [] where it has none of its own."""
    if step.opened_at is None or step.due_on is None or step.limit_working_days is None:
        return []
    opened_on = day_of(step.opened_at)
    notes, number = calendar.explain(opened_on, 0)[:1], 0
    day = opened_on
    while day < step.due_on:
        day += timedelta(days=1)
        zh, en = calendar.reason(day)
        works = calendar.is_workday(day)
        if any(start < day <= end for start, end in pauses):
            works, (zh, en) = False, STANDS
        elif works and number == step.limit_working_days:
            works, (zh, en) = False, ROLLED
        number += works
        notes.append(DayNote(day, number if works else 0, zh, en))
    return notes
