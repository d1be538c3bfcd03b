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
from .learn import ASPECTS, FUSION
from .model import HAN, LOOKS, Array, log_softmax, may_be_quick
from .words_alone import Asked, AspectAsked, fit_aspect_sure, fit_gate

FOLDS = 3
WORDS = (1, len(LOOKS))  # columns of Case.looks: the lexical look, the kind by words alone
NO_ASPECT = -1


@dataclass(frozen=True)
class Case:
    """One held-out question: looks (intents, LOOKS and the kind by words), right (intents,), its kind.

    aspects: (aspects, 2) by meaning and by words; aspect: the right one or NO_ASPECT; words: how many are known;
    open_to: (intents,) which of them words alone may decide for.
    """

    looks: Array
    right: Array
    kind: str
    aspects: Array
    aspect: int
    words: int
    alarm: float
    open_to: Array


def calibrate(lesson: Lesson, told: Told) -> dict[str, Any]:
    """Return the fusion numbers (see `learn.FUSION`) and what the folds showed."""
    cases = [case for case in map(_case, held_out(lesson, FUSION, FOLDS, told)) if case.right.any()]
    looks, right = np.stack([c.looks for c in cases]), np.stack([c.right for c in cases])
    weights = _fit(looks[:, :, : len(LOOKS)], right)
    aspects = np.stack([c.aspects for c in cases])
    labelled = np.array([c.aspect for c in cases])
    has = labelled != NO_ASPECT
    aspect = _fit_aspects(aspects[has], labelled[has])
    quick, decided = _quick(cases, looks, right, weights)
    quick |= _aspect_quick(aspects[has], labelled[has], aspect, decided[has])
    folds = {
        "questions": len(cases),
        "by_words": round(float(decided.mean()), 4),
        "right": _share_right(cases, weights),
    }
    return {"weights": _rounded(weights), "aspect": _rounded(aspect), "quick": quick, "folds": folds}


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
    aspects = [log_softmax(scores[model.of_aspects]) for scores in (seen.by_meaning, seen.by_words)]
    aspect = ASPECTS.index(held.example.aspect) if held.example.aspect else NO_ASPECT
    open_to = np.array([bool(HAN.search(seen.text)) and may_be_quick(intent) for intent in model.intents])
    return Case(
        np.column_stack([model.looks_of(seen), by_words]), right, kind, np.column_stack(aspects), aspect,
        len(seen.tokens[0]), model.alarm_by_words(seen), open_to,
    )  # fmt: skip


def _same(intent: str, wanted: str, kind: str) -> bool:
    return intent == wanted or (kind != MATTER and intent.startswith(f"{kind}:"))


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


def _quick(cases: list[Case], looks: Array, right: Array, weights: Array) -> tuple[dict[str, Any], Array]:
    """Return from where on the words alone may decide, and (cases,) which questions they would."""
    words = _fit(looks[:, :, WORDS], right)
    by_words, by_all = _shares(looks[:, :, WORDS], words), _shares(looks[:, :, : len(LOOKS)], weights)
    open_to = np.array([case.open_to[i] for case, i in zip(cases, by_words.argmax(axis=1), strict=True)])
    known, alarm = np.array([c.words for c in cases]), np.array([c.alarm for c in cases])
    asked = Asked(by_words, by_all, right, known, alarm, [c.kind for c in cases], open_to)
    numbers, decided = fit_gate(asked)
    return {"weights": _rounded(words)} | numbers, decided


def _aspect_quick(aspects: Array, right: Array, weights: Array, gated: Array) -> dict[str, float]:
    by_words = aspects[:, :, 1:]
    weight = _fit_aspects(by_words, right)
    asked = AspectAsked(_shares(by_words, weight), _shares(aspects, weights), right, gated)
    return {"aspect_weight": round(float(weight[0]), 3), "aspect_sure": fit_aspect_sure(asked)}


def _share_right(cases: list[Case], weights: Array) -> dict[str, float]:
    """Return the share of right first candidates by kind."""
    found: dict[str, list[bool]] = {}
    for case in cases:
        first = int((case.looks[:, : len(LOOKS)] @ weights).argmax())
        found.setdefault(case.kind, []).append(bool(case.right[first]))
    return {kind: round(float(np.mean(hits)), 4) for kind, hits in sorted(found.items())}
