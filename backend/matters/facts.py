"""The statements of the catalogue one by one, each with what it stands on: for spot checks by a second pair of eyes."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .schema import Location, Matter, Online, Rule, Source


@dataclass(frozen=True)
class Fact:
    """One statement of a matter file.

    where: the key it stands under. law: name and article, "" where it stands on a guide only.
    """

    matter: str
    where: str
    says: str
    law: str
    sources: tuple[Source, ...]


def facts_of(matter: Matter) -> Iterator[Fact]:
    """Yield every statement that names a basis."""
    for where, says, basis in _statements(matter):
        if basis:
            yield Fact(matter.id, where, says, _law(matter, basis), tuple(_sources(matter, basis)))


def draw(matters: Iterable[Matter], count: int, seed: int) -> list[Fact]:
    """Return `count` statements drawn evenly from all; the same seed draws the same from the same catalogue."""
    facts = [fact for matter in matters for fact in facts_of(matter)]
    return random.Random(seed).sample(facts, min(count, len(facts)))  # noqa: S311 - a draw, not a secret


def describe_fact(fact: Fact) -> str:
    """Return the statement as four lines: where, what, by which law, looked up where and when."""
    sources = "; ".join(f"{source.title} {source.address} ({source.seen})" for source in fact.sources)
    return f"{fact.matter} {fact.where}\n  {fact.says}\n  {fact.law or '-'}\n  {sources}"


def _statements(matter: Matter) -> Iterator[tuple[str, str, list[str]]]:
    limits = matter.time_limits
    rules: dict[str, Sequence[Rule | Location | Online]] = {
        "conditions": matter.conditions, "validity": matter.validity, "consequences": matter.consequences,
        "time_limits.statutory": [limits.statutory] if limits.statutory else [],
        "time_limits.promised": [limits.promised] if limits.promised else [],
        "time_limits.citizen": limits.citizen, "time_limits.cases": limits.cases,
        "fee_note": [matter.fee_note] if matter.fee_note else [],
        "location": [matter.location, *matter.location.cases], "online": [matter.online, *matter.online.cases],
    }  # fmt: skip
    for where, listed in rules.items():
        for rule in listed:
            yield where, rule.text.zh, rule.basis
    for fee in matter.fees:
        amount = "" if fee.amount_fen is None else f"：{fee.amount_fen / 100:g} 元"
        yield "fees", fee.name.zh + amount + (f"（{fee.when.zh}）" if fee.when else ""), fee.basis
    for material in matter.materials:
        when = f"（{material.when.zh}）" if material.when else ""
        yield "materials", material.name.zh + when + (f"。{material.note.zh}" if material.note else ""), material.basis
    for law in matter.legal_basis:
        yield "legal_basis", law.says.zh, [law.id]


def _law(matter: Matter, basis: list[str]) -> str:
    laws = [law for law in matter.legal_basis if law.id in basis]
    return "；".join(f"《{law.law.zh}》{law.article.zh if law.article else ''}" for law in laws)


def _sources(matter: Matter, basis: list[str]) -> list[Source]:
    wanted = {law.source for law in matter.legal_basis if law.id in basis} | set(basis)
    return [source for source in matter.sources if source.id in wanted]
