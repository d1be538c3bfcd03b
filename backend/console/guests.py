"""What the page shows of each guest: every field beside what was read, and what proves it."""

from dataclasses import dataclass
from typing import Any

from ..accommodation.service import Earlier, Stay, name_nation
from .wording import ALWAYS_SHOWN, DOCUMENT, GUEST_FIELDS, SEX

CHECKS = {"document_number", "birth_date", "expiry_date"}  # what has a check digit of its own
OF_VISA = {"visa_number": "document_number"}  # the last day to enter is not the last day of the stay: not compared
# What a machine-readable zone tells: where it told nothing, only the person did.
READABLE = {"surname", "given_names", "document_number", "nationality", "birth_date", "sex", "expiry_date"}
VISA_FORMATS = ("MRV-A", "MRV-B")


@dataclass(frozen=True)
class Field:
    """One line. read: what the photo says, where it differs. proof: a key of `wording.PROOF`."""

    name: str
    label: str
    value: str
    read: str
    proof: str


@dataclass(frozen=True)
class Zone:
    """The machine-readable zone of a photo: its format, and how many of its check digits hold."""

    format: str
    holding: int
    all: int


@dataclass(frozen=True)
class Shot:
    """A photo or a PDF."""

    label: str
    file_id: str
    pages: int


@dataclass(frozen=True)
class GuestView:
    name: str
    nation: str
    pictures: list[Shot]
    zones: list[Zone]
    fields: list[Field]
    earlier: list[Earlier]

    @property
    def differing(self) -> int:
        return sum(field.proof == "differs" for field in self.fields)

    @property
    def unproven(self) -> int:
        return sum(field.proof == "unproven" for field in self.fields)


def guests_of(
    stay: Stay, form: dict[str, Any], earlier: dict[str, list[Earlier]], pages: dict[str, int]
) -> list[GuestView]:
    """Return the guests in their order. form: of the case, with `readings` by file id. pages: of each file there is."""
    readings = form.get("readings", {})
    return [_guest(guest.details, readings, earlier.get(guest.document_key, []), pages) for guest in stay.guests]


def _guest(said: dict[str, Any], readings: dict[str, Any], earlier: list[Earlier], pages: dict[str, int]) -> GuestView:
    files = [("证件资料页", said.get("passport_file")), ("签证、入境章", said.get("visa_file"))]
    passport, visa = (readings.get(file_id or "") or {} for _, file_id in files)
    return GuestView(
        name=f"{said['surname']} {said['given_names']}".strip(),
        nation=name_nation(said["nationality"], "zh"),
        pictures=[Shot(label, file_id, pages[file_id]) for label, file_id in files if file_id in pages],
        zones=[zone for zone in map(_zone, (passport, visa)) if zone],
        fields=[_field(name, said, passport, visa) for name in GUEST_FIELDS if name in ALWAYS_SHOWN or said.get(name)],
        earlier=earlier,
    )


def _zone(reading: dict[str, Any]) -> Zone | None:
    checks = reading.get("checks") or {}
    return Zone(reading["format"], sum(map(bool, checks.values())), len(checks)) if reading.get("format") else None


def _field(name: str, said: dict[str, Any], passport: dict[str, Any], visa: dict[str, Any]) -> Field:
    typed = str(said.get(name) or "")
    source, key = passport, name
    if name in OF_VISA and visa.get("format") in VISA_FORMATS:
        source, key = visa, OF_VISA[name]
    read = str((source.get("fields") or {}).get(key) or "") if name not in ("document_type", "chinese_name") else ""
    proof = _proof(key, typed, read, source)
    return Field(
        name, GUEST_FIELDS[name], _worded(name, typed), _worded(name, read) if proof == "differs" else "", proof
    )


def _proof(key: str, typed: str, read: str, reading: dict[str, Any]) -> str:
    """A check digit proves; a sure reading agrees; the rest only the person has looked at.

    Typed by hand without anything read beside it is the person's word, and so is an empty field.
    """
    if not read:
        return "typed" if typed and key in READABLE else "plain"
    if _plain(typed) != _plain(read):
        return "differs"
    if not (reading.get("sure") or {}).get(key):
        return "unproven"
    return "checked" if key in CHECKS and (reading.get("checks") or {}).get(key) else "agreed"


def _plain(value: str) -> str:
    """Names compare without the signs a machine-readable zone cannot hold."""
    return "".join(char for char in value.upper() if char.isalnum())


def _worded(name: str, value: str) -> str:
    if name in ("nationality", "issuing_state") and value:
        return f"{name_nation(value, 'zh')}（{value}）"
    tables = {"sex": SEX, "document_type": DOCUMENT}
    return tables.get(name, {}).get(value, value)
