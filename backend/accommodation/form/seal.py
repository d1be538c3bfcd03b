"""The visible side of the signature: a stamp, not an imitation of the authority's round seal."""

from datetime import datetime

from ...clock import SHANGHAI
from . import wording
from .content import FormContent
from .fonts import drawable
from .letters import letters_of
from .pdf import SEAL
from .sheet import MM_A_POINT, RED, Sheet, Type


def render_seal(content: FormContent, now: datetime, *, development: bool) -> bytes:
    """Return a PDF page as large as the form's place for it: who signed, and when in Beijing.

    development: with the words that it has no legal effect.
    """
    lines = _lines(content, now, development)
    sheet = Sheet(letters_of([text for text, _ in lines]), (SEAL.width, SEAL.height))
    sheet.set_creation_date(now)
    _draw_frame(sheet)
    gaps = [kind.size * 1.55 * MM_A_POINT for _, kind in lines]
    y = (SEAL.height - sum(gaps)) / 2
    for (text, kind), gap in zip(lines, gaps, strict=True):
        y += gap
        sheet.put(text, SEAL.width / 2, y - gap * 0.27, sheet.fitted(text, SEAL.width - 8, kind), "C")
    return bytes(sheet.output())


def _lines(content: FormContent, now: datetime, development: bool) -> list[tuple[str, Type]]:
    moment = now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    small = Type(6.5, RED)
    lines = [
        (drawable(content.bureau.zh), Type(9, RED, bold=True, spacing=0.4)),
        (drawable(content.station.name.zh), Type(13, RED, bold=True, spacing=1.2)),
        (drawable(content.station.name.en), small),
        (f"{wording.SIGNED.zh} {wording.SIGNED.en}", Type(8, RED, spacing=0.2)),
        (f"{moment} {wording.BEIJING_TIME}", Type(7.5, RED)),
    ]
    warning = (f"{wording.SANDBOX.zh} {wording.SANDBOX.en}", Type(6.5, RED, bold=True))
    return [*lines, warning] if development else lines


def _draw_frame(sheet: Sheet) -> None:
    sheet.set_draw_color(*RED)
    for inset, weight in ((0.5, 0.7), (1.5, 0.2)):
        sheet.set_line_width(weight)
        sheet.rect(
            inset, inset, SEAL.width - 2 * inset, SEAL.height - 2 * inset, round_corners=True, corner_radius=2.4 - inset
        )
