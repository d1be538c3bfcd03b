"""Many matters, and a million sentences: what they cost us, and how three baselines do at that size.

    python -m bench scale [--matters 1511] [--each 30] [--sentences 1000000] [--limit 90] [--quick]

(d) learns a made-up catalogue (synthetic.py) the product's own way and asks a process of its own about it;
(e) puts a million sentences of it into the exact index and asks again.
"""

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz
from sklearn.exceptions import ConvergenceWarning

from backend.consult.encoding import encoder
from backend.consult.examples import MATTER, Example
from backend.consult.keeping import load_model, save_model
from backend.consult.learn import learn
from backend.consult.model import Array
from backend.consult.normalise import normalise
from backend.logs import configure_logs

from .contrast import TooSlow, until
from .ground import Ground, prepare
from .growth import with_every_sentence
from .rivals import FuzzyIndex, Index, MeaningIndex, WordIndex
from .sentences import Base, grown
from .serving import served
from .synthetic import Made, make
from .tables import one_core, table

MATTERS, EACH, SENTENCES = 1511, 30, 1_000_000  # published count of Ningbo's at-most-once matters; issue 4
ASKED = 600  # held-out questions
RIVALS_ASKED = 120  # … of a baseline
P99_WANTED_MS = 30
HEAD = ("", "sentences", "top-1", "p50 ms", "p95 ms", "p99 ms", "p50 × ours")
started = time.monotonic()


def told(said: str) -> None:
    print(f"[{time.monotonic() - started:5.0f} s] {said}", flush=True)


# -- (d) many matters -------------------------------------------------------------


