"""Fit the few numbers that join the looks, from the banks alone.

The banks are cut into folds; each fold is ranked by a model that has not seen it,
and a conditional logit learns how much each look is worth.
Result: `knowledge/conversation/fusion.json`. No question the consultation is
measured on is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from .examples import MATTER, Example
from .learn import ASPECTS, CALM, FUSION, learn
from .model import LOOKS, Array, Model, Seen, log_softmax
from .tokens import Tokeniser

FOLDS = 3


@dataclass(frozen=True)
class Case:
    """One held-out question: looks (intents, LOOKS), right (intents,), its kind."""

    looks: Array
    right: Array
    kind: str


class Known:
    """An encoder that looks a vector up instead of making it again."""

    def __init__(self, texts: list[str], vectors: Array):
        self._vectors = dict(zip(texts, vectors, strict=True))

    def encode(self, text: str) -> Array:
        return self._vectors[text]


def calibrate(
    examples: list[Example], vectors: Array, tokeniser: Tokeniser, told: Callable[[str], None]
) -> dict[str, Any]:
    """Return the fusion numbers (see `learn.FUSION`) and what the folds showed."""
    known = Known([e.text for e in examples], vectors)
    fold_of = np.random.default_rng(20261122).integers(0, FOLDS, len(examples))
    cases: list[Case] = []
    aspects: list[tuple[Array, Array, int]] = []
    for fold in range(FOLDS):
        told(f"fold {fold + 1} of {FOLDS}")
        kept = [i for i in range(len(examples)) if fold_of[i] != fold or not examples[i].firm]
        model = learn([examples[i] for i in kept], vectors[kept], tokeniser, FUSION)
        for i in np.flatnonzero(fold_of == fold):
            example = examples[i]
            if not example.firm or example.intent.startswith(CALM):
                continue
            seen = model.see(example.text, tokeniser, known)
            cases.append(_case(model, seen, example))
            if example.aspect:
                aspects.append(_aspect_case(model, seen, example))
    weights = _fit([case for case in cases if case.right.any()])
    return {
        "weights": [round(float(w), 3) for w in weights],
        "aspect": [round(float(w), 3) for w in _fit_aspects(aspects)],
        "folds": {"questions": len(cases), "right": _share_right(cases, weights)},
    }


def _case(model: Model, seen: Seen, example: Example) -> Case:
    """Return the looks at all intents and which of them are right.

    For a matter only itself is right; for anything else every intent of its kind:
    which greeting it was decides nothing.
    """
    kind = example.intent.split(":")[0]
    right = np.array([_same(intent, example.intent, kind) for intent in model.intents])
    return Case(model.looks_of(seen), right, kind)


def _same(intent: str, wanted: str, kind: str) -> bool:
    return intent == wanted or (kind != MATTER and intent.startswith(f"{kind}:"))


def _aspect_case(model: Model, seen: Seen, example: Example) -> tuple[Array, Array, int]:
    dense = log_softmax(model.aspect_dense.of_vector(seen.vector))
    lexical = log_softmax(model.aspect_lexical.of_rows(*seen.tokens))
    return dense, lexical, ASPECTS.index(example.aspect)


def _fit(cases: list[Case]) -> Array:
    """Maximise the likelihood of the right candidates, with a light pull towards zero."""
    looks = np.stack([case.looks for case in cases])
    right = np.stack([case.right for case in cases])

    def loss(w: Array) -> tuple[float, Array]:
        scores = looks @ w.astype(np.float32)
        share = np.exp(scores - scores.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        good = np.where(right, share, 0.0)
        hit = good.sum(axis=1, keepdims=True) + 1e-12
        gradient = ((share - good / hit)[:, :, None] * looks).sum(axis=1).mean(axis=0)
        return float(-np.log(hit).mean() + 1e-3 * (w @ w)), gradient + 2e-3 * w

    return minimize(loss, np.ones(len(LOOKS)) * 0.5, jac=True, method="L-BFGS-B").x


def _fit_aspects(cases: list[tuple[Array, Array, int]]) -> Array:
    looks = np.stack([np.column_stack([d, w]) for d, w, _ in cases])
    right = np.array([r for _, _, r in cases])
    rows = np.arange(len(cases))

    def loss(w: Array) -> float:
        scores = looks @ w
        scores -= scores.max(axis=1, keepdims=True)
        return float(-(scores[rows, right] - np.log(np.exp(scores).sum(axis=1))).mean())

    return minimize(loss, np.ones(2) * 0.5, method="Nelder-Mead").x


def _share_right(cases: list[Case], weights: Array) -> dict[str, float]:
    """Return the share of right first candidates by kind."""
    found: dict[str, list[bool]] = {}
    for case in cases:
        found.setdefault(case.kind, []).append(bool(case.right[int((case.looks @ weights).argmax())]))
    return {kind: round(float(np.mean(hits)), 4) for kind, hits in sorted(found.items())}
