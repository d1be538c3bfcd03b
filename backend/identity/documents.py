"""What a document's number must look like, and a name. Whether they belong to somebody, no format tells."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from ..clock import SHANGHAI
from .errors import BadDocument, BadName

OLDEST_YEARS = 130
NAME_CHARACTERS = 100
_NAME_MARKS = frozenset(" '’.,-·•")
_BETWEEN = re.compile(r"[\s-]+")

# ICAO Doc 9303-4 gives the number nine places; China's own are a letter or two and digits within that.
_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{6,9}")
_HK_MACAU = re.compile(r"[HM]\d{8}")
_TAIWAN = re.compile(r"\d{8}")
# Until 2023: three letters of nationality, four digits of place, birth date as YYMMDD, two more digits.
_RESIDENCE_OLD = re.compile(r"[A-Z]{3}\d{12}")
# Since 2023-12-01: 9, province (2), nationality (3), birth date (8), sequence (3), MOD 11-2 like resident cards.
# Source: 《新版外国人永久居留身份证机读信息规则（2023版）》, as published at eastcoms.com, seen 2026-11-22
_RESIDENCE_NEW = re.compile(r"9\d{16}[\dX]")


def check_name(name: str) -> str:
    """Return the name tidied: one space between words, full-width letters made plain. Raise BadName."""
    tidy = " ".join(unicodedata.normalize("NFKC", name).split())
    letters = [c for c in tidy if unicodedata.category(c)[0] == "L"]
    strange = [c for c in tidy if unicodedata.category(c)[0] not in "LM" and c not in _NAME_MARKS]
    if not letters or strange or len(tidy) > NAME_CHARACTERS:
        raise BadName
    return tidy


def check_document(document_type: str, number: str, now: datetime) -> str:
    """Return the number as it is compared and kept: upper case, no spaces or hyphens. Raise BadDocument."""
    check = CHECKS.get(document_type)
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", number)).upper()
    if check is None or not plain.isascii() or not check(plain, now.astimezone(SHANGHAI).date()):
        raise BadDocument
    return plain


def _resident_card(number: str, today: date) -> bool:
    """Check digit, province and birth date.

    `ric.validate` also wants the county to have existed in the year of birth; but numbers
    were given from 1984 on, by the county of that day: it refuses people born before.
    """
    return re.fullmatch(r"[1-8]\d{16}[\dX]", number) is not None and _known_province(number) and _sane(number, today)


def _known_province(number: str) -> bool:
    return bool(numdb.get("cn/loc").info(number[:2])[0][1])


def _residence_card(number: str, today: date) -> bool:
    if _RESIDENCE_NEW.fullmatch(number):
        return _sane(number, today)
    return _RESIDENCE_OLD.fullmatch(number) is not None and _real_day(number[7:13])


def _sane(number: str, today: date) -> bool:
    """The check digit fits, and the birth date is of somebody who may be alive."""
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return number[-1] == ric.calc_check_digit(number) and born <= today and today.year - born.year <= OLDEST_YEARS


def _real_day(yymmdd: str) -> bool:
    try:  # 2000 is a leap year: 29 February passes for every century
        date(2000, int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return False
    return True


CHECKS: dict[str, Callable[[str, date], bool]] = {
    "resident-card": _resident_card,
    "passport": lambda number, _: _PASSPORT.fullmatch(number) is not None,
    "hk-macau-permit": lambda number, _: _HK_MACAU.fullmatch(number) is not None,
    "taiwan-permit": lambda number, _: _TAIWAN.fullmatch(number) is not None,
    "permanent-resident-card": _residence_card,
}
DOCUMENT_TYPES = tuple(CHECKS)
