"""The form as one A4 page."""

from io import BytesIO

from ...clock import SHANGHAI
from . import wording
from .cells import sections
from .content import FormContent, Named
from .fonts import drawable
from .letters import letters_of
from .qr import qr_png
from .sheet import GREY, INK, MM_A_POINT, NAVY, Sheet, Type
from .table import Frame, draw_table

PAGE = (210.0, 297.0)
LEFT, RIGHT, MIDDLE = 18.0, 192.0, 105.0
TABLE = Frame(LEFT, 53.0, RIGHT - LEFT, 146.0)
FOOT = Frame(LEFT, 202.5, RIGHT - LEFT, 45.0)
QR_SIDE = 32.0
SEAL = Frame(124.0, 210.5, 68.0, 34.0)  # where the signature's appearance goes
NOTES_TOP = 249.5
BOTTOM = 291.0


def render_pdf(content: FormContent) -> bytes:
    """Return the unsigned form: one page, fonts embedded, its text extractable. Raises FontMissing and TooLong.

    The same content gives the same bytes.
    """
    table = sections(content)
    sheet = Sheet(letters_of(content, table), PAGE)
    _describe(sheet, content)
    _draw_head(sheet, content)
    draw_table(sheet, table, TABLE)
    _draw_qr(sheet, content.check_url)
    _draw_authority(sheet, content)
    _draw_notes(sheet, wording.notes(content.guest.is_foreigner))
    _draw_check_address(sheet, content.check_url)
    if content.is_sample:
        _draw_watermark(sheet)
    return bytes(sheet.output())


def _describe(sheet: Sheet, content: FormContent) -> None:
    sheet.set_lang("zh-CN")
    sheet.set_title(f"{wording.TITLE.zh} {wording.TITLE.en} {content.number}")
    sheet.set_author(content.bureau.zh)
    sheet.set_creator("智慧e警务 Smart e-Police")
    sheet.set_creation_date(content.issued_at)


def _draw_watermark(sheet: Sheet) -> None:
    """Drawn over all else, where no tinted cell hides a part of it, and so light that all else stays readable."""
    with sheet.local_context(fill_opacity=0.07), sheet.rotation(38, MIDDLE, 126):
        sheet.put(wording.WATERMARK, MIDDLE, 136, Type(78, NAVY, bold=True, spacing=4), "C")


def _draw_head(sheet: Sheet, content: FormContent) -> None:
    width = RIGHT - LEFT
    bureau = Named(drawable(content.bureau.zh), drawable(content.bureau.en))
    sheet.put(bureau.zh, MIDDLE, 17, sheet.fitted(bureau.zh, width, Type(11, NAVY, bold=True, spacing=1.2)), "C")
    sheet.put(bureau.en, MIDDLE, 21.4, sheet.fitted(bureau.en, width, Type(7.5, GREY)), "C")
    sheet.put(wording.TITLE.zh, MIDDLE, 31.8, Type(22, INK, bold=True, spacing=3), "C")
    sheet.put(wording.TITLE.en, MIDDLE, 38.2, Type(10.5, GREY, spacing=0.3), "C")
    sheet.rule(LEFT, 41.4, RIGHT, 41.4, 0.7, NAVY)
    sheet.rule(LEFT, 42.4, RIGHT, 42.4, 0.15, NAVY)
    _draw_number_line(sheet, content)


def _draw_number_line(sheet: Sheet, content: FormContent) -> None:
    day = content.issued_at.astimezone(SHANGHAI).date().isoformat()
    _draw_pair(sheet, wording.NUMBER, content.number, (LEFT, 0.0))
    if content.replaces:
        _draw_pair(sheet, wording.REPLACES, content.replaces, (MIDDLE, 0.5))
    _draw_pair(sheet, wording.ISSUED_ON, day, (RIGHT, 1.0))


