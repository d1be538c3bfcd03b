"""The picture a chat shows beside a shared link: what the page is called and its main facts, as a PNG."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont

from ..house import house
from ..matters.schema import Matter
from .assets import PACKAGES, NoSuchAsset
from .facts import Fact, three_facts
from .language import page_lang

SIZE = (1200, 630)
MARGIN = 72
COLOURS = 24  # flat ground and smooth letters need no more; keeps the file near 20 KB
BLUE, INK, MUTED, WHITE, LINE = "#1f4e8c", "#1a1a1a", "#5c6066", "#ffffff", "#d8dce2"
TITLE_SIZES = (84, 72, 60, 50)
FACT_SIZES = (44, 38, 32, 28)
FONTS = PACKAGES / "@expo-google-fonts" / "noto-sans-sc"
WORDS = re.compile(r"[!-~’]+ ?|.", re.DOTALL)  # Latin letters stay together, Chinese may be broken anywhere


@dataclass(frozen=True)
class Card:
    bureau: str
    title: str
    facts: tuple[Fact, ...]

    @property
    def version(self) -> str:
        """Ten letters that change with what is written: chats keep a picture as long as its address."""
        return sha256(repr(self).encode()).hexdigest()[:10]


def make_card(matter: Matter | None) -> Card:
    """Return the card of `matter`, or of the whole service, in the language of the page."""
    bureau = house().catalogue.current.bureau.name.in_(page_lang())
    if matter is None:
        facts = Fact(_("材料"), _("带什么")), Fact(_("流程"), _("怎么办")), Fact(_("时间"), _("多久办好"))
        return Card(bureau, _("办事指南"), facts)
    return Card(bureau, matter.name.in_(page_lang()), three_facts(matter))


def card_url(matter: Matter | None) -> str:
    """Return the picture's whole address: who fetches it for a chat knows no page it belongs to."""
    values: dict[str, Any] = {"lang": page_lang(), "v": make_card(matter).version}
    path = url_for("portal.matter_card", matter_id=matter.id, **values) if matter else url_for("portal.card", **values)
    return house().settings.public_url.rstrip("/") + path


@lru_cache(maxsize=256)
def draw_card(card: Card) -> bytes:
    """Return a PNG of 1200 × 630. Raise NoSuchAsset where the font's package is not installed."""
    image = Image.new("RGB", SIZE, WHITE)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 112), fill=BLUE)
    pen.text((MARGIN, 56), card.bureau, fill=WHITE, font=_font(40), anchor="lm")
    _write(pen, card.title, (MARGIN, 160), (SIZE[0] - 2 * MARGIN, 220), TITLE_SIZES, INK)
    pen.line((MARGIN, 410, SIZE[0] - MARGIN, 410), fill=LINE, width=3)
    width = (SIZE[0] - 2 * MARGIN) // len(card.facts)
    for place, fact in enumerate(card.facts):
        left = MARGIN + place * width
        pen.text((left, 436), fact.label, fill=MUTED, font=_font(30))
        _write(pen, fact.value, (left, 484), (width - 32, 116), FACT_SIZES, BLUE)
    out = BytesIO()
    image.quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(
    pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], room: tuple[int, int], sizes: tuple[int, ...], ink: str
) -> None:
    """Write `text` in bold within `room`, in the largest size that fits, the smallest one cut."""
    for size in sizes:
        font, height = _font(size, bold=True), round(size * 1.3)
        lines = wrap(text, font, room[0])
        if len(lines) * height <= room[1]:
            break
    kept = lines[: room[1] // height]
    if len(kept) < len(lines):
        kept[-1] = kept[-1][:-1] + "…"
    for number, line in enumerate(kept):
        pen.text((at[0], at[1] + number * height), line, fill=ink, font=font)


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return `text` in lines not wider than `width` pixels, no line beginning with a closing mark."""
    lines = [""]
    for word in WORDS.findall(text):
        if lines[-1] and font.getlength(lines[-1] + word.rstrip()) > width and word not in "，。、；：）》”":
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines]


@cache
def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    weight = "700Bold" if bold else "400Regular"
    file = FONTS / weight / f"NotoSansSC_{weight}.ttf"
    if not file.is_file():
        raise NoSuchAsset
    return ImageFont.truetype(file, size)
