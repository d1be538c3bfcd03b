"""Fit when the words alone may decide, so that the encoder need not be asked.

Measured on the same held-out questions as everything else: the words may decide where all looks together would
not have done better: no fewer are right first, and at most one answer in a thousand more is spoiled, that is wrong
where all looks together would have been right or would have asked back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from .decide import LEAD, SURE
from .learn import EMERGENCY
from .model import Array, grounds

CALM_AT_MOST = 0.05
SPOILED_AT_MOST = 0.001  # of all questions, more than are spoiled with the encoder
LIKELY = 0.4  # below, the words are not looked at
GRID = np.arange(0.999, 0.5, -0.001)


@dataclass(frozen=True)
class Asked:
    """Held-out questions. Rows side by side: shares by words and by all looks (questions, intents), right (likewise),
    words: how many are known; alarm: by words; open_to: where the script, and the first candidate, allow it."""

    by_words: Array
    by_all: Array
    right: Array
    words: Array
    alarm: Array
    kinds: Sequence[str]
    open_to: Array


@dataclass(frozen=True)
class AspectAsked:
    """The same of aspects: shares (questions, aspects), the right one; gated: words alone found the matter."""

    by_words: Array
    by_all: Array
    right: Array
    gated: Array


def fit_gate(asked: Asked) -> tuple[dict[str, Any], Array]:
    """Return (gate, sure and calm as in model.Quick, (questions,) which of the questions are decided so).

    Never where a held-out emergency would be overheard: `calm` lies below the faintest of those.
    """
    hit, all_hit, all_sure = _first(asked.by_words, asked.right), _first(asked.by_all, asked.right), _sure(asked.by_all)
    spoiled = ~hit & (all_hit | ~all_sure)
    possible = asked.open_to & (asked.alarm <= CALM_AT_MOST) & (asked.by_words.max(axis=1) >= LIKELY)
    if not spoiled[possible].any():  # nothing to learn from: a handful of questions
        return {"gate": [0.0, 0.0, 0.0, 0.0], "sure": 1.1, "calm": CALM_AT_MOST}, np.zeros(len(hit), dtype=bool)
    known = np.stack([grounds(s, int(n)) for s, n in zip(asked.by_words, asked.words, strict=True)])
    fitted = LogisticRegression(C=10.0, max_iter=1000).fit(known[possible], ~spoiled[possible])
    chance = np.where(possible, fitted.predict_proba(known)[:, 1], 0.0)
    wrong_more = spoiled.astype(int) - (hit & ~all_hit & all_sure)
    sure = _lowest(chance, all_hit.astype(int) - hit, wrong_more)
    overheard = asked.alarm[(np.array(asked.kinds) == EMERGENCY) & (chance >= sure)]
    calm = float(min([CALM_AT_MOST, *(overheard / 2)]))
    gate = [round(float(n), 3) for n in (fitted.intercept_[0], *fitted.coef_[0])]
    decided = (chance >= sure) & (asked.alarm <= calm)
    return {"gate": gate, "sure": sure, "calm": round(calm, 5)}, decided


def fit_aspect_sure(asked: AspectAsked) -> float:
    """Return the chance from which on the words' aspect is taken, where words alone found the matter.

    Every loss counts here, not only those that no gain makes up for.
    """
    hit, all_hit = (shares.argmax(axis=1) == asked.right for shares in (asked.by_words, asked.by_all))
    lost = all_hit & ~hit
    return _lowest(np.where(asked.gated, asked.by_words.max(axis=1), 0.0), np.zeros_like(lost), lost)


def _lowest(chance: Array, lost: Array, spoiled: Array) -> float:
    """Return the lowest chance down to which nothing is lost and hardly more is spoiled; 1.1 where there is none."""
    lowest = 1.1
    for at in GRID:
        above = chance >= at
        if lost[above].sum() > 0 or spoiled[above].sum() > SPOILED_AT_MOST * len(chance):
            break
        if above.any():
            lowest = round(float(at), 3)
    return lowest


def _first(shares: Array, right: Array) -> Array:
    return right[np.arange(len(shares)), shares.argmax(axis=1)]


def _sure(shares: Array) -> Array:
    """Return where `decide` would answer rather than ask back."""
    second, first = np.partition(shares, -2, axis=1)[:, -2:].T
    return (first >= SURE) & (first >= LEAD * second)