def _draw_pair(sheet: Sheet, label: Named, value: str, at: tuple[float, float]) -> None:
    """Set a label and its value. at: an abscissa, and how much of the pair stands left of it, 0 to 1."""
    parts = [(label.zh, Type(8)), (label.en, Type(6.5, GREY)), (drawable(value), Type(9.5, bold=True))]
    widths = [sheet.width_of(text, kind) + 1.3 for text, kind in parts]
    x = at[0] - (sum(widths) - 1.3) * at[1]
    for (text, kind), width in zip(parts, widths, strict=True):
        sheet.put(text, x, 48.8, kind)
        x += width


def _draw_qr(sheet: Sheet, address: str) -> None:
    sheet.image(BytesIO(qr_png(address)), LEFT - 1, FOOT.y, QR_SIDE, QR_SIDE)
    middle = LEFT - 1 + QR_SIDE / 2
    sheet.put(wording.SCAN.zh, middle, FOOT.y + QR_SIDE + 3.6, Type(8.5, INK, bold=True, spacing=0.5), "C")
    sheet.put(wording.SCAN.en, middle, FOOT.y + QR_SIDE + 7, Type(7, GREY), "C")


def _draw_check_address(sheet: Sheet, address: str) -> None:
    """For who has no camera at hand: the address as text."""
    text = f"{wording.CHECK_AT.zh} {wording.CHECK_AT.en} {address}"
    sheet.put(text, MIDDLE, BOTTOM, sheet.fitted(text, RIGHT - LEFT, Type(6.4, GREY)), "C")


def _draw_authority(sheet: Sheet, content: FormContent) -> None:
    """Who registered and when; beside it the place of the signature's appearance stays free."""
    moment = content.issued_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    x, y, width = LEFT + QR_SIDE + 6, FOOT.y + 3.2, SEAL.x - LEFT - QR_SIDE - 12
    for label, value, second in (
        (wording.STATION, content.station.name.zh, content.station.name.en),
        (wording.PHONE, content.station.phone, ""),
        (wording.OFFICER, content.officer_number, ""),
        (wording.ISSUED_AT, moment, ""),
    ):
        y = _draw_field(sheet, label, (drawable(value), drawable(second)), (x, y, width))
    sheet.put(wording.ELECTRONIC_SEAL.zh, SEAL.x, FOOT.y + 3.2, Type(8, INK))
    sheet.put(wording.ELECTRONIC_SEAL.en, SEAL.x, FOOT.y + 6.2, Type(6, GREY))


def _draw_field(sheet: Sheet, label: Named, values: tuple[str, str], at: tuple[float, float, float]) -> float:
    """Set a small label with its value below, and perhaps a second one; return where the next field goes."""
    x, y, width = at
    sheet.put(label.zh, x, y, Type(7, GREY))
    sheet.put(label.en, x + sheet.width_of(label.zh, Type(7)) + 1.2, y, Type(6, GREY))
    value, second = values
    sheet.put(value, x, y + 4.3, sheet.fitted(value, width, Type(10)))
    if second:
        sheet.put(second, x, y + 7.6, sheet.fitted(second, width, Type(7.5, GREY)))
    return y + (12.6 if second else 9.4)


def _draw_notes(sheet: Sheet, notes: list[Named]) -> None:
    sheet.rule(LEFT, NOTES_TOP - 1, RIGHT, NOTES_TOP - 1, 0.15)
    gap = 7.0
    column = (RIGHT - LEFT - gap) / 2
    y = NOTES_TOP + 3
    for number, note in enumerate(notes, 1):
        below = [
            _draw_paragraph(sheet, f"{number}. {text}", (x, y, column), kind)
            for text, x, kind in (
                (note.zh, LEFT, Type(7.2, INK)),
                (note.en, LEFT + column + gap, Type(6.6, GREY)),
            )
        ]
        y = max(below) + 0.9


def _draw_paragraph(sheet: Sheet, text: str, at: tuple[float, float, float], kind: Type) -> float:
    """Set `text` in a column (x, first baseline, width); return the baseline after it."""
    x, y, width = at
    for line in sheet.lines_of(text, width, kind):
        sheet.put(line, x, y, kind)
        y += kind.size * 1.34 * MM_A_POINT
    return y
