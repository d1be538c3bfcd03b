from io import BytesIO

import cv2
import numpy
import pytest
from PIL import Image

from backend.accommodation.form.image import LIMIT_BYTES, render_jpeg, render_png
from backend.accommodation.form.pdf import PAGE, SEAL, render_pdf

from .samples import CHECK_URL, form


@pytest.mark.parametrize(("render", "kind"), [(render_png, "PNG"), (render_jpeg, "JPEG")])
def test_the_picture_is_as_wide_as_a_phone_needs_and_small(signed: bytes, render, kind: str) -> None:
    data = render(signed)
    picture = Image.open(BytesIO(data))
    assert (picture.format, picture.size) == (kind, (1240, 1754))
    assert len(data) <= LIMIT_BYTES


def test_a_crowded_page_stays_below_the_limit_too() -> None:
    crowded = render_pdf(form(address="嘉兴市南湖区" * 60, is_sample=True))
    assert max(len(render_png(crowded)), len(render_jpeg(crowded))) <= LIMIT_BYTES


@pytest.mark.parametrize("render", [render_png, render_jpeg])
def test_the_code_in_the_picture_leads_to_the_check_page(signed: bytes, render) -> None:
    picture = cv2.imdecode(numpy.frombuffer(render(signed), numpy.uint8), cv2.IMREAD_COLOR)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == CHECK_URL


def test_the_signature_shows_in_red(unsigned: bytes, signed: bytes) -> None:
    assert red_pixels(render_png(unsigned)) == 0
    assert red_pixels(render_png(signed)) > 3000


def red_pixels(data: bytes) -> int:
    """Return how many pixels within the seal's place are red."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    scale = picture.width / PAGE[0]
    left, top = SEAL.x, SEAL.y
    area = picture.crop([round(v * scale) for v in (left, top, left + SEAL.width, top + SEAL.height)])
    red, green, _ = numpy.moveaxis(numpy.asarray(area).astype(int), 2, 0)
    return int((red - green > 100).sum())
