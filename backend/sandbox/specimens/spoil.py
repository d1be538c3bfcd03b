"""Spoils a picture as a phone, a hand and a bad light do.

Everything is drawn by the seed: the same call gives the same picture.
"""

import io
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

KINDS = (
    "turn",
    "rotate",
    "skew",
    "perspective",
    "blur",
    "motion",
    "noise",
    "dim",
    "glare",
    "jpeg",
    "desk",
    "small",
    "cut",
)
Point = tuple[float, float]


def spoil(image: Image.Image, kind: str, strength: float = 0.5, seed: int = 0) -> Image.Image:
    """Return `image` spoilt by `kind` (KINDS); `strength` 0 to 1.

    turn: 90, 180 or 270 degrees; rotate: up to 25 degrees on a desk; small: down to a third of the frame;
    cut: a piece of the bottom or side is out of the frame; jpeg: quality 90 down to 30; dim: to a quarter of the light.
    """
    chance = random.Random(f"{seed}/{kind}")  # noqa: S311 - specimens, not secrets
    return _SPOILERS[kind](image.convert("RGB"), strength, chance)


def _turn(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    return image.transpose(
        chance.choice([Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
    )


def _rotate(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    angle = chance.choice([-1, 1]) * 25 * strength
    return rotated(image, angle, chance)


def rotated(image: Image.Image, degrees: float, chance: random.Random) -> Image.Image:
    """Return `image` turned by any angle on a desk."""
    desk = _desk_colour(chance)
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=desk)


def _skew(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    shift = math.tan(math.radians(12 * strength)) * image.height
    width, height = image.size
    corners: list[Point] = [(shift, 0), (width + shift, 0), (width, height), (0, height)]
    return _warp(image, corners, (round(width + shift), height), _desk_colour(chance))


def _perspective(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    """Pull each corner inwards on its own: the page seen from above and from a side."""
    width, height = image.size
    reach = 0.16 * strength

    def pulled(x: int, y: int) -> Point:
        return (abs(x - chance.uniform(0, reach)) * width, abs(y - chance.uniform(0, reach)) * height)

    corners = [pulled(0, 0), pulled(1, 0), pulled(1, 1), pulled(0, 1)]
    return _warp(image, corners, image.size, _desk_colour(chance))


def _warp(image: Image.Image, corners: list[Point], size: tuple[int, int], desk: tuple[int, int, int]) -> Image.Image:
    """Return `image` with its corners (from top left, clockwise) moved to `corners`."""
    width, height = image.size
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows: list[list[float]] = []
    wanted: list[float] = []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    numbers = np.linalg.solve(np.array(rows), np.array(wanted))
    return image.transform(size, Image.Transform.PERSPECTIVE, list(numbers), Image.Resampling.BICUBIC, fillcolor=desk)


def _blur(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(strength * image.width / 420))


def _motion(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    """A hand that moved: the mean of copies shifted along a line."""
    reach, angle = strength * image.width / 170, chance.uniform(0, math.pi)
    pixels = np.asarray(image, np.float32)
    shifts = [
        (round(reach * t * math.sin(angle)), round(reach * t * math.cos(angle))) for t in np.linspace(-0.5, 0.5, 7)
    ]
    mean = np.mean([np.roll(pixels, shift, (0, 1)) for shift in shifts], axis=0)
    return Image.fromarray(mean.astype(np.uint8))


def _noise(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    source = np.random.default_rng(chance.getrandbits(32))
    noisy = np.asarray(image, np.float32) + source.normal(0, 60 * strength, (image.height, image.width, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _dim(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    dark = ImageEnhance.Brightness(image).enhance(1 - 0.75 * strength)
    return _noise(ImageEnhance.Contrast(dark).enhance(1 - 0.3 * strength), 0.12 * strength, chance)


def _glare(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    """A lamp's reflection: white in its middle, fading out."""
    width, height = image.size
    x, y = chance.uniform(0.2, 0.8) * width, chance.uniform(0.5, 1.0) * height
    reach = (0.08 + 0.14 * strength) * width
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.exp(-(((across - x) / reach) ** 2 + ((down - y) / (reach * 0.6)) ** 2)) * (0.5 + 0.5 * strength)
    pixels = np.asarray(image, np.float32)
    return Image.fromarray((pixels + (255 - pixels) * light[..., None]).astype(np.uint8))


def _jpeg(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=round(90 - 60 * strength))
    return Image.open(io.BytesIO(kept.getvalue())).convert("RGB")


def _desk_colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.choice([(96, 70, 48), (52, 54, 60), (188, 178, 166), (230, 230, 228), (40, 70, 60)])


def _desk(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    """The page on a desk among other things: strips, a pen, a printed sheet."""
    margin = 0.08 + 0.3 * strength
    width, height = round(image.width * (1 + 2 * margin)), round(image.height * (1 + 2 * margin))
    desk = Image.new("RGB", (width, height), _desk_colour(chance))
    draw = ImageDraw.Draw(desk)
    for _ in range(round(12 * strength) + 3):
        x, y = chance.randint(0, width), chance.randint(0, height)
        shade = tuple(chance.randint(30, 240) for _ in range(3))
        draw.rectangle((x, y, x + chance.randint(10, width // 5), y + chance.randint(4, height // 6)), fill=shade)
    for row in range(6):  # lines of print on a sheet beside
        draw.text((width * 0.03, row * height * 0.018), "Lorem ipsum dolor sit amet 0123456789 " * 2, fill=(20, 20, 20))
    desk.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return desk


def _small(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    """The page fills only a part of the frame; the frame keeps the page's size in pixels."""
    part = 1 - 0.5 * strength
    shrunk = image.resize((round(image.width * part), round(image.height * part)), Image.Resampling.LANCZOS)
    frame = Image.new("RGB", image.size, _desk_colour(chance))
    frame.paste(
        shrunk, (chance.randint(0, image.width - shrunk.width), chance.randint(0, image.height - shrunk.height))
    )
    return frame


def _cut(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    part = 0.04 + 0.2 * strength
    width, height = image.size
    boxes = [
        (0, 0, width, round(height * (1 - part))),
        (0, 0, round(width * (1 - part)), height),
        (round(width * part), 0, width, height),
    ]
    return image.crop(chance.choice(boxes))


_SPOILERS = {
    "turn": _turn,
    "rotate": _rotate,
    "skew": _skew,
    "perspective": _perspective,
    "blur": _blur,
    "motion": _motion,
    "noise": _noise,
    "dim": _dim,
    "glare": _glare,
    "jpeg": _jpeg,
    "desk": _desk,
    "small": _small,
    "cut": _cut,
}
