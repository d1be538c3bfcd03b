"""The baselines at many times the sentences, as far as they get within a limit."""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np
from rapidfuzz import fuzz

from backend.consult.encoding import encoder
from backend.consult.examples import Example
from backend.consult.normalise import normalise
from backend.consult.tokens import Tokeniser

from .rivals import FuzzyIndex, Index, MeaningIndex, WordIndex
from .tables import one_core, table

FEWEST = 3  # questions make a median
CHECKED_EVERY = 200  # sentences, of the time
ASKED_SHARE = 1 / 6  # of the limit, for asking
Make = Callable[[Iterator[str]], Index]


class TooSlow(Exception):
    """The limit was reached."""


def contrast(
    examples_at: Callable[[int], Iterable[Example]], ours: dict[int, float], tokeniser: Tokeniser,
    questions: list[str], limit_seconds: float,
) -> str:  # fmt: skip
    """Return a table: p50 in ms of each system at each scale, and as a multiple of ours."""
    rows = [["ours", *(f"{ms:.2f}" for ms in ours.values())]]
    for name, make in makers(tokeniser).items():
        cells, given_up = [name], False
        for scale, own in ours.items():
            texts = (e.text for e in examples_at(scale))
            ms = None if given_up else find_p50(make, texts, questions, limit_seconds)
            given_up = ms is None  # more sentences would take longer still
            cells.append("> limit" if ms is None else f"{ms:.2f} ({ms / own:.2g}×)")
        rows.append(cells)
    head = ("p50 ms (× ours)", *(f"{scale:,}×" for scale in ours))
    limit = (
        f"(> limit: not built in {limit_seconds:.0f} s, "
        f"or fewer than {FEWEST} answers in another {limit_seconds * ASKED_SHARE:.0f} s)"
    )
    return f"{table(head, rows)}\n{limit}"


def makers(tokeniser: Tokeniser) -> dict[str, Make]:
    return {
        "rapidfuzz WRatio": lambda texts: FuzzyIndex(list(texts), fuzz.WRatio),
        "BM25 + jieba": lambda texts: WordIndex([tokeniser.words(t) for t in texts], tokeniser.words),
        "sentence encoder": meaning_index,
    }


def meaning_index(texts: Iterator[str]) -> Index:
    made = encoder()
    parts = []
    while part := list(islice(texts, CHECKED_EVERY)):
        parts.append(made.encode(part))
    return MeaningIndex(np.concatenate(parts), made)


def find_p50(make: Make, texts: Iterator[str], questions: list[str], limit_seconds: float) -> float | None:
    """Return the median milliseconds of as many questions as the limit allows, None beyond it."""
    try:
        index = make(until(texts, time.monotonic() + limit_seconds))
    except TooSlow:
        return None
    took: list[float] = []
    deadline = time.monotonic() + limit_seconds * ASKED_SHARE
    normalise.cache_clear()
    with one_core():
        for question in questions:
            began = time.perf_counter()
            index.best(normalise(question))
            took.append((time.perf_counter() - began) * 1000)
            if time.monotonic() > deadline:
                break
    return statistics.median(took) if len(took) >= FEWEST else None


def until(texts: Iterator[str], deadline: float) -> Iterator[str]:
    """Yield the texts; raise TooSlow once the deadline is over."""
    for number, text in enumerate(texts):
        if number % CHECKED_EVERY == 0 and time.monotonic() > deadline:
            raise TooSlow
        yield text
