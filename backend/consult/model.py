"""The ranking model at work: three looks at a sentence, fused into one probability an intent.

- dense: a linear classifier on the sentence encoder's vector: meaning, across languages;
- lexical: a linear classifier on words, character pairs and sounds: wording and typos;
- kind: what sort of message it is, learnt apart, because in “预约办护照” the matter's
  words are many and the one word that says what is wanted is one.

BM25 over the banks, the nearest known sentence, and how much of a name stands in the
question (rapidfuzz) were looked at too; fitted beside these three their weights were
nil, so they went (`bench/consult.py` measures them alone).

Everything is a numpy array, so that a process needs neither scikit-learn nor scipy
to answer, and the cost of a question does not grow with the number of sentences.
`learn.py` makes the arrays.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .normalise import bare
from .tokens import Tokeniser

CERTAIN = 0.99  # of a sentence that stands in one bank only
TOP = 12  # candidates that are looked at closely
LOOKS = ("dense", "lexical", "kind")
Array = np.ndarray


@dataclass(frozen=True)
class Linear:
    """scores = x @ weights + bias. weights: (features, classes)."""

    weights: Array
    bias: Array

    def of_vector(self, x: Array) -> Array:
        return x @ self.weights + self.bias

    def of_rows(self, rows: list[int], values: Array) -> Array:
        if not rows:
            return self.bias.copy()
        return values @ self.weights[rows].astype(np.float32) + self.bias


@dataclass(frozen=True)
class Seen:
    """A normalised question. What is costly is made when it is asked for: a known sentence needs none of it."""

    text: str
    key: int
    tokeniser: Tokeniser
    encoder: Any
    vocabulary: dict[str, int]
    idf: Array

    @cached_property
    def vector(self) -> Array:
        """Return the (512,) vector: nine tenths of a new question's cost."""
        return self.encoder.encode(self.text)

    @cached_property
    def tokens(self) -> tuple[list[int], Array]:
        """Return (rows of the vocabulary, their tf·idf weights of length 1)."""
        counts: dict[int, float] = {}
        for token in self.tokeniser.tokens(self.text):
            row = self.vocabulary.get(token)
            if row is not None:
                counts[row] = counts.get(row, 0.0) + 1.0
        rows = list(counts)
        return rows, weigh(np.fromiter(counts.values(), np.float32, len(counts)), self.idf[rows])


@dataclass(frozen=True)
class Ranked:
    """probabilities: (intents,), at most 1 together; order: the candidates, best first."""

    probabilities: Array
    order: Array


@dataclass(frozen=True)
class Model:
    """All arrays of one state of the knowledge."""

    intents: list[str]
    aspects: list[str]
    words: list[str]  # the catalogue's own, that jieba must know
    vocabulary: dict[str, int]
    idf: Array
    dense: Linear
    lexical: Linear
    exact_keys: Array
    exact_intents: Array
    exact_aspects: Array
    kinds: list[str]
    kind_of: Array  # (intents,) index into kinds
    kind_dense: Linear
    kind_lexical: Linear
    aspect_dense: Linear
    aspect_lexical: Linear
    alarm: Linear  # emergency or not, on [dense vector]
    alarm_lexical: Linear
    fusion: dict[str, Any]

    def see(self, text: str, tokeniser: Tokeniser, encoder: Any) -> Seen:
        """Understand a normalised text, as far as it will be needed."""
        return Seen(text, key_of(text), tokeniser, encoder, self.vocabulary, self.idf)

    def looks_of(self, seen: Seen) -> Array:
        """Return (intents, len(LOOKS)): the log-probability of every intent by each look."""
        looks = np.empty((len(self.intents), len(LOOKS)), dtype=np.float32)
        looks[:, 0] = log_softmax(self.dense.of_vector(seen.vector))
        looks[:, 1] = log_softmax(self.lexical.of_rows(*seen.tokens))
        looks[:, 2] = self.kind_scores(seen)[self.kind_of]
        return looks

    def kind_scores(self, seen: Seen) -> Array:
        """Return the log-probability of each kind."""
        dense = log_softmax(self.kind_dense.of_vector(seen.vector))
        lexical = log_softmax(self.kind_lexical.of_rows(*seen.tokens))
        return log_softmax((dense + lexical) / 2)

    def rank(self, seen: Seen) -> Ranked:
        """Return the intents with their calibrated probabilities; a known sentence is certain."""
        exact = self.exact_of(seen)
        if exact is not None:
            return self._certain(exact[0])
        weights = np.asarray(self.fusion["weights"], dtype=np.float32)
        probabilities = np.exp(log_softmax(self.looks_of(seen) @ weights))
        return Ranked(probabilities, np.argsort(-probabilities, kind="stable")[:TOP])

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
        scores = log_softmax(self.aspect_dense.of_vector(seen.vector)) * self.fusion["aspect"][0]
        scores += log_softmax(self.aspect_lexical.of_rows(*seen.tokens)) * self.fusion["aspect"][1]
        return np.exp(log_softmax(scores))

    def alarm_score(self, seen: Seen) -> float:
        """Return the probability that danger is told, 0 to 1."""
        exact = self.exact_of(seen)
        if exact is not None:
            return float(self.intents[exact[0]].startswith("emergency:"))
        score = float(self.alarm.of_vector(seen.vector)[0])
        score += float(self.alarm_lexical.of_rows(*seen.tokens)[0])
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


ARRAYS = (
    "idf", "exact_keys", "exact_intents", "exact_aspects", "kind_of",
)  # fmt: skip
LINEARS = (
    "dense", "lexical", "kind_dense", "kind_lexical", "aspect_dense", "aspect_lexical", "alarm", "alarm_lexical",
)  # fmt: skip


def save_model(model: Model, path: Path) -> None:
    """Write the model beside its final name, then rename: readers never see half a file."""
    arrays: dict[str, Array] = {name: getattr(model, name) for name in ARRAYS}
    for name in LINEARS:
        linear: Linear = getattr(model, name)
        arrays[f"{name}.weights"], arrays[f"{name}.bias"] = linear.weights, linear.bias
    names = ("intents", "aspects", "words", "kinds", "fusion")
    words = {name: getattr(model, name) for name in names} | {"vocabulary": list(model.vocabulary)}
    arrays["words"] = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    draft = path.with_name(f".{path.name}.draft.npz")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)  # type: ignore[arg-type]  # numpy's own signature
    draft.replace(path)


def load_model(path: Path) -> Model:
    """Read what `save_model` wrote. Raises OSError, ValueError or KeyError."""
    with np.load(path, allow_pickle=False) as z:
        words = json.loads(z["words"].tobytes().decode())
        return Model(
            intents=words["intents"],
            aspects=words["aspects"],
            words=words["words"],
            kinds=words["kinds"],
            vocabulary={token: i for i, token in enumerate(words["vocabulary"])},
            fusion=words["fusion"],
            **{name: z[name] for name in ARRAYS},
            **{name: Linear(z[f"{name}.weights"], z[f"{name}.bias"]) for name in LINEARS},  # type: ignore[arg-type]
        )
