"""What the catalogue holds, counted: `flask knowledge stats` and the citations page."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .proofs import is_overdue
from .questions import Sample
from .schema import LegalBasis, Matter, Source


@dataclass(frozen=True)
class Cited:
    """One law and what of it is used. articles: article → the matters that stand on it; "" for the law as such."""

    law: str
    number: str | None
    sources: dict[str, Source]
    articles: dict[str, list[Matter]]


def citations(matters: Iterable[Matter]) -> list[Cited]:
    """Return every law the catalogue cites, the most used first, each article with its matters."""
    entries: dict[str, list[tuple[Matter, LegalBasis]]] = defaultdict(list)
    for matter in matters:
        for basis in matter.legal_basis:
            entries[basis.law.zh].append((matter, basis))
    laws = [_cited(law, used) for law, used in entries.items()]
    return sorted(laws, key=lambda cited: (-len({m.id for ms in cited.articles.values() for m in ms}), cited.law))


def _cited(law: str, used: list[tuple[Matter, LegalBasis]]) -> Cited:
    articles: dict[str, list[Matter]] = defaultdict(list)
    sources: dict[str, Source] = {}
    for matter, basis in used:
        articles[basis.article.zh if basis.article else ""].append(matter)
        source = next(s for s in matter.sources if s.id == basis.source)
        sources.setdefault(str(source.address), source)
    number = next((basis.number for _, basis in used if basis.number), None)
    return Cited(law, number, sources, dict(sorted(articles.items())))


def describe(matters: list[Matter], banks: dict[str, tuple[Sample, ...]], day: date) -> list[str]:
    """Return the figures as lines for an operator."""
    samples = [s for bank in banks.values() for s in bank]
    sizes = sorted(len(bank) for bank in banks.values()) or [0]
    laws = citations(matters)
    overdue = [m.id for m in matters if is_overdue(m, day)]
    lines = [
        f"matters          {len(matters)}, in English {sum(m.english for m in matters)}",
        f"questions        {len(samples)}, a matter {sizes[0]} to {sizes[-1]}, median {sizes[len(sizes) // 2]}",
        f"  by language    {_counted(Counter(s.lang for s in samples))}",
        f"  by aspect      {_counted(Counter(str(s.aspect) for s in samples))}",
        f"laws cited       {len(laws)}, articles {sum(len(law.articles) for law in laws)}",
        f"sources          {len({str(s.address) for m in matters for s in m.sources})}",
        f"by way           {_counted(Counter(str(m.mode) for m in matters))}",
        f"past review      {len(overdue)} {' '.join(overdue)}".rstrip(),
    ]
    return lines


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())
