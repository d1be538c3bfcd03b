"""A list of guests from a school, an employer or a host: a spreadsheet with one line a person."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from .errors import BadList, TooManyGuests
from .schemas import MAX_GUESTS

MAX_BYTES, MAX_UNPACKED_BYTES = 1_000_000, 20_000_000
COLUMNS = {
    "surname": ("姓 Surname", "ERIKSSON"),
    "given_names": ("名 Given names", "ANNA MARIA"),
    "document_number": ("护照号码 Passport number", "L898902C3"),
    "nationality": ("国籍代码 Nationality (3 letters)", "SWE"),
    "birth_date": ("出生日期 Date of birth (YYYY-MM-DD)", "1974-08-12"),
    "sex": ("性别 Sex (M/F/X)", "F"),
    "expiry_date": ("护照有效期 Passport expiry (YYYY-MM-DD)", "2032-04-15"),
    "visa_kind": ("签证种类 Visa class", "X1"),
    "visa_until": ("签证或居留有效期 Visa valid until (YYYY-MM-DD)", "2027-08-31"),
    "entry_date": ("入境日期 Date of entry (YYYY-MM-DD)", "2026-09-01"),
}
WIDTH_CHARACTERS = 24


def make_template() -> bytes:
    """Return the empty list as XLSX: headings, an example line to be replaced."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "guests"
    sheet.append([title for title, _ in COLUMNS.values()])
    sheet.append([f"例 e.g. {example}" for _, example in COLUMNS.values()])
    for number, cell in enumerate(sheet[1], start=1):
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH_CHARACTERS
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parse_list(data: bytes) -> list[dict[str, Any]]:
    """Return the guests of a filled-in list, as typed values. Raise BadList, TooManyGuests.

    The example line is passed over, and so are empty lines.
    """
    rows = [dict(zip(COLUMNS, map(_plain, row), strict=False)) for row in _rows(data)]
    guests = [row for row in rows if any(row.values())]
    if not guests:
        raise BadList("名单是空的。 The list is empty.")
    if len(guests) > MAX_GUESTS:
        raise TooManyGuests
    return guests


def _rows(data: bytes) -> list[tuple[Any, ...]]:
    if len(data) > MAX_BYTES or not _honest_zip(data):
        raise BadList
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(values_only=True, max_row=MAX_GUESTS + 20, max_col=len(COLUMNS)))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError):
        raise BadList from None
    return [row for row in rows[1:] if not str(row[0] or "").startswith("例")]


def _honest_zip(data: bytes) -> bool:
    """True where the parts, unpacked, stay small: a spreadsheet is a zip, and zips can be bombs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return sum(part.file_size for part in parts.infolist()) <= MAX_UNPACKED_BYTES
    except zipfile.BadZipFile:
        return False


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).strip()[:200]
