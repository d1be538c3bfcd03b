"""The machine-readable zone's alphabet and check digits.

Source: ICAO Doc 9303, eighth edition, part 3, sections 4.1 and 4.9.
"""

from itertools import cycle

import numpy as np

FILLER = "<"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
ALPHABET = DIGITS + LETTERS + FILLER
PLACE = {character: number for number, character in enumerate(ALPHABET)}
VALUES = np.array([int(c, 36) if c != FILLER else 0 for c in ALPHABET])
WEIGHTS = (7, 3, 1)


def value(character: str) -> int:
    """Return what a character counts in a check digit: 0 to 9, A = 10 to Z = 35, the filler 0."""
    return int(VALUES[PLACE[character]])


def check_digit(text: str) -> str:
    """Return the check digit of `text` (A-Z, 0-9, <): the weighted sum, modulus 10."""
    return str(sum(value(c) * w for c, w in zip(text, cycle(WEIGHTS), strict=False)) % 10)


def kind_of(allowed: str) -> np.ndarray:
    """Return a mask over ALPHABET: True for the characters in `allowed`."""
    mask = np.zeros(len(ALPHABET), bool)
    mask[[PLACE[c] for c in allowed]] = True
    return mask
