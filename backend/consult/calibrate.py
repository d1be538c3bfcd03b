"""Fit the few numbers that join the looks, from the banks alone.

The banks are cut into folds; each fold is ranked by a model that has not seen it,
and a conditional logit learns how much each look is worth, with and without the encoder.
Result: `knowledge/conversation/fusion.json`. No question the consultation is
measured on is read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from .examples import MATTER
from .folds import HeldOut, Lesson, Told, held_out
from .learn import ASPECTS, EMERGENCY, FUSION
from .model import LOOKS, Array, log_softmax

FOLDS = 3
WORDS = (1, len(LOOKS))  # columns of Case.looks: the lexical look, the kind by words alone
RIGHT_BY_WORDS = 0.935  # of the held-out questions that words alone decide; all looks together do no better there
ASPECT_BY_WORDS = 0.949  # all looks together: 0.951 of the same questions
CALM_AT_MOST = 0.05
GRID = np.arange(0.5, 0.9991, 0.005)


@dataclass(frozen=True)
class Case:
    """One held-out question: looks (intents, LOOKS and the kind by words), right (intents,), its kind."""

    looks: Array
    right: Array
    kind: str
    alarm: float
    names_matter: Array  # (intents,) which are matters


@dataclass(frozen=True)
class AspectCase:
    """The two looks at a held-out question's aspect, and the right one."""

    dense: Array
    lexical: Array
    right: int


def calibrate(lesson: Lesson, told: Told) -> dict[str, Any]:
    """Return the fusion numbers (see `learn.FUSION`) and what the folds showed."""
    cases: list[Case] = []
    aspects: list[AspectCase] = []
    for held in held_out(lesson, FUSION, FOLDS, told):
        case = _case(held)
        if case.right.any():
            cases.append(case)
        if held.example.aspect:
            aspects.append(_aspect_case(held))
    looks, right = np.stack([c.looks for c in cases]), np.stack([c.right for c in cases])
    weights = _fit(looks[:, :, : len(LOOKS)], right)
    aspect = _fit_aspects(np.stack([np.column_stack([a.dense, a.lexical]) for a in aspects]), _wanted(aspects))
    share, count = _quick_share(cases, looks, right), len(cases)
    return {
        "weights": _rounded(weights),
        "aspect": _rounded(aspect),
        "quick": share.numbers | _aspect_quick(aspects),
        "folds": {"questions": count, "by_words": share.asked, "right": _share_right(cases, weights)},
    }


def _rounded(numbers: Array) -> list[float]:
    return [round(float(n), 3) for n in numbers]


def _case(held: HeldOut) -> Case:
    """Return the looks at all intents and which of them are right.

    For a matter only itself is right; for anything else every intent of its kind:
    which greeting it was decides nothing.
    """
    model, seen, wanted = held.model, held.seen, held.example.intent
    kind = wanted.split(":")[0]
    right = np.array([_same(intent, wanted, kind) for intent in model.intents])
    by_words = log_softmax(seen.by_words[model.of_kinds])[model.kind_of]
    looks = np.column_stack([model.looks_of(seen), by_words])
    matters = np.array([intent.startswith(f"{MATTER}:") for intent in model.intents])
    return Case(looks, right, kind, model.alarm_by_words(seen), matters)


def _same(intent: str, wanted: str, kind: str) -> bool:
    return intent == wanted or (kind != MATTER and intent.startswith(f"{kind}:"))


def _aspect_case(held: HeldOut) -> AspectCase:
    model, seen = held.model, held.seen
    dense = log_softmax(seen.by_meaning[model.of_aspects])
    lexical = log_softmax(seen.by_words[model.of_aspects])
    return AspectCase(dense, lexical, ASPECTS.index(held.example.aspect))


def _wanted(aspects: list[AspectCase]) -> Array:
    return np.array([a.right for a in aspects])


