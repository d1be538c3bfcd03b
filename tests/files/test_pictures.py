import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from backend.files.child import clean
from backend.files.cleaned import Cleaned
from backend.files.errors import BrokenFile, FileRefused, TooManyPixels

from .samples import BLUE, RED, animated, drawn, jpeg_parts, picture

ONLY_PIXELS = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def cleaned(data: bytes, max_pixels: int = 50_000_000) -> Cleaned:
    return clean(data, max_pixels=max_pixels, max_pages=30)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(cleaned(data).data))


def close(seen: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) < 30 for a, b in zip(seen, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_kind_of_picture_becomes_a_jpeg_with_the_same_pixels(kind: str) -> None:
    done = cleaned(picture(kind))
    assert (done.media_type, done.width, done.height, done.pages) == ("image/jpeg", 320, 240, 1)
    seen = Image.open(BytesIO(done.data))
    assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", (320, 240))
    assert close(seen.getpixel((20, 20)), RED)
    assert close(seen.getpixel((300, 20)), BLUE)


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = Image.new("I;16", (64, 64), 0xC000) if mode == "I;16" else drawn((64, 64), mode)
    out = BytesIO()
    made.save(out, kind)
    seen = opened(out.getvalue())
    assert seen.mode == "RGB"
    if mode == "I;16":
        assert close(seen.getpixel((5, 5)), (0xC0, 0xC0, 0xC0))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, kind)
    assert close(opened(out.getvalue()).getpixel((25, 25)), (255, 255, 255))


@pytest.mark.parametrize(("orientation", "red_at"), [(1, (5, 5)), (2, (315, 5)), (3, (315, 235)), (4, (5, 235)),
                                                     (5, (5, 5)), (6, (235, 5)), (7, (235, 315)), (8, (5, 315))])  # fmt: skip
def test_a_photo_is_turned_upright(orientation: int, red_at: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = opened(picture("JPEG", exif=exif))
    assert seen.size == ((240, 320) if orientation > 4 else (320, 240))
    assert close(seen.getpixel(red_at), RED)


def test_a_heic_is_turned_once_only() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = opened(picture("HEIF", exif=exif.tobytes()))
    assert seen.size == (240, 320)
    assert close(seen.getpixel((235, 5)), RED)


def test_nothing_but_pixels_is_carried_over() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of the phone"
    exif.get_ifd(0x8825)[2] = (30.0, 45.0, 0.0)
    data = picture("JPEG", exif=exif, comment=b"secret comment", icc_profile=b"p" * 300, dpi=(300, 300))
    done = cleaned(data).data
    assert jpeg_parts(done) == ONLY_PIXELS
    assert b"Maker" not in done and b"secret" not in done


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_exif_block_does_not_cost_the_photo() -> None:
    data = picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40)
    assert opened(data).size == (320, 240)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind: str) -> None:
    assert close(opened(animated(kind)).getpixel((20, 20)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_long_side_has_4000_pixels_at_most(kind: str) -> None:
    done = cleaned(picture(kind, (5000, 500)))
    assert (done.width, done.height) == (4000, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_too_many_pixels_are_refused(kind: str) -> None:
    with pytest.raises(TooManyPixels):
        cleaned(picture(kind, (400, 300)), max_pixels=100_000)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_by_its_header_before_anything_is_decoded() -> None:
    with pytest.raises(TooManyPixels):
        cleaned(png_that_claims(60_000, 60_000))
    webp = bytearray(picture("WEBP", lossless=True))
    webp[21:25] = ((16_383) | (16_383 << 14)).to_bytes(4, "little")
    with pytest.raises(TooManyPixels):
        cleaned(bytes(webp))


def test_a_text_chunk_that_unpacks_to_gigabytes_is_refused() -> None:
    body = b"x\0\0" + zlib.compress(b"\0" * 80_000_000, 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = picture("PNG")
    with pytest.raises(BrokenFile):
        cleaned(data[:33] + chunk + data[33:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_picture_that_was_not_sent_whole_is_refused(kind: str, share: float) -> None:
    data = picture(kind, (640, 480))
    with pytest.raises(BrokenFile):
        cleaned(data[: max(16, int(len(data) * share))])


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(picture("PNG"))
    data[-18] ^= 0xFF
    with pytest.raises(BrokenFile):
        cleaned(bytes(data))


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP", b"\0\0\0\x18ftypheic"]
)
def test_a_true_beginning_with_rubbish_behind_is_refused(start: bytes) -> None:
    with pytest.raises(FileRefused):
        cleaned(start + b"rubbish" * 100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_second_file_behind_the_picture_vanishes(kind: str) -> None:
    data = picture(kind) + b"PK\x03\x04" + b"<script>alert(1)</script>" * 20 + b"%PDF-1.7"
    done = cleaned(data).data
    assert b"PK\x03\x04" not in done and b"script" not in done and b"%PDF" not in done
    assert done.endswith(b"\xff\xd9")
