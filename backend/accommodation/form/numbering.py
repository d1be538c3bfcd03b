"""Numbers, tokens and initials: what a form is known by without telling whose it is."""

import re
import secrets

from stdnum.iso7064 import mod_11_10

from .errors import BadNumber

PREFIX_DIGITS, SERIAL_DIGITS = 6, 6
LENGTH = PREFIX_DIGITS + 4 + SERIAL_DIGITS + 1
TOKEN_BYTES = 18  # 144 bits


def make_number(prefix: str, year: int, serial: int) -> str:
    """Return 17 digits: district code, year, running number, check digit ("330402" "2026" "000123" "5").

    prefix: six digits of GB/T 2260. serial: 1 to 999999, the caller's to hand out once. The check
    digit is ISO 7064 MOD 11,10: digits only, so that a number can be told over the telephone and
    typed on any keypad; it finds every wrong digit. Raises BadNumber.
    """
    body = f"{prefix}{year:04}{serial:0{SERIAL_DIGITS}}"
    if not _well_formed(body) or serial < 1 or len(body) != LENGTH - 1:
        raise BadNumber
    return body + mod_11_10.calc_check_digit(body)


def is_number(text: str) -> bool:
    """Return whether `text` can be a form's number: 17 digits, the last one right."""
    return _well_formed(text) and len(text) == LENGTH and bool(mod_11_10.is_valid(text))


def make_token() -> str:
    """Return 24 characters for the address in the QR code, not to be guessed, fit for a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def initials(surname: str, given_names: str) -> str:
    """Return the initials for the public check page: "A. M. E." for ERIKSSON, ANNA MARIA.

    Given names first. Of a name in Chinese characters, where a given name may be one character,
    only the surname's first is shown: "张**".
    """
    words = re.findall(r"[^\W\d_]+", f"{given_names} {surname}")
    if any(word[0].isalpha() and word[0].lower() == word[0].upper() for word in words):
        return _masked(surname, given_names)
    return " ".join(f"{word[0].upper()}." for word in words)


def _masked(surname: str, given_names: str) -> str:
    characters = "".join((surname + given_names).split())
    return characters[0] + "*" * min(max(len(characters) - 1, 1), 2)


def _well_formed(text: str) -> bool:
    return re.fullmatch(r"[0-9]+", text) is not None
