"""The ruled table of a form.

All values have one size: the largest at which everything finds room, so that a long address makes its
row taller and only the longest of all make the whole table's type smaller. Nothing is ever cut:
what has no room at the smallest size is refused.
"""

from dataclasses import dataclass

from .cells import Cell, Section
from .errors import TooLong
from .sheet import BAND, GREY, INK, LINE, MM_A_POINT, NAVY, TINT, Sheet, Type

BAND_HEIGHT = 6.0
LABEL_WIDTH = 27.0
PAD = 2.4
ROW_LEAST, ROW_MOST = 9.2, 11.6
LEADING = 1.28
VALUE = Type(10.5)
SIZES = [size / 2 for size in range(21, 7, -1)]  # 10.5 pt down to 4 pt, which holds an address of 1,500 characters


@dataclass(frozen=True)
class Frame:
    """Where the table stands, in millimetres from the upper left corner of the page."""

    x: float
    y: float
    width: float
    height: float

    def value_width(self, cells_in_row: int) -> float:
        return self.width / cells_in_row - LABEL_WIDTH - 2 * PAD


def draw_table(sheet: Sheet, sections: list[Section], frame: Frame) -> None:
    """Draw the sections within `frame`. Raises TooLong."""
    size, heights = _plan(sheet, sections, frame)
    y, at = frame.y, iter(heights)
    for section in sections:
        y = _draw_band(sheet, section, frame, y)
        for row in section.rows:
            height = next(at)
            _draw_row(sheet, row, Frame(frame.x, y, frame.width, height), VALUE.at(size))
            y += height
    _draw_border(sheet, Frame(frame.x, frame.y, frame.width, y - frame.y))


def _plan(sheet: Sheet, sections: list[Section], frame: Frame) -> tuple[float, list[float]]:
    """Return the size of the values in points and the rows' heights, together at most as high as the frame."""
    rows = [row for section in sections for row in section.rows]
    room = frame.height - BAND_HEIGHT * len(sections)
    for size in SIZES:
        heights = [_row_height(sheet, row, frame, VALUE.at(size)) for row in rows]
        if sum(heights) <= room:
            spare = (room - sum(heights)) / len(rows)
            return size, [height + min(spare, ROW_MOST - ROW_LEAST) for height in heights]
    raise TooLong


def _row_height(sheet: Sheet, row: tuple[Cell, ...], frame: Frame, kind: Type) -> float:
    width = frame.value_width(len(row))
    most_lines = max(len(sheet.lines_of(cell.value, width, kind)) for cell in row)
    return max(ROW_LEAST, most_lines * _line_height(kind) + PAD)


def _line_height(kind: Type) -> float:
    return kind.size * LEADING * MM_A_POINT


def _draw_band(sheet: Sheet, section: Section, frame: Frame, y: float) -> float:
    sheet.box(frame.x, y, frame.width, BAND_HEIGHT, BAND)
    title, small = Type(9, NAVY, bold=True, spacing=0.6), Type(7, NAVY, spacing=0.2)
    sheet.put(section.title.zh, frame.x + PAD, y + 4.1, title)
    x = frame.x + PAD + sheet.width_of(section.title.zh, title) + 2
    sheet.put(section.title.en, x, y + 4.05, small)
    return y + BAND_HEIGHT


def _draw_row(sheet: Sheet, row: tuple[Cell, ...], frame: Frame, kind: Type) -> None:
    width = frame.width / len(row)
    for number, cell in enumerate(row):
        x = frame.x + number * width
        _draw_label(sheet, cell, Frame(x, frame.y, LABEL_WIDTH, frame.height))
        _draw_value(sheet, cell, Frame(x + LABEL_WIDTH, frame.y, width - LABEL_WIDTH, frame.height), kind)
        if number:
            sheet.rule(x, frame.y, x, frame.y + frame.height, 0.15)
    sheet.rule(frame.x, frame.y, frame.x + frame.width, frame.y, 0.15)


def _draw_label(sheet: Sheet, cell: Cell, frame: Frame) -> None:
    sheet.box(frame.x, frame.y, frame.width, frame.height, TINT)
    sheet.rule(frame.x + frame.width, frame.y, frame.x + frame.width, frame.y + frame.height, 0.1, LINE)
    middle, width = frame.y + frame.height / 2, frame.width - PAD - 1
    sheet.put(cell.label.zh, frame.x + PAD, middle - 0.35, sheet.fitted(cell.label.zh, width, Type(8, INK)))
    sheet.put(cell.label.en, frame.x + PAD, middle + 2.85, sheet.fitted(cell.label.en, width, Type(6, GREY)))


def _draw_value(sheet: Sheet, cell: Cell, frame: Frame, kind: Type) -> None:
    lines = sheet.lines_of(cell.value, frame.width - 2 * PAD, kind)
    step = _line_height(kind)
    # The middle of a capital or Chinese character is about a third of its size above the baseline.
    first = frame.y + frame.height / 2 - step * (len(lines) - 1) / 2 + kind.size * 0.36 * MM_A_POINT
    for number, line in enumerate(lines):
        sheet.put(line, frame.x + PAD, first + number * step, kind)


def _draw_border(sheet: Sheet, frame: Frame) -> None:
    sheet.set_draw_color(*NAVY)
    sheet.set_line_width(0.4)
    sheet.rect(frame.x, frame.y, frame.width, frame.height)
