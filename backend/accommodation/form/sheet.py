"""A page that text is set on by its baseline, in millimetres and points."""

from typing import Any, NamedTuple

from fpdf import FPDF
from fpdf.fonts import TTFFont

from .fonts import FILES, cut_font
from .wrapping import wrap

Colour = tuple[int, int, int]
INK: Colour = (22, 26, 32)
NAVY: Colour = (24, 52, 96)
GREY: Colour = (96, 106, 118)
LINE: Colour = (168, 178, 190)
TINT: Colour = (243, 246, 250)
BAND: Colour = (225, 232, 242)
RED: Colour = (184, 28, 34)

FAMILY = "noto"
MM_A_POINT = 25.4 / 72


class Type(NamedTuple):
    """How a text is set. size: points; spacing: points between letters."""

    size: float
    colour: Colour = INK
    bold: bool = False
    spacing: float = 0.0

    def at(self, size: float) -> "Type":
        return self._replace(size=size)


class Sheet(FPDF):
    """One page; `letters` are all the characters that will be set on it."""

    def __init__(self, letters: str, page: tuple[float, float]):
        super().__init__(unit="mm", format=page)
        self.set_margin(0)
        self.c_margin = 0
        self.set_auto_page_break(False)
        for style in FILES:
            self._take_font(style, letters)
        self.add_page()

    def _take_font(self, style: str, letters: str) -> None:
        # add_font() takes a path only; what it does with it, for a font in memory, so that no
        # file on disk tells which characters somebody's form holds.
        in_memory: Any = cut_font(style, letters)
        key = f"{FAMILY}{style}"
        self.fonts[key] = TTFFont(self, in_memory, key, style)

    def put(self, text: str, x: float, y: float, kind: Type, align: str = "L") -> None:
        """Set `text` on the baseline `y`. align: what of the text is at `x`, L left, C centre, R right."""
        x -= {"L": 0.0, "C": 0.5, "R": 1.0}[align] * self.width_of(text, kind)
        self.set_text_color(*kind.colour)
        self.text(x, y, text)

    def width_of(self, text: str, kind: Type) -> float:
        """Return the width in millimetres and leave the type chosen."""
        self.set_font(FAMILY, "B" if kind.bold else "", kind.size)
        self.set_char_spacing(kind.spacing)
        return self.get_string_width(text)

    def lines_of(self, text: str, width: float, kind: Type) -> list[str]:
        self.width_of("", kind)
        return wrap(text, width, self.get_string_width)

    def fitted(self, text: str, width: float, kind: Type) -> Type:
        """Return `kind`, smaller where `text` would be wider than `width` millimetres."""
        scale = min(1.0, width / max(self.width_of(text, kind), 0.01))
        return kind._replace(size=kind.size * scale, spacing=kind.spacing * scale)

    def box(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        self.set_fill_color(*fill)
        self.rect(x, y, width, height, style="F")

    def rule(self, x1: float, y1: float, x2: float, y2: float, weight: float, colour: Colour = LINE) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(weight)
        self.line(x1, y1, x2, y2)
