"""Finds what each field says, and how much likelier that is than anything else it could say.

Each place of the zone has a price for each character: 0 for what was seen there, more for what it might be instead. A
field's candidates are the cheapest spellings that can be true: their check digit holds, the date exists, the state is
known. Check digits are modulus 10, so that one wrong spelling in ten passes too: the composite digit, which covers most
fields at once, chooses among what is left. `margin` is what the next best candidate costs more: near 0 means that
something else fits as well, and the field is not sure.

Pairs a check digit cannot tell apart, because they count the same modulus 10 (S/8, G/6, L/1, K/<, …), are candidates of
each other at their price: only how clearly the character was seen decides.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from . import dates, nations
from .formats import Check, Format, Place, Span
from .zone import ALPHABET, FILLER, VALUES, WEIGHTS, check_digit, kind_of

Floats = NDArray[np.float64]
DEAREST = 12.0  # a spelling that costs more is not looked at
MOST = 60  # candidates kept of a field
CONTENT = 7.0  # price of leaving the composite digit unsatisfied: something it covers was misread
NO_OTHER = DEAREST

# What recognisers take for each other where letters and digits stand mixed, and the most that such an exchange may cost
# (in nats), however sure they are. Where only letters stand, what was seen decides.
ALIKE = {
    "0O": 2.2, "0Q": 2.2, "0D": 2.5, "OQ": 2.5, "OD": 2.5, "DQ": 3.0, "1I": 2.2, "1L": 6.0, "IL": 3.0, "1T": 4.0, "1J": 4.0, "2Z": 2.5,
    "5S": 2.5, "8B": 2.5, "6G": 5.5, "8S": 5.5, "<K": 5.5, "UV": 4.0, "VY": 4.5, "CG": 4.5, "6B": 4.5, "38": 4.5, "17": 4.5,
    "56": 4.5, "89": 4.5, "08": 4.5, "06": 4.5,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What a field says. margin: in nats; holds: its check digit, date or code is right."""

    text: str
    margin: float
    holds: bool


@dataclass
class Proof:
    """All fields, the check digits, and the lines as they read after repair."""

    found: dict[str, Found]
    checks: dict[str, bool]
    lines: list[str]


@dataclass(frozen=True)
class _Spelling:
    price: float
    text: str


class _Prices:
    """The price of every character at every place, in the kinds the format allows."""

    def __init__(self, form: Format, logs: list[Floats]) -> None:
        masks = [np.ones((form.width, len(ALPHABET)), bool) for _ in range(form.rows)]
        for span, allowed in form.kinds:
            masks[span.line][span.start : span.stop] &= kind_of(allowed)
        self._table = [_priced(line, mask) for line, mask in zip(logs, masks, strict=True)]

    def options(self, place: Place) -> list[tuple[float, str]]:
        """Return what may stand at `place` and its price, cheapest first; at most five."""
        row = self._table[place[0]][place[1]]
        order = [int(i) for i in np.argsort(row, kind="stable")[:5]]
        return [(float(row[i]), ALPHABET[i]) for i in order if row[i] <= DEAREST]

    def best(self, places: list[Place]) -> str:
        return "".join(ALPHABET[int(self._table[line][at].argmin())] for line, at in places)

    def spellings(self, places: list[Place], most: int = MOST) -> list[_Spelling]:
        """Return the cheapest spellings of `places`, cheapest first."""
        kept = [_Spelling(0.0, "")]
        for place in places:
            options = self.options(place)
            longer = [_Spelling(s.price + price, s.text + c) for s in kept for price, c in options]
            kept = sorted((s for s in longer if s.price <= DEAREST), key=lambda s: s.price)[:most]
        return kept


def _priced(logs: Floats, mask: NDArray[np.bool_]) -> Floats:
    logs = np.where(mask, logs, -np.inf)
    prices = logs.max(axis=1, keepdims=True) - logs
    with_digits = mask[:, :10].any(axis=1, keepdims=True)
    capped = np.where(with_digits, np.minimum(prices, _CAPS[prices.argmin(axis=1)]), prices)
    return np.where(mask, capped, np.inf)


