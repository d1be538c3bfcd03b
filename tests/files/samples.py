"""Files as people hand them in, made when they are needed."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()

RED, BLUE = (200, 30, 30), (30, 30, 200)


def drawn(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """Return a picture that is red at the top left and blue elsewhere, with some lines."""
    image = Image.new("RGB", size, BLUE)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0] // 3, size[1] // 3), fill=RED)
    for x in range(0, size[0], 40):
        pen.line((x, size[1] // 2, x + 30, size[1]), fill=(240, 240, 240), width=3)
    return image.convert(mode)


def picture(kind: str = "JPEG", size: tuple[int, int] = (320, 240), mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    drawn(size, mode).save(out, kind, **options)
    return out.getvalue()


def animated(kind: str) -> bytes:
    out = BytesIO()
    frames = [drawn(), Image.new("RGB", (320, 240), "green")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def pdf(pages: int = 1, change: Callable[[Pdf], None] | None = None, size: Any = (595, 842), **saving: Any) -> bytes:
    """Return a PDF whose pages are a red and a blue field; `change` makes it worse before it is saved."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=size)
        content = b"0.8 0.1 0.1 rg 0 421 200 421 re f 0.1 0.1 0.8 rg 200 0 395 842 re f"
        made.pages[-1].Contents = made.make_stream(content)
    if change:
        change(made)
    out = BytesIO()
    made.save(out, **saving)
    return out.getvalue()


def script(text: str = "app.alert(1)") -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=text)


def annotate(made: Pdf, **what: Any) -> None:
    note = made.make_indirect(Dictionary(Type=Name.Annot, Rect=Array([0, 0, 100, 100]), **what))
    made.pages[0].obj.Annots = Array([note])


def jpeg_parts(data: bytes) -> set[int]:
    """Return the markers of a JPEG up to its pixels: what else is in the file."""
    at, markers = 2, set()
    while at < len(data):
        marker = data[at + 1]
        markers.add(marker)
        if marker == 0xDA:
            return markers
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise AssertionError("no pixels")
