"""The form as a picture for the phone's album."""

from io import BytesIO
from threading import Lock

import pypdfium2
from PIL import Image

WIDTH_PIXELS = 1240
LIMIT_BYTES = 400 * 1024
QUALITIES = (88, 80, 72, 64, 56, 48)
COLOURS = 256  # of a palette: a third of the bytes, and a printed page does not miss the others

_PDFIUM = Lock()  # PDFium may be entered by one thread at a time


def render_png(pdf: bytes) -> bytes:
    """Return the first page as a PNG of 256 colours, 1240 pixels wide, with the signature's appearance."""
    page = _draw(pdf).quantize(COLOURS, dither=Image.Dither.NONE)
    return _saved(page, "PNG", optimize=True)


def render_jpeg(pdf: bytes) -> bytes:
    """Return the first page as a JPEG, 1240 pixels wide, in the best quality that stays below 400 KB."""
    page = _draw(pdf)
    for quality in QUALITIES:
        data = _saved(page, "JPEG", quality=quality, optimize=True, subsampling=0)
        if len(data) <= LIMIT_BYTES:
            break
    return data


def _draw(pdf: bytes) -> Image.Image:
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            document.init_forms()  # without it the signature's appearance is left out
            page = document[0]
            bitmap = page.render(scale=WIDTH_PIXELS / page.get_width(), may_draw_forms=True)
            return bitmap.to_pil().convert("RGB")
        finally:
            document.close()


def _saved(page: Image.Image, kind: str, **options: int | bool) -> bytes:
    out = BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()
