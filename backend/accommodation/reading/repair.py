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
from .formats import FORMATS, Check, Format, Place, Span
from .prices import DEAREST, MOST, Prices, Spelling, logs_of_text
from .zone import ALPHABET, FILLER, VALUES, WEIGHTS, check_digit

Floats = NDArray[np.float64]
CONTENT = 7.0  # price of leaving the composite digit unsatisfied: something it covers was misread
NO_OTHER = DEAREST
BROKEN = 4.0  # price of a check digit or a rule that does not hold


@dataclass(frozen=True)
class Found:
    """What a field says. margin: in nats; holds: its digit, date or code is right; as_seen: nothing was repaired."""

    text: str
    margin: float
    holds: bool
    as_seen: bool = False


@dataclass
class Proof:
    """All fields, the check digits, and the lines as they read after repair."""

    found: dict[str, Found]
    checks: dict[str, bool]
    lines: list[str]
    price: float  # of all characters together, and of what does not hold: how far the lines are from what was seen


def prove(form: Format, logs: list[Floats]) -> Proof:
    """Return what the fields say. logs: per line [width, 37] log probabilities of each character at each place."""
    form, prices = _with_long_number(form, Prices(form, logs))
    parts = _parts(form, prices)
    found, checks, spelt = _settle(form, prices, parts)
    for name, span in form.fields.items():
        if name not in found:
            found[name] = _unchecked(name, prices, span.places)
    for name in ("issuing_state", "nationality", "sex", "names"):
        if name in found:
            spelt.update(zip(form.fields[name].places, found[name].text, strict=True))
    lines = _lines(form, prices, spelt)
    broken = sum(not holds for holds in checks.values()) + sum(not each.holds for each in found.values())
    return Proof(found, checks, lines, prices.of(lines) + BROKEN * broken)


def _with_long_number(form: Format, prices: Prices) -> tuple[Format, Prices]:
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
    spellings: list[Spelling]
    holds: bool


def _parts(form: Format, prices: Prices) -> list[_Part]:
    parts = [_checked_part(check, prices) for check in form.checks]
    if form.composite is None:
        return parts
    taken = {place for part in parts for place in part.places}
    loose = [place for place in form.composite.places if place not in taken]
    return [*parts, _Part(None, loose, prices.spellings(loose), True)]


def _checked_part(check: Check, prices: Prices) -> _Part:
    """Return the candidates whose check digit holds; where none does, the likeliest spelling alone."""
    places = [*check.places, check.digit]
    spellings = prices.spellings(places, 4 * MOST)
    good = [s for s in spellings if _passes(check, s.text) and _possible(check.name, s.text[:-1])]
    if good:
        return _Part(check.name, places, good[:MOST], True)
    return _Part(check.name, places, [Spelling(0.0, prices.best(places))], False)


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
    form: Format, prices: Prices, parts: list[_Part]
) -> tuple[dict[str, Found], dict[str, bool], dict[Place, str]]:
    """Choose the cheapest spelling of all parts together that satisfies the composite, or leave it unsatisfied."""
    checks = {part.name: part.holds for part in parts if part.name}
    chosen, margins, satisfied = _together(form, prices, parts)
    if form.composite is not None:
        checks["composite"] = satisfied
    found: dict[str, Found] = {}
    spelt: dict[Place, str] = {}
    for part, spelling, margin in zip(parts, chosen, margins, strict=True):
        spelt.update(zip(part.places, spelling.text, strict=True))
        if part.name in form.fields:
            found[part.name] = Found(
                spelling.text[:-1], margin if part.holds else 0.0, part.holds, part.holds and spelling.price == 0
            )
    if form.composite is not None:
        content = "".join(spelt[place] for place in form.composite.places)
        digit = check_digit(content) if satisfied else prices.best([form.composite.digit])
        spelt[form.composite.digit] = digit
    return found, checks, spelt


def _together(form: Format, prices: Prices, parts: list[_Part]) -> tuple[list[Spelling], list[float], bool]:
    """Return each part's chosen spelling, by how much it beats the part's next, and whether the composite holds."""
    covered = form.composite.places if form.composite is not None else []
    weight = dict(zip(covered, cycle(WEIGHTS), strict=False))
    remainders = [[_remainder(s.text, part.places, weight) for s in part.spellings] for part in parts]
    tables = [_cheapest(part.spellings, rests) for part, rests in zip(parts, remainders, strict=True)]
    goal = _goal(form, prices)
    chosen, margins = [], []
    for number, part in enumerate(parts):
        others = _convolved([table for other, table in enumerate(tables) if other != number])
        totals = [s.price + _price_of(others, r, goal) for s, r in zip(part.spellings, remainders[number], strict=True)]
        best = int(np.argmin(totals))
        others_said = [
            t for t, s in zip(totals, part.spellings, strict=True) if s.text[:-1] != part.spellings[best].text[:-1]
        ]
        chosen.append(part.spellings[best])
        margins.append(min([*others_said, totals[best] + NO_OTHER]) - totals[best])
    content = sum(_remainder(s.text, p.places, weight) for s, p in zip(chosen, parts, strict=True)) % 10
    return chosen, margins, bool(goal[content] < CONTENT)


def _remainder(text: str, places: list[Place], weight: dict[Place, int]) -> int:
    return sum(int(VALUES[ALPHABET.index(c)]) * weight.get(p, 0) for c, p in zip(text, places, strict=True)) % 10


def _cheapest(spellings: list[Spelling], remainders: list[int]) -> Floats:
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


def _goal(form: Format, prices: Prices) -> Floats:
    """Return for each remainder of the whole what it costs: the price of that composite digit, CONTENT at most."""
    goal = np.zeros(10)
    if form.composite is not None:
        goal[:] = CONTENT
        for price, digit in prices.options(form.composite.digit):
            goal[int(digit)] = min(price, CONTENT)
    return goal


def _price_of(others: Floats, remainder: int, goal: Floats) -> float:
    return float(min(others[rest] + goal[(rest + remainder) % 10] for rest in range(10)))


def _unchecked(name: str, prices: Prices, places: list[Place]) -> Found:
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


def _names(prices: Prices, places: list[Place]) -> Found:
    """Return the names as seen; the margin is that of the least certain place. No name begins with a filler."""
    options = [prices.options(place) for place in places]
    margin = min(each[1][0] - each[0][0] if len(each) > 1 else NO_OTHER for each in options)
    text = "".join(each[0][1] for each in options)
    return Found(text, margin, text[0] != FILLER and "<<<" not in text.rstrip(FILLER))


def _lines(form: Format, prices: Prices, spelt: dict[Place, str]) -> list[str]:
    lines = []
    for row in range(form.rows):
        seen = prices.best([(row, at) for at in range(form.width)])
        lines.append("".join(spelt.get((row, at), c) for at, c in enumerate(seen)))
    return lines


def prove_text(lines: list[str]) -> tuple[Format, Proof] | None:
    """Return what a zone given as text says after repair, and its format; None if it is no zone.

    Fillers may be missing or too many, look-alikes exchanged. There is no picture to ask: of names and sex nothing is
    proven, and where an exchange leaves the check digit whole, the margin is below what is sure.
    """
    rows = [line for line in lines if len(line.strip()) > 20]
    fitting = [form for form in FORMATS if form.rows == len(rows) and _is_about(form, rows)]
    proofs = [(form, prove(form, [logs_of_text(row, form.width) for row in rows])) for form in fitting]
    return min(proofs, key=lambda each: each[1].price, default=None)


def _is_about(form: Format, rows: list[str]) -> bool:
    return all(abs(len(row.strip()) - form.width) <= 3 for row in rows)
