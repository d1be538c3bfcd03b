"""What is seen of a kept file: one picture of a picture or of a page, if need be marked across with who looks.

Runs in the child process, as everything that decodes.
"""

from functools import lru_cache
from io import BytesIO
from math import sqrt

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from .errors import BrokenFile, NoSuchPage
from .pictures import encode
from .sniff import PDF

LONGEST_SIDE = 6000
TILT_DEGREES = 24
OPACITY = 0.34
TEXT_SHARE = 1 / 42  # of the picture's diagonal: some eight letters of a passport's printed line


def show(data: bytes, media_type: str, *, page: int, width: int, max_pixels: int, mark: str, font: str) -> bytes:
    """Return a JPEG `width` pixels wide, never wider than the picture itself; mark: written across, if any.

    Raise NoSuchPage; BrokenFile where the page cannot be drawn.
    """
    if media_type == PDF:
        picture = _page(data, page, width, max_pixels)
    elif page:
        raise NoSuchPage
    else:
        picture = _picture(data, width)
    return encode(_marked(picture, mark, font) if mark else picture)


def _picture(data: bytes, width: int) -> Image.Image:
    with Image.open(BytesIO(data), formats=("JPEG",)) as image:
        size = (min(width, image.width), LONGEST_SIDE)
        image.draft(None, (size[0], size[0] * image.height // image.width))
        picture = image.convert("RGB") if image.mode != "RGB" else image.copy()
    picture.thumbnail(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    return picture


def _page(data: bytes, number: int, width: int, max_pixels: int) -> Image.Image:
    try:
        with pypdfium2.PdfDocument(data) as document:
            if not 0 <= number < len(document):
                raise NoSuchPage
            page = document[number]
            across, down = page.get_size()
            scale = min(width / across, LONGEST_SIDE / down, sqrt(max_pixels / (across * down)))
            return page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, ZeroDivisionError) as fault:
        raise BrokenFile from fault


def _marked(picture: Image.Image, mark: str, font: str) -> Image.Image:
    """Write `mark` across the whole picture: dark with a light edge, so that it shows on any ground."""
    tile_ink, tile_edge = _tile(mark, font, max(14, round(sqrt(picture.width**2 + picture.height**2) * TEXT_SHARE)))
    for colour, tile in (("white", tile_edge), ((60, 60, 60), tile_ink)):
        picture.paste(colour, mask=_tiled(tile, picture.size))
    return picture


@lru_cache(maxsize=16)
def _tile(mark: str, font: str, size: int) -> tuple[Image.Image, Image.Image]:
    """Return one tilted writing as two masks: its letters, and the thin edge around them."""
    face = ImageFont.truetype(font, size)
    left, top, right, bottom = face.getbbox(mark, stroke_width=2)
    area = (round(right - left) + 2 * size, round(bottom - top) + 3 * size)
    at = (size - left, 1.5 * size - top)
    masks = []
    for stroke in (0, max(1, size // 16)):
        mask = Image.new("L", area, 0)
        ImageDraw.Draw(mask).text(at, mark, fill=round(255 * OPACITY), font=face, stroke_width=stroke)
        masks.append(mask.rotate(TILT_DEGREES, Image.Resampling.BICUBIC, expand=True))
    return masks[0], masks[1]


def _tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Lay the tile side by side, every other row shifted by half; tiles overlap where they are empty."""
    step_x, step_y = max(1, round(tile.width * 0.86)), max(1, round(tile.height * 0.62))
    mask = Image.new("L", size, 0)
    for row, y in enumerate(range(-tile.height // 2, size[1], step_y)):
        for x in range(-tile.width + (row % 2) * step_x // 2, size[0], step_x):
            mask.paste(tile, (x, y), tile.point(lambda value: 255 if value else 0))
    return mask
