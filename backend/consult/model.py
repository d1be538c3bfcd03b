"""The ranking model at work: three looks at a sentence, fused into one probability an intent.

- dense: a linear classifier on the sentence encoder's vector: meaning, across languages;
- lexical: a linear classifier on words, character pairs and sounds: wording and typos;
- kind: what sort of message it is, learnt apart, because in “预约办护照” the matter's
  words are many and the one word that says what is wanted is one.

BM25 over the banks, the nearest known sentence, and how much of a name stands in the
question (rapidfuzz) were looked at too; fitted beside these three their weights were
nil, so they went (`bench/consult.py` measures them alone).

Four heads read the same two looks, so their weights stand side by side: intents, kinds,
aspects, alarm. One product gives all of them. The encoder is nine tenths of a question's
cost; where the words alone are certain, and no danger is near, it is not asked
(`quick` in fusion.json, fitted on folds by `words_alone.py`).

Everything is a numpy array, so that a process needs neither scikit-learn nor scipy
to answer, and the cost of a question does not grow with the number of sentences.
`learn.py` makes the arrays.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .normalise import bare
from .tokens import Tokeniser

CERTAIN = 0.99  # of a sentence that stands in one bank only
TOP = 12  # candidates that are looked at closely
LOOKS = ("dense", "lexical", "kind")
DANGER_INTENT = "emergency:"
FOLLOWUP_INTENT = "followup:"
HAN = re.compile("[\u4e00-\u9fff]")
Array = np.ndarray


@dataclass(frozen=True)
class Linear:
    """scores = x @ weights + bias. weights: (features, columns), an array or rows of a file (rows.FileRows)."""

    weights: Any
    bias: Array

    def of_vector(self, x: Array) -> Array:
        return x @ self.weights + self.bias

    def of_rows(self, rows: list[int], values: Array) -> Array:
        if not rows:
            return self.bias.copy()
        return values @ self.weights[rows].astype(np.float32) + self.bias


@dataclass(frozen=True)
class Quick:
    """When the words alone decide. weights: of the lexical look and of the kind; gate: constant and weights of
    `grounds`; sure, aspect_sure: chances from which on they do; calm: the most an alarm heard in words may be."""

    weights: Sequence[float]
    gate: Sequence[float]
    sure: float
    calm: float
    aspect_weight: float
    aspect_sure: float

    def chance(self, grounds: Array) -> float:
        """Return the chance that the encoder would not better the answer."""
        return _chance(self.gate[0] + float(grounds @ np.asarray(self.gate[1:], dtype=np.float32)))


@dataclass(frozen=True)
class Seen:
    """A normalised question. What is costly is made when it is asked for: a known sentence needs none of it."""

    text: str
    key: int
    model: "Model"
    tokeniser: Tokeniser
    encoder: Any

    @cached_property
    def vector(self) -> Array:
        """Return the (512,) vector: nine tenths of a new question's cost."""
        return self.encoder.encode(self.text)

    @cached_property
    def tokens(self) -> tuple[list[int], Array]:
        """Return (rows of the vocabulary, their tf·idf weights of length 1)."""
        counts: dict[int, float] = {}
        for token in self.tokeniser.tokens(self.text):
            row = self.model.vocabulary.get(token)
            if row is not None:
                counts[row] = counts.get(row, 0.0) + 1.0
        rows = list(counts)
        return rows, weigh(np.fromiter(counts.values(), np.float32, len(counts)), self.model.idf[rows])

    @cached_property
    def by_words(self) -> Array:
        """Return the scores of all heads by words, side by side."""
        return self.model.lexical.of_rows(*self.tokens)

    @cached_property
    def by_meaning(self) -> Array:
        """Return the scores of all heads by meaning, side by side."""
        return self.model.dense.of_vector(self.vector)


@dataclass(frozen=True)
class Ranked:
    """probabilities: (intents,), at most 1 together; order: the candidates, best first; by_words: no encoder asked."""

    probabilities: Array
    order: Array
    by_words: bool = False


