from io import BytesIO

import numpy
import pytest
from PIL import Image

from backend.files.errors import BrokenFile, NoSuchPage
from backend.files.service import FONT
from backend.files.showing import show

from .samples import jpeg_parts, pdf, picture

MARK = "南湖派出所 330112 2026-11-22 10:15"
PDF, JPEG = "application/pdf", "image/jpeg"


def shown(data: bytes, media_type: str, *, page: int = 0, width: int = 1600, mark: str = "") -> Image.Image:
    done = show(data, media_type, page=page, width=width, max_pixels=50_000_000, mark=mark, font=str(FONT))
    return Image.open(BytesIO(done))


@pytest.mark.parametrize(("width", "size"), [(400, (400, 300)), (1600, (1600, 1200)), (4000, (1600, 1200))])
def test_a_picture_is_made_smaller_but_never_larger(width: int, size: tuple[int, int]) -> None:
    assert shown(picture("JPEG", (1600, 1200)), JPEG, width=width).size == size


def test_a_page_is_drawn_as_wide_as_asked() -> None:
    seen = shown(pdf(2), PDF, page=1, width=595)
    assert seen.size == (595, 842)
    left, right = seen.getpixel((50, 50)), seen.getpixel((500, 700))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[0] > 150 and right[2] > 150


@pytest.mark.parametrize(("data", "media_type", "page"), [(pdf(2), PDF, 2), (pdf(2), PDF, -1), (picture(), JPEG, 1)])
def test_a_page_that_is_not_there_is_told(data: bytes, media_type: str, page: int) -> None:
    with pytest.raises(NoSuchPage):
        shown(data, media_type, page=page)


def test_a_page_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(BrokenFile):
        shown(b"%PDF-1.7 rubbish", PDF)


def test_a_long_page_is_not_drawn_longer_than_6000_pixels() -> None:
    assert max(shown(pdf(size=(72, 14_000)), PDF, width=1600).size) <= 6000


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (128, 128, 128), (190, 20, 30), (20, 40, 120)])
@pytest.mark.parametrize("size", [(1600, 1100), (420, 900)])
def test_the_mark_is_seen_on_any_ground_in_every_part(ground: tuple[int, int, int], size: tuple[int, int]) -> None:
    out = BytesIO()
    Image.new("RGB", size, ground).save(out, "JPEG")
    plain = numpy.asarray(shown(out.getvalue(), JPEG), dtype=int)
    marked = numpy.asarray(shown(out.getvalue(), JPEG, mark=MARK), dtype=int)
    differs = numpy.abs(plain - marked).max(axis=2) > 25
    height, width = differs.shape
    for top in range(3):
        for left in range(2):
            part = differs[top * height // 3 : (top + 1) * height // 3, left * width // 2 : (left + 1) * width // 2]
            assert 0.005 < part.mean() < 0.35


def test_what_is_under_the_mark_stays_legible() -> None:
    """Every dark stroke stays dark, and the light around it light."""
    strokes = numpy.full((900, 1400), 250, dtype=numpy.uint8)
    strokes[:, ::20] = strokes[:, 1::20] = strokes[:, 2::20] = 10
    out = BytesIO()
    Image.fromarray(strokes).convert("RGB").save(out, "JPEG", quality=95)
    marked = numpy.asarray(shown(out.getvalue(), JPEG, mark=MARK).convert("L"), dtype=int)
    assert marked[:, 1::20].max() < 128 < marked[:, 11::20].min()


def test_what_is_shown_has_nothing_but_pixels() -> None:
    done = show(picture(comment=b"x"), JPEG, page=0, width=200, max_pixels=10**7, mark=MARK, font=str(FONT))
    assert jpeg_parts(done) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
