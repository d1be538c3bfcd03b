"""Dates of the zone: six digits without a century.

Source: ICAO Doc 9303 part 3, section 4.8: unknown parts of a birth date are fillers; the century is left
to the reader.
"""

from collections.abc import Callable
from datetime import date

Sensible = Callable[[date], bool]
OLDEST_YEARS = 120
EXPIRED_YEARS = 30  # a document that ended longer ago is not brought to register a stay
VALID_YEARS = 70  # some cards of older people are valid for decades; beyond it is a misreading


def birth_date(text: str, today: date) -> date | None:
    """Return the latest date before `today` that YYMMDD can mean, or None: unknown parts, or no such day."""
    return _nearest(text, today, lambda day: day <= today and today.year - day.year <= OLDEST_YEARS, latest=True)


def expiry_date(text: str, today: date) -> date | None:
    """Return the date YYMMDD means for an expiry: from 30 years ago to 70 years ahead, the nearest to today."""
    return _nearest(text, today, lambda day: -EXPIRED_YEARS <= day.year - today.year <= VALID_YEARS, latest=False)


def _nearest(text: str, today: date, sensible: Sensible, latest: bool) -> date | None:
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        return None
    days = [day for century in (1900, 2000, 2100) if (day := _day(century, text)) and sensible(day)]
    if not days:
        return None
    return max(days) if latest else min(days, key=lambda day: abs((day - today).days))


def _day(century: int, text: str) -> date | None:
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None


def possible(text: str) -> bool:
    """Tell whether YYMMDD can be a day in some century; fillers stand for unknown parts."""
    if len(text) != 6:
        return False
    month, day = text[2:4], text[4:6]
    known = (month == "<<" or "01" <= month <= "12") and (day == "<<" or "01" <= day <= "31")
    if not known or "<" in text.replace("<<", ""):
        return False
    return "<" in text or any(_day(century, text) for century in (1900, 2000))
