"""Draws made-up documents: a page in the documents' real sizes, a drawn face, SPECIMEN over it, and the zone.

Nothing is copied from a real document, and no picture is loaded. Sizes: ICAO Doc 9303 part 3, section 2.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .mrz import zone
from .people import Person

# format: width and height of the page, places in a line
PAGES_MM = {
    "TD1": (85.6, 54.0, 30),
    "TD2": (105.0, 74.0, 36),
    "TD3": (125.0, 88.0, 44),
    "MRV-A": (120.0, 80.0, 44),
    "MRV-B": (105.0, 74.0, 36),
}
PITCH_MM = 2.54  # ten places an inch
LINE_MM = 6.35
TITLES = {"TD1": "IDENTITY CARD", "TD2": "IDENTITY CARD", "TD3": "PASSPORT", "MRV-A": "VISA", "MRV-B": "VISA"}
PACKAGES = Path(__file__).resolve().parents[3] / "node_modules/@expo-google-fonts"
OCR_B = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")  # Debian's fonts-ocr-b, where somebody has installed it
MONO = PACKAGES / "b612-mono/400Regular/B612Mono_400Regular.ttf"
CJK = PACKAGES / "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"


@dataclass(frozen=True)
class Look:
    """How a specimen is drawn. Fonts: a path, or None for the one that comes with Pillow."""

    zone_font: Path | None = OCR_B if OCR_B.exists() else MONO
    text_font: Path | None = CJK
    pixels_per_mm: float = 10.0
    paper: tuple[int, int, int] = (238, 233, 222)
    ink: tuple[int, int, int] = (24, 24, 40)
    visible: bool = True  # the visual zone above the machine-readable one


def font(path: Path | None, size: float) -> ImageFont.FreeTypeFont:
    if path is not None and path.exists():
        return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)  # type: ignore[return-value]  # a FreeType one where Pillow has FreeType


def document(person: Person, form: str, look: Look | None = None) -> Image.Image:
    """Return the page with the machine-readable zone of `person`'s document in `form` (mrz.FORMATS)."""
    look = look or Look()
    width, height, places = PAGES_MM[form]
    scale = look.pixels_per_mm
    image = Image.new("RGB", (round(width * scale), round(height * scale)), look.paper)
    draw = ImageDraw.Draw(image)
    _guilloche(draw, image.size, look)
    lines = zone(person, form)
    top = height - LINE_MM * len(lines) - 3.0
    if look.visible:
        _visual(draw, person, form, look, top)
    _stamp(image, look, top)
    draw.rectangle((0, (top - 1.2) * scale, image.width, image.height), fill=_lighter(look.paper))
    for number, line in enumerate(lines):
        _zone_line(draw, line, ((width - places * PITCH_MM) / 2, top + number * LINE_MM + 1.2), look)
    return image


def draw_zone(lines: list[str], form: str, look: Look | None = None) -> Image.Image:
    """Return a page of `form`'s size with any `lines` as its zone, and nothing else but SPECIMEN."""
    look = look or Look()
    width, height, places = PAGES_MM[form]
    image = Image.new("RGB", (round(width * look.pixels_per_mm), round(height * look.pixels_per_mm)), look.paper)
    top = height - LINE_MM * len(lines) - 3.0
    _stamp(image, look, top)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        _zone_line(draw, line, ((width - places * PITCH_MM) / 2, top + number * LINE_MM + 1.2), look)
    return image


def _lighter(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    return (min(255, colour[0] + 10), min(255, colour[1] + 10), min(255, colour[2] + 10))


def _zone_line(draw: ImageDraw.ImageDraw, line: str, at_mm: tuple[float, float], look: Look) -> None:
    """Write every place on its own, so that any font keeps the pitch."""
    scale = look.pixels_per_mm
    probe = font(look.zone_font, 100)
    size = 100 * 2.7 * scale / (probe.getbbox("H")[3] - probe.getbbox("H")[1])  # capitals 2.7 mm high
    size = min(size, 100 * PITCH_MM * scale / max(probe.getlength("W"), probe.getlength("0")))
    face = font(look.zone_font, size)
    base = at_mm[1] * scale + 2.7 * scale
    for place, character in enumerate(line):
        x = (at_mm[0] + (place + 0.5) * PITCH_MM) * scale
        draw.text((x, base), character, font=face, fill=look.ink, anchor="ms")


def _guilloche(draw: ImageDraw.ImageDraw, size: tuple[int, int], look: Look) -> None:
    faint = (max(0, look.paper[0] - 14), max(0, look.paper[1] - 8), max(0, look.paper[2] - 10))
    step = max(6, round(look.pixels_per_mm * 1.6))
    for x in range(-size[1], size[0], step):
        draw.arc((x, -size[1] // 2, x + size[1], size[1]), 0, 180, fill=faint)


def _stamp(image: Image.Image, look: Look, top_mm: float) -> None:
    """SPECIMEN across the page, above the zone."""
    face = font(look.text_font, 12 * look.pixels_per_mm)
    layer = Image.new("L", image.size, 0)
    centre = (image.width / 2, top_mm * look.pixels_per_mm / 2)
    ImageDraw.Draw(layer).text(centre, "SPECIMEN", font=face, fill=70, anchor="mm")
    layer = layer.rotate(14, center=centre)
    image.paste((190, 60, 60), mask=layer)


def _visual(draw: ImageDraw.ImageDraw, person: Person, form: str, look: Look, top_mm: float) -> None:
    scale = look.pixels_per_mm
    face_width = 22.0 if form != "TD1" else 0.0
    if face_width:
        _face(draw, (5 * scale, 14 * scale), face_width * scale)
    rows = [
        ("Surname", person.surname or person.given_names),
        ("Given names", person.given_names),
        ("Nationality", person.nationality),
        ("Date of birth", f"{person.born_on:%d %b %Y}".upper()),
        ("Sex", person.sex),
        ("Document No.", person.document_number),
        ("Date of expiry", f"{person.expires_on:%d %b %Y}".upper()),
    ]
    left = (face_width + 9) * scale
    draw.text(
        (left, 3 * scale),
        f"{TITLES[form]}  {person.issuing_state}",
        font=font(look.text_font, 4 * scale),
        fill=look.ink,
    )
    if form == "TD1":
        rows = rows[:2]
    pitch = min(8.0, (top_mm - 10) / len(rows))
    for number, (label, value) in enumerate(rows):
        y = (9 + number * pitch) * scale
        draw.text((left, y), label, font=font(look.text_font, 1.9 * scale), fill=(90, 90, 110))
        draw.text((left, y + 2.2 * scale), value, font=font(look.text_font, 3.1 * scale), fill=look.ink)


def _face(draw: ImageDraw.ImageDraw, at: tuple[float, float], width: float) -> None:
    x, y = at
    draw.rectangle((x, y, x + width, y + width * 1.28), fill=(205, 214, 224))
    draw.ellipse((x + width * 0.25, y + width * 0.2, x + width * 0.75, y + width * 0.85), fill=(214, 178, 152))
    draw.pieslice((x + width * 0.1, y + width * 0.85, x + width * 0.9, y + width * 1.7), 180, 360, fill=(70, 80, 110))
    for eye in (0.4, 0.6):
        draw.ellipse(
            (x + width * (eye - 0.03), y + width * 0.45, x + width * (eye + 0.03), y + width * 0.5), fill=(40, 30, 30)
        )
