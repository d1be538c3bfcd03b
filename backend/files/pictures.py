"""Pictures made harmless: decoded under a limit, turned upright, written anew without anything but pixels.

Whatever else was in the file (place and time of the photo, comments, a second file behind the end of the
first) is gone, because nothing but the pixels is carried over. Runs in the child process.
"""

from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

from .cleaned import Cleaned
from .errors import BrokenFile, TooManyPixels
from .sniff import WEBP, webp_size

LONG_SIDE_PIXELS = 4000
JPEG_QUALITY = 88
FORMATS = {"image/jpeg": ("JPEG", "MPO"), "image/png": ("PNG",), "image/webp": ("WEBP",), "image/heic": ("HEIF",)}
ORIENTATION = 0x0112
# Exif 2.32, 4.6.4: where the picture's first row and column are, and what brings them to the top and left.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # our own limit refuses where Pillow's warns


def clean_picture(data: bytes, media_type: str, *, max_pixels: int) -> Cleaned:
    """Return the picture as an upright RGB JPEG, its long side 4000 pixels at most.

    Raise TooManyPixels before anything is decoded; BrokenFile where it is damaged, cut short or mislabelled.
    """
    try:
        picture = _decoded(data, media_type, max_pixels)
    except (TooManyPixels, BrokenFile, MemoryError):
        raise
    except Exception as fault:  # decoders raise a dozen kinds on damaged data: all mean the same here
        raise BrokenFile from fault
    picture.thumbnail((LONG_SIDE_PIXELS, LONG_SIDE_PIXELS), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return Cleaned(encode(picture), "image/jpeg", picture.width, picture.height)


def encode(picture: Image.Image) -> bytes:
    """Return an RGB picture as JPEG with nothing but pixels."""
    picture.info = {}  # Pillow writes a comment found here back into the file
    out = BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _decoded(data: bytes, media_type: str, max_pixels: int) -> Image.Image:
    if media_type == WEBP:
        _check_size(webp_size(data), max_pixels)
    formats = FORMATS[media_type]
    if media_type == "image/png":
        with Image.open(BytesIO(data), formats=formats) as image:
            _check_size(image.size, max_pixels)
            image.verify()  # the checksums of all chunks, which decoding does not look at
    with Image.open(BytesIO(data), formats=formats) as image:
        _check_size(image.size, max_pixels)
        if image.format not in formats:
            raise BrokenFile
        turn = TURNS.get(_orientation(image))
        if media_type == "image/jpeg":
            _decode_smaller(image)
        image.load()
        upright = _rgb(image)
    return upright.transpose(turn) if turn is not None else upright


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise TooManyPixels


def _decode_smaller(image: Image.Image) -> None:
    """Let the JPEG decoder leave out detail that would be scaled away: half the time and memory, or less."""
    share = LONG_SIDE_PIXELS / max(image.size)
    if share < 1:
        image.draft(None, (int(image.width * share), int(image.height * share)))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # a damaged EXIF block, of whatever kind, must not cost the person the photo
        return 1


def _rgb(image: Image.Image) -> Image.Image:
    """Return it as RGB: transparent places white, 16 bits brought to 8, CMYK converted."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("I").point(_from_16_bits).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        colours = image if image.mode == "RGBA" else image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(colours, mask=colours.getchannel("A"))
        return paper
    return image.convert("RGB") if image.mode != "RGB" else image.copy()


def _from_16_bits(value: Any) -> Any:
    return value * (1 / 256)
