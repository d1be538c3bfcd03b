"""Dates as leases write them: 2026年11月22日, 二〇二六年十一月二十二日, 2026-11-22, 22 November 2026."""

import re
from datetime import date

DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0", "两": "2"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = "|".join(MONTHS)
_N = r"[0-9〇零○一二三四五六七八九十]"
PATTERN = re.compile(
    rf"(?P<y>[0-9〇零○一二三四五六七八九]{{4}})\s*年\s*(?P<m>{_N}{{1,3}})\s*月\s*(?P<d>{_N}{{1,3}})\s*[日号]"
    r"|(?P<y2>20\d\d)\s*[-./]\s*(?P<m2>\d{1,2})\s*[-./]\s*(?P<d2>\d{1,2})(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m3>{_NAMES})[a-z]*\.?,?\s+(?P<y3>20\d\d)"
    rf"|(?P<m4>{_NAMES})[a-z]*\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>20\d\d)",
    re.I,
)


def number(text: str) -> int:
    """Return a number written in digits, 二〇二六 or 二十二."""
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (number(tens) if tens else 1) + (number(ones) if ones else 0)
    return int("".join(DIGITS.get(c, c) for c in text))


def dates_in(text: str) -> list[date]:
    """Return the days in `text`, in the order they stand; impossible ones are left out."""
    days = (_day(match.groupdict()) for match in PATTERN.finditer(text))
    return [day for day in days if day is not None]


def _day(parts: dict[str, str | None]) -> date | None:
    given = {key[0]: value for key, value in parts.items() if value}
    month = given["m"].lower()
    try:
        by_name = MONTHS.index(month[:3]) + 1 if month[:3] in MONTHS else number(month)
        return date(number(given["y"]), by_name, number(given["d"]))
    except ValueError:
        return None