def learnt(ground: Ground, made: Made, path: Path) -> None:
    """Learn the made-up catalogue beside the real conversation, keep the model, say what it cost."""
    talk = [e for e in ground.examples if not e.intent.startswith(f"{MATTER}:")]
    examples = made.examples + talk
    told(f"reading {len(examples):,} sentences")
    clock = [(time.perf_counter(), time.process_time())]
    vectors = ground.vectors([e.text for e in examples])
    clock.append((time.perf_counter(), time.process_time()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # as backend.consult.build does
        model = learn(examples, vectors, ground.tokeniser, ground.consultant._brain.model.fusion, told=told)
    clock.append((time.perf_counter(), time.process_time()))
    save_model(model, path)
    (read, read_cpu), (taught, taught_cpu) = ((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(clock))
    told(f"read in {read:.0f} s ({read_cpu:.0f} s of processor), learnt in {taught:.0f} s ({taught_cpu:.0f} s)")
    told(f"model {size_mb(path):.0f} MB: {len(model.idf):,} tokens × {len(model.intents):,} intents")


def size_mb(path: Path) -> float:
    return path.stat().st_size / 2**20


def row(name: str, sentences: int, top1: float | None, times: list[float], ours: float) -> list[str]:
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    right = "" if top1 is None else f"{top1:.3f}"
    return [name, f"{sentences:,}", right, f"{p50:.2f}", f"{p95:.2f}", f"{p99:.2f}", f"{p50 / ours:.3g}"]


def _empty(name: str, sentences: int, why: str) -> list[str]:
    return [name, f"{sentences:,}", "", why, *[""] * (len(HEAD) - 4)]


# -- (e) a million sentences ------------------------------------------------------


def with_a_million(ground: Ground, path: Path, million: list[Example], to: Path) -> None:
    """Keep the model again with every sentence in its exact index; what is trained stays the sample."""
    talk = [e for e in ground.examples if not e.intent.startswith(f"{MATTER}:")]
    model, seconds = with_every_sentence(load_model(path), chain(talk, million))
    save_model(model, to)
    told(f"{len(model.exact_keys):,} distinct sentences indexed in {seconds:.0f} s; model {size_mb(to):.0f} MB")


def many(ground: Ground, made: Made, sentences: int) -> Iterator[Example]:
    """Yield `sentences` sentences of the catalogue, its own first (sentences.py), matter after matter."""
    banks: dict[str, list[Base]] = {}
    for e in made.examples:
        pieces = tuple(ground.tokeniser.words(e.text)) or (e.text,)
        banks.setdefault(e.intent, []).append(Base(pieces, "", e.lang, e.intent, e.aspect))
    for bank in banks.values():
        yield from grown(bank, -(-sentences // len(banks)))


# -- baselines --------------------------------------------------------------------


def rivals(
    ground: Ground, examples: list[Example], vectors: Callable[[], Array] | None, asked: list[Example],
    ours: float, limit: float,
) -> list[list[str]]:  # fmt: skip
    """Return a row for each baseline that knows the same sentences: nearest sentence, its matter."""
    texts = [e.text for e in examples]
    split = ground.tokeniser.words
    rows = []
    for name, build in {
        "rapidfuzz ratio": lambda known: FuzzyIndex(list(known), fuzz.ratio),
        "BM25 + jieba": lambda known: WordIndex([split(t) for t in known], split),
        "sentence encoder": (lambda _: MeaningIndex(vectors(), encoder())) if vectors else None,
    }.items():
        if build is None:
            rows.append(_empty(name, len(texts), "no memory"))
            continue
        told(f"{name}: {len(texts):,} sentences")
        try:
            index = build(until(iter(texts), time.monotonic() + limit))
        except TooSlow:
            rows.append(_empty(name, len(texts), f"> {limit:.0f} s"))
            continue
        rows.append(_asked(name, index, examples, asked, ours, limit / 3, known=not name.startswith("sentence")))
    return rows


def _asked(
    name: str, index: Index, examples: list[Example], asked: list[Example], ours: float, limit: float, known: bool
) -> list[str]:
    times: list[float] = []
    right, deadline = 0, time.monotonic() + limit
    with one_core():
        for example in asked:
            began = time.perf_counter()
            at = index.best(normalise(example.text))
            times.append((time.perf_counter() - began) * 1000)
            right += at is not None and examples[at].intent == example.intent
            if time.monotonic() > deadline:
                break
    whole = known or len(examples) < SENTENCES // 4
    return row(f"{name} ({len(times)} asked)", len(examples), right / len(times) if whole else None, times, ours)


def _made_up(count: int) -> Callable[[], Array] | None:
    """Return vectors of no meaning: a nearest neighbour costs the same. None where memory is short."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if free < count * 512 * 4 * 4:
        return None
    return lambda: np.random.default_rng(1).standard_normal((count, 512), dtype=np.float32)


# -- the run ----------------------------------------------------------------------


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--matters", type=int, default=MATTERS)
    parser.add_argument("--each", type=int, default=EACH, help="sentences of a matter that are learnt")
    parser.add_argument("--sentences", type=int, default=SENTENCES, help="of part (e); 0: without it")
    parser.add_argument("--limit", type=float, default=90.0, help="seconds to build one baseline; a third to ask it")
    parser.add_argument("--quick", action="store_true", help="400 matters, 100,000 sentences, limit 20")
    asked = parser.parse_args()
    if asked.quick:
        asked.matters, asked.sentences, asked.limit = 400, 100_000, 20.0
    return asked


def ours_of(found: dict, sentences: int) -> list[str]:
    """Say what the serving process showed; return its row."""
    p50, p99 = np.percentile(found["cpu"], [50, 99])
    told(f"ours: top-1 {found['top1']:.3f}, offered {found['offered']:.3f}; {found['by_words']:.2f} by words alone")
    told(f"processor p50 {p50:.2f} ms, p99 {p99:.2f} ms; RSS {found['rss']:.0f} MB, {found['private']:.0f} MB private")
    return row("ours", sentences, found["top1"], found["times"], float(np.median(found["times"])))


def run(ground: Ground, asked: argparse.Namespace) -> None:
    made = make(ground.snapshot, ground.examples, asked.matters, asked.each)
    step = max(1, len(made.asked) // ASKED)
    questions, fewer = made.asked[::step], made.asked[:: max(1, len(made.asked) // RIVALS_ASKED)]
    path = ground.scratch / "model.npz"
    print(f"\n--- (d) {len(made.matters):,} matters × {asked.each} sentences ---", flush=True)
    learnt(ground, made, path)
    found = served(path, questions, asked.matters, asked.each)
    rows = [ours_of(found, len(made.examples))]
    known = ground.vectors([e.text for e in made.examples])
    rows += rivals(ground, made.examples, lambda: known, fewer, float(np.median(found["times"])), asked.limit)
    print(table(HEAD, rows), flush=True)
    if asked.sentences:
        million_sentences(ground, made, path, asked, questions, fewer)


def million_sentences(
    ground: Ground, made: Made, path: Path, asked: argparse.Namespace, questions: list[Example], fewer: list[Example]
) -> None:
    print(
        f"\n--- (e) {asked.sentences:,} sentences, all in the exact index; {asked.each} of a matter trained ---",
        flush=True,
    )
    told("making them up")
    million = list(many(ground, made, asked.sentences))
    larger = ground.scratch / "larger.npz"
    with_a_million(ground, path, million, larger)
    found = served(larger, questions, asked.matters, asked.each)
    rows = [ours_of(found, len(million))]
    ours = float(np.median(found["times"]))
    rows += rivals(ground, million, _made_up(len(million)), fewer, ours, asked.limit)
    print(table(HEAD, rows), flush=True)
    print(
        f"(wanted: p99 ≤ {P99_WANTED_MS} ms; the encoder's neighbours at this size are of made-up vectors)", flush=True
    )


def main() -> None:
    asked = options()
    configure_logs("ERROR")
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as scratch:
        run(prepare(Path(scratch)), asked)
    told("done")


if __name__ == "__main__":
    main()
