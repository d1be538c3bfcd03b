"""A writer of machine-readable zones, for made-up documents.

It is written apart from the product's reader on purpose: one mistake in both would hide itself.
Source: ICAO Doc 9303, eighth edition, parts 3 (check digits, transliteration), 4 (TD3), 5 (TD1), 6 (TD2), 7 (visas).
"""

import unicodedata
from itertools import cycle

from .people import Person

FORMATS = ("TD1", "TD2", "TD3", "MRV-A", "MRV-B")
_SPELT_OUT = {"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Æ": "AE", "Ø": "OE", "Å": "AA", "Ñ": "N", "Đ": "D", "Ł": "L"}


def digit(text: str) -> str:
    """Return the check digit of `text`: weights 7, 3, 1; A is 10, Z is 35, the filler 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(v * w for v, w in zip(values, cycle((7, 3, 1)), strict=False)) % 10)


def plain(name: str) -> str:
    """Return `name` as a zone spells it: apostrophes dropped, other gaps one filler, no diacritics."""
    spelt = "".join(_SPELT_OUT.get(c, c) for c in name.replace("ß", "SS").upper())
    bare = "".join(c for c in unicodedata.normalize("NFD", spelt) if not unicodedata.combining(c))
    kept = "".join(c if "A" <= c <= "Z" else "" if c in "'’.ʻ" else " " for c in bare)
    return "<".join(kept.split())


def names(person: Person, width: int) -> str:
    joined = plain(person.surname) + ("<<" + plain(person.given_names) if person.given_names else "")
    return joined.ljust(width, "<")[:width]


def zone(person: Person, form: str) -> list[str]:
    """Return the lines of `person`'s document in `form`, one of FORMATS."""
    if form == "TD1":
        return _td1(person)
    first = (_kind(person, form) + person.issuing_state.ljust(3, "<"))[:5]
    width = {"TD3": 44, "MRV-A": 44, "TD2": 36, "MRV-B": 36}[form]
    return [first + names(person, width - 5), _second(person, form)]


def expected(person: Person, form: str) -> dict[str, str | None]:
    """Return what a zone of `person` in `form` says: names as spelt there, cut where the line ends."""
    width = {"TD1": 30, "TD2": 31, "MRV-B": 31}.get(form, 39)
    surname, _, given = names(person, width).strip("<").partition("<<")
    number = person.document_number if form in ("TD1", "TD2") else person.document_number[:9]
    return {
        "surname": surname.replace("<", " ") or None,
        "given_names": given.replace("<", " ").strip() or None,
        "document_number": number,
        "nationality": person.nationality,
        "issuing_state": person.issuing_state,
        "birth_date": person.born_on.isoformat(),
        "sex": person.sex,
        "expiry_date": person.expires_on.isoformat(),
    }


def _kind(person: Person, form: str) -> str:
    usual = {"TD1": "I", "TD2": "I", "TD3": "P"}.get(form, "V")
    return (person.kind or usual).ljust(2, "<")[:2]


def _dated(person: Person) -> tuple[str, str]:
    return person.birth_mrz, f"{person.expires_on:%y%m%d}"


def _number(person: Person, room: int) -> tuple[str, str]:
    """Return the ten places of number and check digit, and the optional field of `room` after it.

    A number longer than nine goes on in the optional field, its check digit after it (part 5, note j).
    """
    number = person.document_number
    if len(number) <= 9:
        padded = number.ljust(9, "<")
        return padded + digit(padded), person.optional.ljust(room, "<")[:room]
    rest = number[9:] + digit(number) + "<" + person.optional
    return number[:9] + "<", rest.ljust(room, "<")[:room]


def _td1(person: Person) -> list[str]:
    number, optional = _number(person, 15)
    birth, expiry = _dated(person)
    upper = _kind(person, "TD1") + person.issuing_state.ljust(3, "<") + number + optional
    dates = birth + digit(birth) + person.sex_mrz + expiry + digit(expiry)
    middle = dates + person.nationality.ljust(3, "<") + "<" * 11
    checked = upper[5:30] + middle[0:7] + middle[8:15] + middle[18:29]
    return [upper, middle + digit(checked), names(person, 30)]


def _second(person: Person, form: str) -> str:
    birth, expiry = _dated(person)
    room = {"TD3": 14, "TD2": 7, "MRV-A": 16, "MRV-B": 8}[form]
    if form == "TD2":
        number, optional = _number(person, room)
    else:
        padded = person.document_number[:9].ljust(9, "<")
        number, optional = padded + digit(padded), person.optional.ljust(room, "<")[:room]
    dates = birth + digit(birth) + person.sex_mrz + expiry + digit(expiry)
    line = number + person.nationality.ljust(3, "<") + dates + optional
    if form == "TD3":
        line += "<" if optional == "<" * room else digit(optional)
    if form in ("TD3", "TD2"):
        line += digit(line[0:10] + line[13:20] + line[21:])
    return line
