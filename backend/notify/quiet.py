"""Quiet hours: when a person does not want to be disturbed."""

from datetime import datetime, timedelta

from ..clock import SHANGHAI
from .address import Quiet


def quiet_until(quiet: Quiet | None, now: datetime) -> datetime | None:
    """Return the end of the quiet hours `now` falls into, None outside of them.

    quiet: from (included) and until (excluded) on the clock of Shanghai; from > until
    crosses midnight; equal ones are no quiet hours at all.
    """
    if quiet is None:
        return None
    start, end = quiet
    local = now.astimezone(SHANGHAI)
    clock = local.time().replace(tzinfo=None)
    crosses = start > end
    inside = clock >= start or clock < end if crosses else start <= clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if crosses and clock >= start else 0)
    return datetime.combine(day, end, SHANGHAI).astimezone(now.tzinfo)
