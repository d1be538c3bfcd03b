import pytest

from backend.files.errors import EmptyFile, NotPictureOrPdf
from backend.files.sniff import sniff, webp_size

from .samples import pdf, picture


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("HEIF"), "image/heic"),
        (pdf(), "application/pdf"),
    ],
)
def test_each_kind_is_known_by_its_first_bytes(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type


@pytest.mark.parametrize(
    "data",
    [b"GIF89a" + b"x" * 50, b"MZ\x90\0", b"PK\x03\x04", b"<svg onload=alert(1)>", b"<html>", b"\0" * 64, b"x" + pdf(),
     b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypavif", b"BM" + b"x" * 60, b"II*\0" + b"x" * 60],
)  # fmt: skip
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotPictureOrPdf):
        sniff(data)


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(EmptyFile):
        sniff(b"")


@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"quality": 50}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}]
)
def test_the_header_of_a_webp_tells_its_size(options: dict[str, object]) -> None:
    assert webp_size(picture("WEBP", (123, 45), **options)) == (123, 45)


def test_a_webp_without_header_has_no_size() -> None:
    assert webp_size(b"RIFF\0\0\0\0WEBPVP8 ") == (0, 0)
    assert webp_size(b"RIFF\0\0\0\0WEBPABCD" + b"\0" * 20) == (0, 0)
