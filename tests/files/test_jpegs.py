from io import BytesIO

import pytest
from PIL import Image, ImageChops

from backend.files.jpegs import without_metadata

from .samples import jpeg_parts, picture


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"mode": "CMYK"}, {"mode": "L"}])
def test_the_pixels_stay_and_the_rest_goes(options: dict[str, object]) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    data = picture("JPEG", exif=exif, comment=b"secret", **options)  # type: ignore[arg-type]
    done = without_metadata(data)
    assert b"Maker" not in done and b"secret" not in done
    assert jpeg_parts(done) <= {0xE0, 0xEE, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA}
    before, after = Image.open(BytesIO(data)), Image.open(BytesIO(done))
    assert before.mode == after.mode
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


def test_what_is_behind_the_end_goes_too() -> None:
    assert without_metadata(picture() + b"PK\x03\x04") == without_metadata(picture())


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"rubbish", b"\xff\xd8\xff\xe1\xff\xff", picture()[:100]])
def test_what_is_no_whole_jpeg_is_left_as_it_is(data: bytes) -> None:
    assert without_metadata(data) == data
