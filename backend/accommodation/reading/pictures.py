"""Opens what people send: JPEG, PNG, WebP, HEIC, the first page of a PDF. Bounded, and turned as the camera held it."""

import io
import warnings

import cv2
import numpy as np
import pypdfium2
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from .eyes import Image

MOST_PIXELS = 60_000_000  # a phone's largest camera mode has 50 million
MOST_BYTES = 40 * 1024 * 1024
LONGEST_SIDE = 3000  # more shows no more of a page of twelve centimetres
PDF_DPI = 220
KINDS = ("JPEG", "PNG", "WEBP", "HEIF", "BMP", "TIFF", "GIF")

register_heif_opener()


class NotAPicture(ValueError):
    """It cannot be opened. `advice`: a code of advice.py."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


def open_picture(data: bytes) -> Image:
    """Return the picture, upright by its EXIF, its longer side at most LONGEST_SIDE; raises NotAPicture."""
    if len(data) > MOST_BYTES:
        raise NotAPicture("too-large")
    if data[:1024].lstrip().startswith(b"%PDF"):
        return _pdf_page(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decoded(data)
        except NotAPicture:
            raise
        except Pillow.DecompressionBombError:
            raise NotAPicture("too-large") from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError):
            raise NotAPicture("not-a-picture") from None


def _decoded(data: bytes) -> Image:
    with Pillow.open(io.BytesIO(data), formats=KINDS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise NotAPicture("too-large")
        if min(opened.size) < 24 or max(opened.size) < 160:
            raise NotAPicture("too-small")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decoded at half the size where that is enough
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        upright = ImageOps.exif_transpose(opened)
        return _blue_first(upright)


def _blue_first(picture: Pillow.Image) -> Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(white, picture)
    if picture.mode.startswith(("I", "F")):  # 16 bits: brought to 8
        grey = np.asarray(picture, np.float32)
        picture = Pillow.fromarray((grey / max(float(grey.max()), 1.0) * 255).astype(np.uint8))
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])


def _pdf_page(data: bytes) -> Image:
    return pdf_pages(data, 1)[0]


def pdf_pages(data: bytes, most: int) -> list[Image]:
    """Return the first pages of a PDF as pictures; raises NotAPicture."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise NotAPicture("not-a-picture") from None
    try:
        pages = [_rendered(document[number]) for number in range(min(most, len(document)))]
    except pypdfium2.PdfiumError:
        raise NotAPicture("not-a-picture") from None
    finally:
        document.close()
    if not pages:
        raise NotAPicture("not-a-picture")
    return pages


def _rendered(page: pypdfium2.PdfPage) -> Image:
    longer = max(page.get_size())
    if not 0 < longer < 20_000:
        raise NotAPicture("too-large")
    scale = min(PDF_DPI / 72, LONGEST_SIDE / longer)
    return np.ascontiguousarray(page.render(scale=scale).to_numpy()[:, :, :3])


def brightened(image: Image) -> Image:
    """Return the picture with local contrast spread (CLAHE), for dim and uneven light."""
    lightness, a, b = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    spread = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(lightness)
    return np.asarray(cv2.cvtColor(cv2.merge((spread, a, b)), cv2.COLOR_LAB2BGR), np.uint8)
