"""Noto Sans SC, cut down to the characters of one form.

The whole font is 10 MB a weight and takes a third of a second to parse; HarfBuzz keeps it mapped and
cuts the few hundred characters of a form in milliseconds, so that only those are ever parsed.
"""

import unicodedata
from functools import cache
from io import BytesIO

import uharfbuzz as hb

from ...config import ROOT
from .errors import FontMissing

PACKAGE = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
FILES = {"": "400Regular/NotoSansSC_400Regular.ttf", "B": "700Bold/NotoSansSC_700Bold.ttf"}
GETA = "〓"  # the printers' mark for a character the case does not hold: seen, never mistaken for text
TOO_WIDE = frozenset("⸺⸻")  # dashes of two and three characters
INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me"})
# Letters Unicode does not take apart; written as ICAO Doc 9303-3, section 6, has them in the MRZ.
PLAIN = {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t", "Ŋ": "N", "ŋ": "n"}


def drawable(text: str) -> str:
    """Return `text` in characters the font has: never an empty box, never a question mark, never shorter.

    White space of any kind becomes one space, invisible characters go, a letter whose accent is
    missing loses the accent (Š → S, as in the MRZ), any other missing character is drawn as 〓.
    """
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    drawn = "".join(_drawable(char) for char in composed)
    return " ".join(drawn.split())  # what went may have stood between two spaces


def cut_font(style: str, text: str) -> BytesIO:
    """Return a TrueType file of the characters of `text`. style: "" or "B". Raises FontMissing."""
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_LAYOUT_CLOSURE  # nothing is shaped, so no ligature is ever asked for
    wanted.unicode_set.update({ord(char) for char in text})
    return BytesIO(hb.subset(_face(style), wanted).blob.data)


def _drawable(char: str) -> str:
    if unicodedata.category(char) in INVISIBLE:
        return ""
    if ord(char) in _characters():
        return char
    plain = PLAIN.get(char) or "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return plain if plain.strip() and all(ord(c) in _characters() for c in plain) else GETA


@cache
def _characters() -> frozenset[int]:
    return frozenset(_face("").unicodes) & frozenset(_face("B").unicodes) - {ord(c) for c in TOO_WIDE}


@cache
def _face(style: str) -> hb.Face:
    path = PACKAGE / FILES[style]
    if not path.is_file():
        raise FontMissing
    return hb.Face(hb.Blob.from_file_path(str(path)))
