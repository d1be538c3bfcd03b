"""Reads landlord, tenant, address and dates out of a lease: a photo, or a PDF with or without text.

A lease has no check digits. A field is sure only where its label stands before it on the same line, its value has the
shape it must have, and the page says it once, or always the same. What is not found is None: nothing is guessed.
"""

import re
from dataclasses import dataclass, field
from datetime import date

import pypdfium2

from .eyes import Image, eyes
from .lease_dates import dates_in
from .lease_rows import page_rows
from .pictures import NotAPicture, open_picture, pdf_pages

PAGES = 2
CERTAIN = 0.9  # the recogniser's own, for lines of a photo
FIELDS = ("landlord", "tenant", "address", "starts_on", "ends_on")


@dataclass
class Lease:
    """starts_on, ends_on: YYYY-MM-DD. sure: field → False for what must be compared with the page."""

    landlord: str | None = None
    tenant: str | None = None
    address: str | None = None
    starts_on: str | None = None
    ends_on: str | None = None
    sure: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(FIELDS, False))
    advice: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of the page and how certainly it was read, 0 to 1."""

    text: str
    certainty: float = 1.0


_PARTY = r"(?:[（(][^）)]{1,12}[）)])?(?:姓名|名称)?\s*[:：]\s*(?P<value>.+)"
_OR = r"(?:\s*[/／]?\s*(?:甲方|乙方|Landlord|Lessor|Tenant|Lessee|Party [AB]))*\s*"
_PLACE = (
    r"房\s*屋\s*(?:坐落|座落|地址|位置|位于)|租赁房屋地址|坐落(?:于|在)?|座落(?:于|在)?|(?:该|此)?房屋位于|位于|地\s*址"
    r"|Address|Premises|located at"
)
LABELS = {
    "landlord": re.compile(rf"(?:出\s*租\s*(?:方|人)|房\s*东|甲\s*方|Landlord|Lessor){_OR}{_PARTY}", re.I),
    "tenant": re.compile(rf"(?:承\s*租\s*(?:方|人)|租\s*客|乙\s*方|Tenant|Lessee){_OR}{_PARTY}", re.I),
    "address": re.compile(rf"(?:{_PLACE})\s*[:：]?\s*(?P<value>.+)", re.I),
}
TERM = re.compile(
    r"租\s*(?:赁)?\s*(?:期|期限|期间)|自.{4,24}(?:起|至)|\bTerm\b|Lease period|Period|from\s.{4,30}\sto", re.I
)
ENDS_A_NAME = re.compile(r"[\s,，。;；、（(]|身份证|证件|护照|电话|联系|以下|签|Passport|ID\b|Tel|Phone", re.I)
ENDS_AN_ADDRESS = re.compile(
    r"[。;；]|的房屋|建筑面积|面积|产权|房产证|,\s*(?:with|having)|，(?:建筑|面积|房屋|出租|用于)", re.I
)
CHINESE_NAME = re.compile(r"[\u4e00-\u9fff·]{2,24}")
LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z .'’-]{2,60}")
AN_ADDRESS = re.compile(r"(?:[路街道巷弄村镇区号幢栋室]|\b(?:Road|Rd|Street|St|Lane|Room|District|No)\b)", re.I)


def read_lease(data: bytes, progress: object = None) -> Lease:
    """Return what the lease says; never an exception."""
    try:
        lines = _lines(data)
    except NotAPicture as fault:
        return Lease(advice=fault.advice)
    return lease_of(lines)


def lease_of(lines: list[Line]) -> Lease:
    """Return the lease in lines of text, from top to bottom."""
    found: dict[str, tuple[str, bool]] = {}
    for name in ("landlord", "tenant"):
        found[name] = _settled([_person(value, line) for value, line in _labelled(name, lines)])
    found["address"] = _settled([_address(value, line) for value, line in _labelled("address", lines)])
    starts, ends, certain = _term(lines)
    found["starts_on"], found["ends_on"] = (starts, certain), (ends, certain)
    values = {name: value or None for name, (value, _) in found.items()}
    sure = {name: bool(values[name]) and found[name][1] for name in FIELDS}
    advice = None if any(values.values()) else "no-lease"
    return Lease(**values, sure=sure, advice=advice)


def _lines(data: bytes) -> list[Line]:
    if data[:1024].lstrip().startswith(b"%PDF"):
        written = _text_layer(data)
        if sum(len(line.text) for line in written) > 40:
            return written
        return [line for page in pdf_pages(data, PAGES) for line in _seen(page)]
    return _seen(open_picture(data))


def _text_layer(data: bytes) -> list[Line]:
    try:
        document = pypdfium2.PdfDocument(data)
        pages = [document[number].get_textpage().get_text_range() for number in range(min(PAGES, len(document)))]
    except pypdfium2.PdfiumError:
        raise NotAPicture("not-a-picture") from None
    return [Line(text.strip()) for page in pages for text in page.splitlines() if text.strip()]


def _seen(page: Image) -> list[Line]:
    return [Line(text, certainty) for text, certainty in page_rows(eyes(), page)]


def _labelled(name: str, lines: list[Line]) -> list[tuple[str, Line]]:
    matches = [(LABELS[name].search(line.text), line) for line in lines]
    return [(match["value"].strip(" _＿—-"), line) for match, line in matches if match]


def _person(value: str, line: Line) -> tuple[str, bool]:
    latin = LATIN_NAME.match(value)
    if latin and not CHINESE_NAME.match(value):
        text = re.split(r"\s{2,}|\b(?:Passport|ID|Tel|Phone)\b", latin[0])[0].strip(" .-")
        return text, line.certainty >= CERTAIN and " " in text
    text = ENDS_A_NAME.split(value)[0]
    return text, line.certainty >= CERTAIN and CHINESE_NAME.fullmatch(text) is not None


def _address(value: str, line: Line) -> tuple[str, bool]:
    text = ENDS_AN_ADDRESS.split(value)[0].strip(" ，,.。:：")
    return text, line.certainty >= CERTAIN and bool(AN_ADDRESS.search(text)) and len(text) >= 6


def _settled(values: list[tuple[str, bool]]) -> tuple[str, bool]:
    """Return the first value; sure if every other place says the same."""
    told = [(text, certain) for text, certain in values if text]
    if not told:
        return "", False
    return told[0][0], told[0][1] and len({text for text, _ in told}) == 1


def _term(lines: list[Line]) -> tuple[str, str, bool]:
    """Return first and last day of the lease: two days on the line that tells the term, or on it and the next."""
    for number, line in enumerate(lines):
        if not TERM.search(line.text):
            continue
        for reach in (1, 2):
            near = lines[number : number + reach]
            days = dates_in(" ".join(each.text for each in near))
            if len(days) >= 2:
                return _ordered(days, min(each.certainty for each in near))
    return "", "", False


def _ordered(days: list[date], certainty: float) -> tuple[str, str, bool]:
    starts, ends = days[0], days[1]
    sensible = len(days) == 2 and 0 < (ends - starts).days < 366 * 21
    return starts.isoformat(), ends.isoformat(), sensible and certainty >= CERTAIN
