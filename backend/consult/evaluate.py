"""How well a list of labelled questions is answered: `flask consult evaluate`.

The file's columns are those of the sample questions: question, matters (acceptable
ids, best first, `-` for none), aspect, kind; optional lang.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from ..matters.service import Snapshot
from .reply import Reply


@dataclass
class Tally:
    """Hits and trials by some name."""

    hits: Counter[str] = field(default_factory=Counter)
    trials: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, hit: bool) -> None:
        self.trials[name] += 1
        self.hits[name] += hit

    def share(self, name: str) -> float:
        return self.hits[name] / self.trials[name] if self.trials[name] else float("nan")

    def rows(self) -> list[str]:
        return [
            f"  {name:<24} {self.hits[name]:>4} / {n:<4} {self.share(name):.3f}"
            for name, n in sorted(self.trials.items())
        ]


@dataclass
class Evaluation:
    """What a run showed; `report` prints it."""

    kinds: Tally = field(default_factory=Tally)
    aspects: Tally = field(default_factory=Tally)
    categories: Tally = field(default_factory=Tally)
    langs: Tally = field(default_factory=Tally)
    totals: Tally = field(default_factory=Tally)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    skipped: int = 0
    elapsed: list[float] = field(default_factory=list)
    bins: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))


def evaluate(rows: list[dict[str, str]], replies: list[Reply], snapshot: Snapshot) -> Evaluation:
    """Compare replies with labels; rows whose matter is not written are skipped and counted."""
    found = Evaluation()
    for row, reply in zip(rows, replies, strict=True):
        wanted = [m for m in row.get("matters", "-").split(",") if m not in ("", "-")]
        if wanted and not any(m in snapshot.matters for m in wanted):
            found.skipped += 1
            continue
        found.elapsed.append(reply.elapsed_ms)
        (_matter_row if wanted else _other_row)(found, row, reply, wanted, snapshot)
    return found


def _matter_row(e: Evaluation, row: dict[str, str], reply: Reply, wanted: list[str], snapshot: Snapshot) -> None:
    first = reply.candidates[0].matter if reply.candidates else None
    answered = reply.kind == "matter"
    right = answered and reply.matter in wanted
    ranked = first in wanted and reply.kind in ("matter", "clarify")
    offered = {c.matter for c in reply.candidates[:4]} if reply.kind == "clarify" else {reply.matter}
    category = next(snapshot.matters[m].category.value for m in wanted if m in snapshot.matters)
    e.totals.add("top-1 (ranked first)", ranked)
    e.totals.add("answered and right", right)
    e.totals.add("top-1 or offered", bool(offered & set(wanted)))
    e.totals.add("wrong and sure", (answered and not right) or reply.kind not in ("matter", "clarify"))
    e.totals.add("asked back", reply.kind == "clarify")
    e.totals.add("emergency by mistake", reply.kind == "emergency")
    e.kinds.add("matter", reply.kind in ("matter", "clarify"))
    e.aspects.add(row.get("aspect", "-"), reply.aspect == row.get("aspect"))
    e.totals.add("aspect", reply.aspect == row.get("aspect"))
    e.categories.add(category, ranked)
    e.langs.add(reply.lang, ranked)
    if answered:
        e.bins[int(reply.confidence * 10)].append(right)
    if not right:
        got = reply.matter or reply.kind
        e.confusions[wanted[0], got if answered else f"({reply.kind}) {first}"] += 1
        e.misses.append(f"{reply.confidence:.2f} {'/'.join(wanted)} → {reply.kind} {first}: {reply.question}")


def _other_row(e: Evaluation, row: dict[str, str], reply: Reply, _: list[str], __: Snapshot) -> None:
    kind = row.get("kind", "ood")
    right = reply.kind == kind
    e.kinds.add(kind, right)
    e.totals.add("other kinds", right)
    if not right:
        e.confusions[kind, reply.matter or reply.kind] += 1
        e.misses.append(f"{reply.confidence:.2f} {kind} → {reply.kind} {reply.matter}: {reply.question}")


def report(e: Evaluation, show_misses: bool) -> str:
    """Return the evaluation as text."""
    lines = [f"{sum(e.kinds.trials.values())} questions, {e.skipped} skipped (matter not written)"]
    for title, tally in (("Totals", e.totals), ("Kind", e.kinds), ("Aspect", e.aspects),
                         ("Category", e.categories), ("Language", e.langs)):  # fmt: skip
        lines += [title, *tally.rows()]
    lines.append("Calibration (confidence → share right)")
    lines += [f"  {b / 10:.1f}+  {np.mean(hits):.3f}  of {len(hits)}" for b, hits in sorted(e.bins.items())]
    lines.append("Confusions")
    lines += [f"  {n} × {a} → {b}" for (a, b), n in e.confusions.most_common(40)]
    if show_misses:
        lines += ["Misses", *(f"  {m}" for m in e.misses)]
    p50, p99 = np.percentile(e.elapsed, [50, 99])
    lines.append(f"Time per question: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    return "\n".join(lines)
