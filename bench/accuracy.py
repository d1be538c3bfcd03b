"""Part (a): our consultant beside three baselines that know the same sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz

from backend.consult.encoding import encoder
from backend.consult.evaluate import Evaluation, evaluate
from backend.consult.normalise import normalise
from backend.consult.reply import Reply

from .ground import Ground
from .rivals import FuzzyIndex, MeaningIndex, Rival, Scorer, WordIndex
from .tables import one_core, p50_p99, table

OURS = "ours"
SCORERS: dict[str, Scorer] = {"WRatio": fuzz.WRatio, "ratio": fuzz.ratio}
HEAD = ("system", "top-1", "aspect", "other kinds", "emergencies", "wrong & sure", "asked back", "p50 ms", "p99 ms")
WANTED = ("wanted", "≥ 0.880", "≥ 0.750", "≥ 0.920", "1.000", "≤ 0.040", "", "≤ 3", "≤ 15")
GAP_WANTED = 10  # points


class System(Protocol):
    def answer(self, question: str, *, who: str) -> Reply: ...


@dataclass(frozen=True)
class Result:
    """What one system showed, as shares from 0 to 1 and milliseconds a question."""

    name: str
    top1: float
    aspect: float
    other: float
    emergencies: float
    wrong_sure: float
    asked_back: float
    p50: float
    p99: float

    def row(self) -> list[str]:
        shares = (self.top1, self.aspect, self.other, self.emergencies, self.wrong_sure, self.asked_back)
        return [self.name, *(f"{s:.3f}" for s in shares), f"{self.p50:.2f}", f"{self.p99:.2f}"]


def measure_accuracy(ground: Ground, rows: list[dict[str, str]]) -> None:
    """Print the table. Nothing of `rows` is learnt from."""
    results = []
    for name, system in _systems(ground):
        found = evaluate(rows, _ask(system, rows), ground.snapshot)
        results.append(_result(name, found))
    print(f"{len(found.elapsed)} questions of {len(rows)} ({found.skipped} of matters not written), "
          f"{found.totals.trials['aspect']} of them about a matter; "
          f"all know the same {len(ground.examples):,} sentences")  # fmt: skip
    print(table(HEAD, [*(r.row() for r in results), WANTED]))
    print(_differences(results))


def _systems(ground: Ground) -> Iterator[tuple[str, System]]:
    """One after the other, so that one baseline's index is gone before the next is made."""
    yield OURS, ground.consultant
    texts = [e.text for e in ground.examples]
    for name, scorer in SCORERS.items():
        yield f"rapidfuzz {name}", _fuzzy(f"rapidfuzz {name}", ground, texts, scorer)
    split = ground.tokeniser.words
    bags = [split(t) for t in texts]
    yield "BM25 + jieba", Rival("BM25", ground.examples, lambda rows: WordIndex([bags[i] for i in rows], split))
    vectors = ground.vectors(texts)
    yield "sentence encoder", Rival("encoder", ground.examples, lambda rows: MeaningIndex(vectors[rows], encoder()))


def _fuzzy(name: str, ground: Ground, texts: list[str], scorer: Scorer) -> Rival:
    return Rival(name, ground.examples, lambda rows: FuzzyIndex([texts[i] for i in rows], scorer))


def _ask(system: System, rows: list[dict[str, str]]) -> list[Reply]:
    normalise.cache_clear()  # each system reads each question for the first time
    with one_core():
        for warm in ("热身一下", "warming up"):
            system.answer(warm, who="warm")
        return [system.answer(row["question"], who=f"row {i}") for i, row in enumerate(rows)]


def _result(name: str, found: Evaluation) -> Result:
    total = found.totals.share
    return Result(
        name, total("top-1 (ranked first)"), total("aspect"), total("other kinds"), found.kinds.share("emergency"),
        total("wrong and sure"), total("asked back"), *p50_p99(found.elapsed),
    )  # fmt: skip


def _differences(results: list[Result]) -> str:
    """Return ours less the best baseline at each measure, in points; baselines are judged at their best."""
    ours, *others = results
    lines = ["Ours less the best baseline, in points:"]
    for title, of in (
        ("top-1", lambda r: r.top1), ("aspect", lambda r: r.aspect),
        ("other kinds", lambda r: r.other), ("emergencies", lambda r: r.emergencies),
    ):  # fmt: skip
        best = max(others, key=of)
        wanted = f"  (wanted: +{GAP_WANTED} or more)" if title == "top-1" else ""
        lines.append(f"  {title:<12} {100 * (of(ours) - of(best)):+6.1f}  best: {best.name}{wanted}")
    return "\n".join(lines)