@dataclass(frozen=True)
class Model:
    """All arrays of one state of the knowledge. Columns of dense and lexical: intents, kinds, aspects, alarm."""

    intents: list[str]
    aspects: list[str]
    words: list[str]  # the catalogue's own, that jieba must know
    vocabulary: Any  # token → row: a dict while it is learnt, keeping.Vocabulary when it works
    idf: Array
    dense: Linear
    lexical: Linear
    exact_keys: Array
    exact_intents: Array
    exact_aspects: Array
    kinds: list[str]
    kind_of: Array  # (intents,) index into kinds
    fusion: dict[str, Any]

    # -- the heads' columns ------------------------------------------------------

    @cached_property
    def of_intents(self) -> slice:
        return slice(0, len(self.intents))

    @cached_property
    def of_kinds(self) -> slice:
        return slice(len(self.intents), len(self.intents) + len(self.kinds))

    @cached_property
    def of_aspects(self) -> slice:
        return slice(self.of_kinds.stop, self.of_kinds.stop + len(self.aspects))

    @cached_property
    def quick(self) -> Quick | None:
        """Return when words alone decide; None where that was not fitted (before 0.4 there was no gate)."""
        found = self.fusion.get("quick", {})
        return Quick(**found) if "gate" in found else None

    # -- reading -----------------------------------------------------------------

    def see(self, text: str, tokeniser: Tokeniser, encoder: Any) -> Seen:
        """Understand a normalised text, as far as it will be needed."""
        return Seen(text, key_of(text), self, tokeniser, encoder)

    def looks_of(self, seen: Seen) -> Array:
        """Return (intents, len(LOOKS)): the log-probability of every intent by each look."""
        looks = np.empty((len(self.intents), len(LOOKS)), dtype=np.float32)
        looks[:, 0] = log_softmax(seen.by_meaning[self.of_intents])
        looks[:, 1] = log_softmax(seen.by_words[self.of_intents])
        looks[:, 2] = self.kind_scores(seen)[self.kind_of]
        return looks

    def kind_scores(self, seen: Seen) -> Array:
        """Return the log-probability of each kind."""
        dense = log_softmax(seen.by_meaning[self.of_kinds])
        lexical = log_softmax(seen.by_words[self.of_kinds])
        return log_softmax((dense + lexical) / 2)

    def rank(self, seen: Seen) -> Ranked:
        """Return the intents with their calibrated probabilities; a known sentence is certain."""
        exact = self.exact_of(seen)
        if exact is not None:
            return self._certain(exact[0])
        quickly = self._quickly(seen)
        if quickly is not None:
            return Ranked(quickly, _best(quickly), by_words=True)
        weights = np.asarray(self.fusion["weights"], dtype=np.float32)
        probabilities = np.exp(log_softmax(self.looks_of(seen) @ weights))
        return Ranked(probabilities, _best(probabilities))

    def by_words_alone(self, seen: Seen, weights: Sequence[float]) -> Array:
        """Return the probabilities of the intents without the encoder."""
        lexical = log_softmax(seen.by_words[self.of_intents])
        kinds = log_softmax(seen.by_words[self.of_kinds])
        return np.exp(log_softmax(weights[0] * lexical + weights[1] * kinds[self.kind_of]))

    def alarm_by_words(self, seen: Seen) -> float:
        return _chance(2.0 * float(seen.by_words[-1]))

    def _quickly(self, seen: Seen) -> Array | None:
        """Return the probabilities where the words say for certain what is wanted, and tell of no danger.

        Chinese only: dangers told in other scripts are known by few words, so their calm proves little.
        """
        quick = self.quick
        if quick is None or not HAN.search(seen.text) or not seen.tokens[0] or self.alarm_by_words(seen) > quick.calm:
            return None
        found = self.by_words_alone(seen, quick.weights)
        if not may_be_quick(self.intents[int(found.argmax())]):
            return None
        return found if quick.chance(grounds(found, len(seen.tokens[0]))) >= quick.sure else None

    def _certain(self, intent: int) -> Ranked:
        probabilities = np.zeros(len(self.intents), dtype=np.float32)
        probabilities[intent] = CERTAIN
        return Ranked(probabilities, np.array([intent]))

    def exact_of(self, seen: Seen) -> tuple[int, int] | None:
        """Return (intent, aspect) where this very sentence is in a bank."""
        at = int(np.searchsorted(self.exact_keys, np.uint64(seen.key)))
        if at < len(self.exact_keys) and int(self.exact_keys[at]) == seen.key:
            return int(self.exact_intents[at]), int(self.exact_aspects[at])
        return None

    def aspect_scores(self, seen: Seen) -> Array:
        """Return the probability of each aspect, whatever the matter."""
        exact = self.exact_of(seen)
        if exact is not None and exact[1] >= 0:
            sure = np.zeros(len(self.aspects), dtype=np.float32)
            sure[exact[1]] = 1.0
            return sure
        quick = self.quick
        if quick is not None and "by_meaning" not in seen.__dict__:  # the encoder was not needed so far
            found = self.aspect_by_words(seen, quick.aspect_weight)
            if float(found.max()) >= quick.aspect_sure:
                return found
        scores = log_softmax(seen.by_meaning[self.of_aspects]) * self.fusion["aspect"][0]
        scores += log_softmax(seen.by_words[self.of_aspects]) * self.fusion["aspect"][1]
        return np.exp(log_softmax(scores))

    def aspect_by_words(self, seen: Seen, weight: float) -> Array:
        return np.exp(log_softmax(weight * log_softmax(seen.by_words[self.of_aspects])))

    def alarm_score(self, seen: Seen, ranked: Ranked) -> float:
        """Return the probability that danger is told, 0 to 1."""
        exact = self.exact_of(seen)
        if exact is not None:
            return float(self.intents[exact[0]].startswith(DANGER_INTENT))
        if ranked.by_words:  # only where the words were calm
            return self.alarm_by_words(seen)
        return _chance(float(seen.by_meaning[-1]) + float(seen.by_words[-1]))


def may_be_quick(intent: str) -> bool:
    """Return whether words alone may decide for it: never that there is danger, nor what an earlier answer lends."""
    return not intent.startswith((DANGER_INTENT, FOLLOWUP_INTENT))


def grounds(shares: Array, words: int) -> Array:
    """Return what speaks for trusting the words: log-odds of the first, its lead over the second, how many there are.

    shares: (intents,), adding up to 1; words: tokens of the sentence that are in the vocabulary.
    """
    second, first = np.clip(np.partition(shares, -2)[-2:], 1e-9, 1 - 1e-6)
    return np.log([first / (1 - first), first / second, 1 + words]).astype(np.float32)


def _best(probabilities: Array) -> Array:
    return np.argsort(-probabilities, kind="stable")[:TOP]


def _chance(score: float) -> float:
    return float(1.0 / (1.0 + np.exp(-score)))


def weigh(counts: Array, idf: Array) -> Array:
    """Return tf·idf weights, scaled to length 1."""
    values = (1.0 + np.log(counts)) * idf if len(counts) else counts
    norm = float(np.sqrt((values * values).sum())) or 1.0
    return (values / norm).astype(np.float32)


def log_softmax(scores: Array) -> Array:
    shifted = scores - scores.max()
    return shifted - np.log(np.exp(shifted).sum())


def key_of(text: str) -> int:
    """Return 64 bits that stand for the sentence without punctuation; 0 for an empty one."""
    letters = bare(text)
    if not letters:
        return 0
    digest = hashlib.blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