def _caps() -> Floats:
    caps = np.full((len(ALPHABET), len(ALPHABET)), np.inf)
    for pair, most in ALIKE.items():
        one, other = (ALPHABET.index(c) for c in pair)
        caps[one, other] = caps[other, one] = most
    return caps


_CAPS = _caps()


def prove(form: Format, logs: list[Floats]) -> Proof:
    """Return what the fields say. logs: per line [width, 37] log probabilities of each character at each place."""
    form, prices = _with_long_number(form, _Prices(form, logs))
    parts = _parts(form, prices)
    found, checks, spelt = _settle(form, prices, parts)
    for name, span in form.fields.items():
        if name not in found:
            found[name] = _unchecked(name, prices, span.places)
    for name in ("issuing_state", "nationality", "sex", "names"):
        if name in found:
            spelt.update(zip(form.fields[name].places, found[name].text, strict=True))
    return Proof(found, checks, _lines(form, prices, spelt))


def _with_long_number(form: Format, prices: _Prices) -> tuple[Format, _Prices]:
    """Return the format with the number's check moved, where the number is longer than nine places.

    Source: Doc 9303 part 5, note j, part 6, note j: the check digit's place holds a filler, the number goes on in the
    optional field, its check digit behind it, then a filler.
    """
    number = next(check for check in form.checks if check.name == "document_number")
    if form.optional is None or prices.best([number.digit]) != FILLER:
        return form, prices
    rest = prices.best(form.optional.places).split(FILLER)[0]
    if len(rest) < 2:
        return form, prices
    line, start = form.optional.line, form.optional.start
    more = Span(line, start, start + len(rest) - 1)
    longer = Check(number.name, (*number.spans, more), (line, start + len(rest) - 1))
    checks = tuple(longer if check is number else check for check in form.checks)
    return replace(form, checks=checks), prices



@dataclass(frozen=True)
class _Part:
    """Places that are spelt together: a field with its check digit, or a stretch only the composite covers."""

    name: str | None
    places: list[Place]
    spellings: list[_Spelling]
    holds: bool


def _parts(form: Format, prices: _Prices) -> list[_Part]:
    parts = [_checked_part(check, prices) for check in form.checks]
    if form.composite is None:
        return parts
    taken = {place for part in parts for place in part.places}
    loose = [place for place in form.composite.places if place not in taken]
    return [*parts, _Part(None, loose, prices.spellings(loose), True)]


def _checked_part(check: Check, prices: _Prices) -> _Part:
    """Return the candidates whose check digit holds; where none does, the likeliest spelling alone."""
    places = [*check.places, check.digit]
    spellings = prices.spellings(places, 4 * MOST)
    good = [s for s in spellings if _passes(check, s.text) and _possible(check.name, s.text[:-1])]
    if good:
        return _Part(check.name, places, good[:MOST], True)
    return _Part(check.name, places, [_Spelling(0.0, prices.best(places))], False)


def _passes(check: Check, text: str) -> bool:
    content, digit = text[:-1], text[-1]
    if digit == FILLER:
        return check.filler_allowed and not content.strip(FILLER)
    return check_digit(content) == digit


def _possible(name: str, text: str) -> bool:
    if name in ("birth_date", "expiry_date"):
        return dates.possible(text)
    return name != "document_number" or (bool(text.strip(FILLER)) and FILLER not in text.strip(FILLER))


def _settle(
    form: Format, prices: _Prices, parts: list[_Part]
) -> tuple[dict[str, Found], dict[str, bool], dict[Place, str]]:
    """Choose the cheapest spelling of all parts together that satisfies the composite, or leave it unsatisfied."""
    checks = {part.name: part.holds for part in parts if part.name}
    chosen, margins, satisfied = _together(form, prices, parts)
    if form.composite is not None:
        checks["composite"] = satisfied
    found, spelt = {}, {}
    for part, spelling, margin in zip(parts, chosen, margins, strict=True):
        spelt.update(zip(part.places, spelling.text, strict=True))
        if part.name in form.fields:
            found[part.name] = Found(spelling.text[:-1], margin if part.holds else 0.0, part.holds)
    if form.composite is not None:
        content = "".join(spelt[place] for place in form.composite.places)
        digit = check_digit(content) if satisfied else prices.best([form.composite.digit])
        spelt[form.composite.digit] = digit
    return found, checks, spelt


