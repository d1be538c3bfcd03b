"""Part (c): what many times the sentences cost us, and what they cost the baselines.

As the product does it: a capped sample of an intent's sentences is trained, every sentence
enters the exact index. The conversation banks are there at each scale as they are.
"""

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from backend.consult.brain import Brain
from backend.consult.encoding import encoder
from backend.consult.examples import MATTER, MAX_TRAINED, Example
from backend.consult.keeping import load_model, save_model
from backend.consult.learn import ASPECTS, CALM, learn, unambiguous
from backend.consult.model import Model, key_of
from backend.consult.normalise import normalise
from backend.consult.store import MemoryStore
from backend.consult.tokens import Tokeniser

from .contrast import contrast
from .ground import Ground
from .sentences import Base, base_of, grown
from .tables import one_core, p50_p99, table

CHUNK = 50_000  # sentences held at a time
P99_WANTED_MS = 40
HEAD = (
    "ours", "sentences", "in index", "trained", "encode s", "learn s", "index s", "build s", "model MB",
    "p50 ms", "p99 ms", "p99 ×",
)  # fmt: skip
Bases = dict[str, list[Base]]


@dataclass(frozen=True)
class Plan:
    """trained: most sentences of an intent; limit_seconds: of one baseline at one scale, to be
    built; a sixth of it more to be asked."""

    base: int
    scales: list[int]
    trained: int
    limit_seconds: float


@dataclass(frozen=True)
class Grown:
    """One scale of ours, measured. indexed: distinct sentences of one meaning, conversation included."""

    sentences: int
    indexed: int
    trained: int
    encode_seconds: float
    learn_seconds: float
    index_seconds: float
    model_mb: float
    p50: float
    p99: float

    def row(self, scale: int, first_p99: float) -> list[str]:
        parts = (self.encode_seconds, self.learn_seconds, self.index_seconds)
        seconds = [f"{s:.1f}" for s in (*parts, sum(parts))]
        return [
            f"{scale:,}×", f"{self.sentences:,}", f"{self.indexed:,}", f"{self.trained:,}", *seconds,
            f"{self.model_mb:.1f}", f"{self.p50:.2f}", f"{self.p99:.2f}", f"{self.p99 / first_p99:.2f}",
        ]  # fmt: skip


def measure_growth(ground: Ground, questions: list[str], plan: Plan) -> None:
    """Print one table for us, one for the baselines."""
    bases = base_of(ground.examples, plan.base, ground.tokeniser)
    talk = [e for e in ground.examples if not e.intent.startswith(f"{MATTER}:")]
    trained = min(plan.trained, MAX_TRAINED)
    print(f"Base: {size_of(bases):,} sentences of {len(bases)} matters; {len(talk):,} of conversation beside them. "
          f"Trained: at most {trained} of an intent (the product's cap: {MAX_TRAINED}); all are in the exact index, "
          "making them up is not counted.", flush=True)  # fmt: skip
    found = {scale: measure_scale(ground, bases, talk, scale, trained, questions) for scale in plan.scales}
    first = next(iter(found.values()))
    print(table(HEAD, [grown_.row(scale, first.p99) for scale, grown_ in found.items()]))
    print(f"(wanted: p99 ≤ {P99_WANTED_MS} ms at 1,000×; p99 × is to the first line)", flush=True)
    ours = {scale: grown_.p50 for scale, grown_ in found.items()}
    told = contrast(lambda n: chain(talk, every(bases, n)), ours, ground.tokeniser, questions, plan.limit_seconds)
    print(told)


def measure_scale(
    ground: Ground, bases: Bases, talk: list[Example], scale: int, trained: int, questions: list[str]
) -> Grown:
    """Build the model of one scale and ask it."""
    examples = talk + sample_of(bases, scale, trained)
    clock = [time.perf_counter()]
    vectors = ground.vectors([e.text for e in examples])
    clock.append(time.perf_counter())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # as backend.consult.build does
        model = learn(examples, vectors, ground.tokeniser, ground.consultant._brain.model.fusion)
    clock.append(time.perf_counter())
    model, index_seconds = with_every_sentence(model, chain(talk, every(bases, scale)))
    path = ground.scratch / "model.npz"
    save_model(model, path)
    p50, p99 = p50_p99(times_of(ground, path, questions))
    return Grown(
        size_of(bases) * scale, len(model.exact_keys), len(examples) - len(talk),
        clock[1] - clock[0], clock[2] - clock[1], index_seconds, path.stat().st_size / 2**20, p50, p99,
    )  # fmt: skip


def size_of(bases: Bases) -> int:
    return sum(len(bank) for bank in bases.values())


def every(bases: Bases, scale: int) -> Iterator[Example]:
    """Yield all sentences of a scale, one matter after the other."""
    return chain.from_iterable(grown(bank, len(bank) * scale) for bank in bases.values())


def sample_of(bases: Bases, scale: int, most: int) -> list[Example]:
    """Return at most `most` sentences of each intent, spread evenly, as `learn` caps them."""
    steps = {intent: -(-len(bank) * scale // most) for intent, bank in bases.items()}
    return [e for i, bank in bases.items() for e in islice(grown(bank, len(bank) * scale), 0, None, steps[i])]


# -- the exact index -------------------------------------------------------------


def with_every_sentence(model: Model, examples: Iterator[Example]) -> tuple[Model, float]:
    """Return the model with an exact index of all examples, and the seconds that took."""
    number = {intent: n for n, intent in enumerate(model.intents)}
    aspect = {name: n for n, name in enumerate(ASPECTS)}
    told = (e for e in examples if not e.intent.startswith(CALM))
    keys, labels, aspects, seconds = [], [], [], 0.0
    while chunk := list(islice(told, CHUNK)):
        began = time.perf_counter()
        keys.append(np.fromiter((key_of(e.text) for e in chunk), np.uint64, len(chunk)))
        labels.append(np.fromiter((number[e.intent] for e in chunk), np.int32, len(chunk)))
        aspects.append(np.fromiter((aspect.get(e.aspect, -1) for e in chunk), np.int32, len(chunk)))
        seconds += time.perf_counter() - began
    began = time.perf_counter()
    index = unambiguous(np.concatenate(keys), np.concatenate(labels), np.concatenate(aspects))
    seconds += time.perf_counter() - began
    return replace(model, exact_keys=index[0], exact_intents=index[1], exact_aspects=index[2]), seconds


# -- asking ----------------------------------------------------------------------


def times_of(ground: Ground, path: Path, questions: list[str]) -> list[float]:
    """Return the milliseconds of each question no bank holds: the others cost next to nothing."""
    model = load_model(path)
    consultant = ground.consultant.with_store(MemoryStore())
    tokeniser = Tokeniser(model.words, ground.settings.data_dir)
    consultant._brain = Brain(model, tokeniser, encoder(), "bench")
    keys = np.array([key_of(normalise(q)) for q in questions], dtype=np.uint64)
    unknown = [q for q, known in zip(questions, np.isin(keys, model.exact_keys), strict=True) if not known]
    normalise.cache_clear()
    with one_core():
        consultant.answer("热身一下", who="warm")
        return [consultant.answer(q, who=f"question {i}").elapsed_ms for i, q in enumerate(unknown)]
