"""Days and times as pages say them: the statutory clock, times for a visit."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from ..cases.service import Draft
from ..clock import SHANGHAI

VISIT_DAYS, VISIT_TIMES = 4, (time(10), time(15), time(19))
VISIT_NOTICE = timedelta(hours=2)
SOON = timedelta(hours=6)


@dataclass(frozen=True)
class Clock:
    """state: "calm", "soon" or "over"."""

    due_at: datetime
    state: str
    hours: int
    minutes: int


def clock_of(draft: Draft, now: datetime) -> Clock | None:
    """Return how long is left to submit, None before the moment of moving in is known."""
    if draft.due_at is None:
        return None
    left = draft.due_at - now
    minutes = int(abs(left).total_seconds() // 60)
    state = "over" if left <= timedelta(0) else "soon" if left < SOON else "calm"
    return Clock(draft.due_at, state, minutes // 60, minutes % 60)


def visit_days(now: datetime, proposed: set[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the next days, each with its times to choose from: ISO moment, label, chosen."""
    first = now.astimezone(SHANGHAI)
    days: list[tuple[str, list[tuple[str, str, bool]]]] = []
    for ahead in range(VISIT_DAYS + 1):
        day = first.date() + timedelta(days=ahead)
        moments = [datetime.combine(day, at, SHANGHAI) for at in VISIT_TIMES]
        coming = [m for m in moments if m > first + VISIT_NOTICE]
        if coming and len(days) < VISIT_DAYS:
            chips = [(m.isoformat(), f"{m:%H:%M}", m.isoformat() in proposed) for m in coming]
            days.append((day_label(day), chips))
    return days


def day_label(day: date) -> str:
    """Return "周一 11月23日" or "Mon 23 Nov"."""
    return str(format_date(day, _("EEE M月d日"), rebase=False))


def moment_label(moment: datetime) -> str:
    """Return "周一 11月23日 10:00" or "Mon 23 Nov 10:00"."""
    local = moment.astimezone(SHANGHAI)
    return f"{day_label(local.date())} {local:%H:%M}"


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
