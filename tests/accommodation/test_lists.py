"""The list a school or an employer uploads."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from backend.accommodation.errors import BadList, TooManyGuests
from backend.accommodation.lists import COLUMNS, MAX_UNPACKED_BYTES, make_template, parse_list

LINE = ["LEE", "MIN-JUN", "M12345678", "KOR", date(2001, 2, 3), "M", datetime(2031, 1, 1), "X1", "2027-08-31", None]


def filled_in(*lines: list[object]) -> bytes:
    book = load_workbook(io.BytesIO(make_template()))
    for line in lines:
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_filled_in_template_gives_guests_and_passes_over_the_example() -> None:
    (guest,) = parse_list(filled_in(LINE, [None] * 10))
    assert guest["surname"] == "LEE" and guest["birth_date"] == "2001-02-03" and guest["expiry_date"] == "2031-01-01"
    assert set(guest) == set(COLUMNS) and guest["entry_date"] == ""


def test_an_empty_list_is_refused_with_a_reason() -> None:
    with pytest.raises(BadList, match="空"):
        parse_list(make_template())


def test_more_than_thirty_are_refused() -> None:
    with pytest.raises(TooManyGuests):
        parse_list(filled_in(*[LINE] * 31))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * (MAX_UNPACKED_BYTES + 1))
    return out.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet defines entities that unfold without end."""
    whole, out = io.BytesIO(make_template()), io.BytesIO()
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part, evil if part.filename.startswith("xl/worksheets/sheet") else old.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a spreadsheet",
        b"PK\x03\x04" + b"\0" * 100,
        make_template()[:900],
        bomb(),
        with_entities(),
        b"x" * 1_000_001,
    ],
    ids=["empty", "text", "broken zip", "cut off", "bomb", "entities", "huge"],
)
def test_what_is_not_a_list_is_refused(data: bytes) -> None:
    with pytest.raises(BadList):
        parse_list(data)


def test_formulas_are_not_evaluated() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append([title for title, _ in COLUMNS.values()])
    book.active.append(["=1+1", "X"])
    out = io.BytesIO()
    book.save(out)
    (guest,) = parse_list(out.getvalue())
    assert guest["surname"] == ""