def _fit(looks: Array, right: Array) -> Array:
    """Maximise the likelihood of the right candidates, with a light pull towards zero."""

    def loss(w: Array) -> tuple[float, Array]:
        share = _shares(looks, w)
        good = np.where(right, share, 0.0)
        hit = good.sum(axis=1, keepdims=True) + 1e-12
        gradient = ((share - good / hit)[:, :, None] * looks).sum(axis=1).mean(axis=0)
        return float(-np.log(hit).mean() + 1e-3 * (w @ w)), gradient + 2e-3 * w

    return minimize(loss, np.ones(looks.shape[2]) * 0.5, jac=True, method="L-BFGS-B").x


def _shares(looks: Array, weights: Array) -> Array:
    scores = looks @ weights.astype(np.float32)
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    return share / share.sum(axis=1, keepdims=True)


def _fit_aspects(looks: Array, right: Array) -> Array:
    rows = np.arange(len(looks))

    def loss(w: Array) -> float:
        scores = looks @ w
        scores -= scores.max(axis=1, keepdims=True)
        return float(-(scores[rows, right] - np.log(np.exp(scores).sum(axis=1))).mean())

    return minimize(loss, np.ones(looks.shape[2]) * 0.5, method="Nelder-Mead").x


# -- words alone -----------------------------------------------------------------


@dataclass(frozen=True)
class QuickShare:
    """numbers: of model.Quick; asked: the share of held-out questions the words alone decide."""

    numbers: dict[str, Any]
    asked: float


def _quick_share(cases: list[Case], looks: Array, right: Array) -> QuickShare:
    """Return from where on the words alone may decide.

    Never where a held-out emergency would be overheard: `calm` lies below the faintest of those that
    the words would take for a matter.
    """
    by_words = looks[:, :, WORDS]
    weights = _fit(by_words, right)
    found = _shares(by_words, weights)
    first = found.argmax(axis=1)
    rows = np.arange(len(cases))
    sure, hit = found[rows, first], right[rows, first]
    is_matter = np.array([case.names_matter[i] for case, i in zip(cases, first, strict=True)])
    alarm = np.array([case.alarm for case in cases])
    danger = np.array([case.kind == EMERGENCY for case in cases])
    asked = is_matter & (alarm <= CALM_AT_MOST)
    threshold = _threshold(sure[asked], hit[asked], RIGHT_BY_WORDS)
    overheard = alarm[danger & is_matter & (sure >= threshold)]
    calm = min([CALM_AT_MOST, *(overheard / 2)])
    asked &= alarm <= calm
    numbers = {"weights": _rounded(weights), "sure": threshold, "calm": round(calm, 5)}
    return QuickShare(numbers, round(float((asked & (sure >= threshold)).mean()), 4))


def _aspect_quick(aspects: list[AspectCase]) -> dict[str, float]:
    looks, right = np.stack([a.lexical for a in aspects])[:, :, None], _wanted(aspects)
    weight = _fit_aspects(looks, right)
    found = _shares(looks, weight)
    first = found.argmax(axis=1)
    sure = found[np.arange(len(found)), first]
    threshold = _threshold(sure, first == right, ASPECT_BY_WORDS)
    return {"aspect_weight": round(float(weight[0]), 3), "aspect_sure": threshold}


def _threshold(sure: Array, hit: Array, wanted: float) -> float:
    """Return the least chance from which on `wanted` of the answers are right; above 1 where none is."""
    for chance in GRID:
        above = hit[sure >= chance]
        if len(above) and float(above.mean()) >= wanted:
            return round(float(chance), 3)
    return 1.1


def _share_right(cases: list[Case], weights: Array) -> dict[str, float]:
    """Return the share of right first candidates by kind."""
    found: dict[str, list[bool]] = {}
    for case in cases:
        first = int((case.looks[:, : len(LOOKS)] @ weights).argmax())
        found.setdefault(case.kind, []).append(bool(case.right[first]))
    return {kind: round(float(np.mean(hits)), 4) for kind, hits in sorted(found.items())}