def _together(form: Format, prices: _Prices, parts: list[_Part]) -> tuple[list[_Spelling], list[float], bool]:
    """Return the chosen spelling of each part, by how much it beats the part's next, and whether the composite holds."""
    weight = {}
    if form.composite is not None:
        weight = {place: w for place, w in zip(form.composite.places, cycle(WEIGHTS), strict=False)}
    remainders = [[_remainder(s.text, part.places, weight) for s in part.spellings] for part in parts]
    tables = [_cheapest(part.spellings, rests) for part, rests in zip(parts, remainders, strict=True)]
    goal = _goal(form, prices)
    chosen, margins = [], []
    for number, part in enumerate(parts):
        others = _convolved([table for other, table in enumerate(tables) if other != number])
        totals = [s.price + _price_of(others, r, goal) for s, r in zip(part.spellings, remainders[number], strict=True)]
        best = int(np.argmin(totals))
        others_said = [t for t, s in zip(totals, part.spellings, strict=True) if s.text[:-1] != part.spellings[best].text[:-1]]
        chosen.append(part.spellings[best])
        margins.append(min([*others_said, totals[best] + NO_OTHER]) - totals[best])
    content = sum(_remainder(s.text, p.places, weight) for s, p in zip(chosen, parts, strict=True)) % 10
    return chosen, margins, bool(goal[content] < CONTENT)


def _remainder(text: str, places: list[Place], weight: dict[Place, int]) -> int:
    return sum(int(VALUES[ALPHABET.index(c)]) * weight.get(p, 0) for c, p in zip(text, places, strict=True)) % 10


def _cheapest(spellings: list[_Spelling], remainders: list[int]) -> Floats:
    table = np.full(10, np.inf)
    for spelling, remainder in zip(spellings, remainders, strict=True):
        table[remainder] = min(table[remainder], spelling.price)
    return table


def _convolved(tables: list[Floats]) -> Floats:
    """Return for each remainder the cheapest way all `tables` together come to it."""
    total = np.full(10, np.inf)
    total[0] = 0.0
    for table in tables:
        total = np.min([np.roll(total, shift) + table[shift] for shift in range(10)], axis=0)
    return total


def _goal(form: Format, prices: _Prices) -> Floats:
    """Return for each remainder of the whole what it costs: the price of that composite digit, CONTENT at most."""
    goal = np.zeros(10)
    if form.composite is not None:
        goal[:] = CONTENT
        for price, digit in prices.options(form.composite.digit):
            goal[int(digit)] = min(price, CONTENT)
    return goal


def _price_of(others: Floats, remainder: int, goal: Floats) -> float:
    return float(min(others[rest] + goal[(rest + remainder) % 10] for rest in range(10)))


def _unchecked(name: str, prices: _Prices, places: list[Place]) -> Found:
    """Return a field no check digit proves, by what is known of its kind."""
    if name == "names":
        return _names(prices, places)
    rule: Callable[[str], bool] = nations.is_known if name in ("issuing_state", "nationality") else lambda text: True
    spellings = prices.spellings(places)
    good = [s for s in spellings if rule(s.text) and FILLER not in s.text.rstrip(FILLER)]
    if not good:
        return Found(prices.best(places), 0.0, False)
    margin = (good[1].price if len(good) > 1 else NO_OTHER) - good[0].price
    return Found(good[0].text, margin, True)


def _names(prices: _Prices, places: list[Place]) -> Found:
    """Return the names as seen; the margin is that of the least certain place. No name begins with a filler."""
    options = [prices.options(place) for place in places]
    margin = min(each[1][0] - each[0][0] if len(each) > 1 else NO_OTHER for each in options)
    text = "".join(each[0][1] for each in options)
    return Found(text, margin, text[0] != FILLER and "<<<" not in text.rstrip(FILLER))


def _lines(form: Format, prices: _Prices, spelt: dict[Place, str]) -> list[str]:
    lines = []
    for row in range(form.rows):
        seen = prices.best([(row, at) for at in range(form.width)])
        lines.append("".join(spelt.get((row, at), c) for at, c in enumerate(seen)))
    return lines
