"""What each character would cost at each place: 0 for what was seen there, more for what it might be instead."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .formats import Format, Place
from .zone import ALPHABET, kind_of

Floats = NDArray[np.float64]
DEAREST = 12.0  # nats; a spelling that costs more is not looked at
MOST = 60  # spellings kept of a stretch
OPTIONS = 5  # characters looked at in one place

# What recognisers take for each other where letters and digits stand mixed, and the most that such an exchange may cost
# (in nats), however sure they are. Where only letters stand, what was seen decides.
ALIKE = {
    **dict.fromkeys(("0O", "0Q", "1I"), 2.2),
    **dict.fromkeys(("0D", "OQ", "OD", "2Z", "5S", "8B"), 2.5),
    **dict.fromkeys(("DQ", "IL"), 3.0),
    **dict.fromkeys(("1T", "1J", "UV"), 4.0),
    **dict.fromkeys(("VY", "CG", "6B", "38", "17", "56", "89", "08", "06"), 4.5),
    **dict.fromkeys(("6G", "8S", "<K"), 5.5),
    "1L": 6.0,
}


@dataclass(frozen=True)
class Spelling:
    price: float
    text: str


class Prices:
    """The price of every character at every place, in the kinds the format allows."""

    def __init__(self, form: Format, logs: list[Floats]) -> None:
        masks = [np.ones((form.width, len(ALPHABET)), bool) for _ in range(form.rows)]
        for span, allowed in form.kinds:
            masks[span.line][span.start : span.stop] &= kind_of(allowed)
        self._seen = [line.max(axis=1, keepdims=True) - line for line in logs]
        self._table = [_priced(seen, mask) for seen, mask in zip(self._seen, masks, strict=True)]

    def options(self, place: Place) -> list[tuple[float, str]]:
        """Return what may stand at `place` and its price, cheapest first; at most OPTIONS."""
        row = self._table[place[0]][place[1]]
        order = [int(i) for i in np.argsort(row, kind="stable")[:OPTIONS]]
        return [(float(row[i]), ALPHABET[i]) for i in order if row[i] <= DEAREST]

    def best(self, places: list[Place]) -> str:
        return "".join(ALPHABET[int(self._table[line][at].argmin())] for line, at in places)

    def of(self, lines: list[str]) -> float:
        """Return how far whole lines are from what was seen, whatever may stand there."""
        total = 0.0
        for seen, line in zip(self._seen, lines, strict=True):
            chosen = [ALPHABET.index(c) for c in line]
            prices = np.minimum(seen, _CAPS[seen.argmin(axis=1)])
            total += float(np.minimum(prices[np.arange(len(line)), chosen], DEAREST).sum())
        return total

    def spellings(self, places: list[Place], most: int = MOST) -> list[Spelling]:
        """Return the cheapest spellings of `places`, cheapest first."""
        kept = [Spelling(0.0, "")]
        for place in places:
            options = self.options(place)
            longer = [Spelling(s.price + price, s.text + c) for s in kept for price, c in options]
            kept = sorted((s for s in longer if s.price <= DEAREST), key=lambda s: s.price)[:most]
        return kept


def _priced(seen: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Return prices from the cheapest that may stand there; what may not stand there has none."""
    allowed = np.where(mask, seen, np.inf)
    prices = allowed - allowed.min(axis=1, keepdims=True)
    with_digits = mask[:, :10].any(axis=1, keepdims=True)
    return np.where(with_digits, np.where(mask, np.minimum(prices, _CAPS[prices.argmin(axis=1)]), np.inf), prices)


def _caps() -> Floats:
    caps = np.full((len(ALPHABET), len(ALPHABET)), np.inf)
    for pair, most in ALIKE.items():
        one, other = (ALPHABET.index(c) for c in pair)
        caps[one, other] = caps[other, one] = most
    return caps


_CAPS = _caps()


# What a zone that somebody typed, or another reader read, may have wrong: one exchange at TYPED each.
ALIKE_TYPED = {*ALIKE, "<C", "<S", "<L", "<E", "<X", "4A", "T7", "Y7", "HN", "MN", "HM", "EF", "PR", "B3", "G0", "C0"}
TYPED = 2.0
NOT_ALIKE = 11.0
SIGNS = str.maketrans({"«": "<", "‹": "<", "(": "<", "〈": "<", "《": "<", "{": "<", "[": "<"})


def logs_of_text(line: str, width: int) -> Floats:
    """Return [width, 37] for a line of text: what stands there for nothing, its like at TYPED, the rest dearly."""
    logs = np.full((width, len(ALPHABET)), -NOT_ALIKE)
    for at, character in enumerate(to_width(line, width)):
        for pair in ALIKE_TYPED:
            if character in pair:
                logs[at, ALPHABET.index(pair.replace(character, "", 1))] = -TYPED
        logs[at, ALPHABET.index(character)] = 0.0
    return logs


def to_width(line: str, width: int) -> str:
    """Return the line in the zone's alphabet and of its width: fillers are missed or doubled where many stand."""
    signs = line.upper().translate(SIGNS)
    clean = "".join(c for c in signs if c in ALPHABET)
    run = max(re.findall("<+", clean), key=len, default="")
    if len(clean) < width:
        return clean.replace(run, run + "<" * (width - len(clean)), 1) if len(run) > 1 else clean.ljust(width, "<")
    surplus = len(clean) - width
    return clean.replace(run, run[surplus:], 1) if len(run) > surplus else clean[:width]
