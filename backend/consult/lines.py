"""What the sections of an answer are made of: lines with their basis, and who decides where places differ."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..matters.schema import Rule
from .phrases import DIFFER, DIFFERS, LOCAL, ended, pick

T = TypeVar("T")


@dataclass(frozen=True)
class Section:
    """Lines, the first the most asked; basis: ids of legal_basis or sources."""

    lines: list[str]
    basis: list[str]


def rules_section(rules: list[Rule], lang: str) -> Section:
    bullet = "· " if len(rules) > 1 else ""
    return Section([bullet + rule_line(r, lang) for r in rules], bases(rules, lambda r: r.basis))


def rule_line(rule: Rule, lang: str) -> str:
    text = rule.text.in_(lang)
    return local_line(text, lang) if rule.local else text


def local_line(text: str, lang: str) -> str:
    """Add that the local window decides, after a full stop."""
    return ended(text, lang) + ("" if lang == "zh" else " ") + pick(LOCAL, lang)


def bases(items: Iterable[T], basis_of: Callable[[T], list[str]]) -> list[str]:
    """Return the ids once each, in the order they come."""
    return list(dict.fromkeys(b for item in items for b in basis_of(item)))


def once_local(lines: list[str], lang: str) -> list[str]:
    """Where several lines differ by place: a word in each, and once at the end who decides."""
    local = pick(LOCAL, lang)
    if sum(line.endswith(local) for line in lines) < 2:
        return lines
    short = [
        line.removesuffix(local).rstrip() + pick(DIFFERS, lang) if line.endswith(local) else line for line in lines
    ]
    return [*short, pick(DIFFER, lang)]
