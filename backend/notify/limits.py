"""How much fits: segments of an SMS, fields of a WeChat template."""

import re

SMS_ONE, SMS_PART = 70, 67  # characters of UCS-2, which every text under a Chinese signature is
SIGN = "智慧e警务"
SMS_WIDTHS = {"code": 6}  # the params an SMS may show, and how long they get
# Characters. Source: the pages on template and subscription messages; a violation is refused with 47003.
FIELD_LIMITS = {
    "thing": 20,
    "short_thing": 5,
    "phrase": 5,
    "character_string": 32,
    "letter": 32,
    "number": 32,
    "date": 20,
    "time": 20,
    "const": 20,
}
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


def sms_segments(text: str, sign: str = SIGN) -> int:
    """Return how many SMS `text` is paid as, the signature 【…】 included."""
    size = len(f"【{sign}】{text}".encode("utf-16-be")) // 2
    return 1 if size <= SMS_ONE else -(-size // SMS_PART)


def field_kind(name: str) -> str:
    """Return the kind of a template's field: "thing12" → "thing"."""
    return name.rstrip("0123456789")


def fit_field(name: str, value: str) -> str:
    """Return `value` cut to what the field may hold; a cut ends in "…"."""
    kind = field_kind(name)
    limit = FIELD_LIMITS[kind]
    if kind in ("character_string", "letter"):
        value = _NOT_ASCII.sub("", value)
        return value[:limit] or "-"
    value = value or "-"
    return value if len(value) <= limit else value[: limit - 1] + "…"
