"""The baselines: each one way of finding the nearest known sentence, nothing else.

A baseline knows every sentence we know (matter banks, names and aliases, conversation
banks) and answers with the intent and the aspect of its best hit.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import bm25s  # type: ignore[import-untyped]
import numpy as np
from rapidfuzz import process

from backend.consult.examples import MATTER, Example
from backend.consult.learn import CALM, EMERGENCY
from backend.consult.model import Array
from backend.consult.normalise import normalise
from backend.consult.reply import Candidate, Reply

Split = Callable[[str], list[str]]
Scorer = Callable[..., float]


class Index(Protocol):
    def best(self, text: str) -> int | None:
        """Return the number of the best hit, or None where nothing is hit."""


class FuzzyIndex:
    """rapidfuzz alone."""

    def __init__(self, texts: Sequence[str], scorer: Scorer):
        self._texts, self._scorer = texts, scorer

    def best(self, text: str) -> int | None:
        hit = process.extractOne(text, self._texts, scorer=self._scorer)
        return hit[2] if hit else None


class WordIndex:
    """BM25 alone, over jieba's words (jieba knows the catalogue's own words here too)."""

    def __init__(self, bags: list[list[str]], split: Split):
        self._split = split
        numbers: dict[str, int] = {}
        ids = [[numbers.setdefault(word, len(numbers)) for word in bag] for bag in bags]
        self._bm25 = bm25s.BM25()
        self._bm25.index((ids, numbers), show_progress=False)

    def best(self, text: str) -> int | None:
        ids = self._bm25.get_tokens_ids(self._split(text))
        return int(self._bm25.get_scores_from_ids(ids).argmax()) if ids else None


class MeaningIndex:
    """The sentence encoder alone: the nearest neighbour by cosine."""

    def __init__(self, vectors: Array, encoder: Any):
        self._vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self._encoder = encoder

    def best(self, text: str) -> int | None:
        return int((self._vectors @ self._encoder.encode(text)).argmax())


class Rival:
    """A baseline as something that can be asked.

    make: from row numbers of `examples` to an index of these rows. The sentences of a
    conversation's follow-ups are left out, because every question measured stands alone.
    A hit among the look-alikes of emergencies says "no emergency": the best of the rest counts.
    """

    def __init__(self, name: str, examples: list[Example], make: Callable[[list[int]], Index]):
        self.name, self._examples = name, examples
        self._rows = [i for i, e in enumerate(examples) if not e.intent.startswith("followup")]
        self._calm_rows = [i for i in self._rows if not examples[i].intent.startswith((CALM, EMERGENCY))]
        self._index, self._calm_index = make(self._rows), make(self._calm_rows)

    def answer(self, question: str, who: str) -> Reply:
        """Return what the best hit is about; not a word of an answer is made. who: unused."""
        started = time.perf_counter()
        hit = self._hit(normalise(question))
        elapsed_ms = (time.perf_counter() - started) * 1000
        kind, _, label = (hit.intent if hit else "ood:none").partition(":")
        matter = label if kind == MATTER else None
        return Reply(
            question, "", kind, "", "", matter=matter, aspect=hit.aspect if hit and matter else None,
            confidence=1.0, candidates=(Candidate(matter, 1.0),) if matter else (), elapsed_ms=elapsed_ms,
        )  # fmt: skip

    def _hit(self, text: str) -> Example | None:
        at = self._index.best(text)
        if at is not None and self._examples[self._rows[at]].intent.startswith(CALM):
            at = self._calm_index.best(text)
            return None if at is None else self._examples[self._calm_rows[at]]
        return None if at is None else self._examples[self._rows[at]]
