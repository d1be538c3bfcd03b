"""All labelled sentences the consultation learns from, from one snapshot of the knowledge."""

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..matters.schema import Aspect, Matter, Text
from ..matters.service import Snapshot
from .conversation import Conversation
from .normalise import normalise

MATTER = "matter"
SENTENCE_END = re.compile(r"[。；;！？]|(?<=[.!?]) ")
SHORTEST_SENTENCE = 4  # characters
MAX_TRAINED = 2000  # sentences of one intent that are learnt; the others are known by heart only


@dataclass(frozen=True)
class Example:
    """A sentence and what it is about.

    intent: "<kind>:<label>", as "matter:passport-first", "ood:tax", "handoff:-".
    aspect: of a matter's question; "" otherwise. firm: written by people as a question
    (names and aliases are not, and are left out where questions are counted).
    """

    text: str
    lang: str
    intent: str
    aspect: str = ""
    firm: bool = True


def gather_examples(snapshot: Snapshot, conversation: Conversation) -> list[Example]:
    """Return every example, matters first, in a stable order."""
    found: list[Example] = []
    for matter in sorted(snapshot.matters.values(), key=lambda m: m.id):
        intent = f"{MATTER}:{matter.id}"
        for sample in snapshot.banks[matter.id]:
            found.append(Example(normalise(sample.question), sample.lang, intent, sample.aspect))
        found += [Example(normalise(n), lang, intent, Aspect.OVERVIEW, False) for lang, n in names_of(matter)]
    for kind, bank in conversation.banks.items():
        for row in bank:
            intent = f"{kind}:{row.label}"
            found.append(Example(normalise(row.question), row.lang, intent))
    return [e for e in found if e.text]


def gather_texts(snapshot: Snapshot) -> list[Example]:
    """Return the sentences of the matters' own rules: their words belong to the matter, though nobody asks so.

    Only the lexical look reads them (on held-out folds: one question in a hundred more).
    """
    return [
        Example(text, lang, f"{MATTER}:{matter.id}", firm=False)
        for matter in sorted(snapshot.matters.values(), key=lambda m: m.id)
        for lang, rule in _rules_of(matter)
        for text in map(normalise, SENTENCE_END.split(rule))
        if len(text) >= SHORTEST_SENTENCE
    ]


def _rules_of(matter: Matter) -> Iterator[tuple[str, str]]:
    rules: list[Text | None] = [matter.summary, *(m.name for m in matter.materials), *(s.says for s in matter.steps)]
    rules += [rule.text for rule in (*matter.conditions, *matter.validity, *matter.consequences)]
    for text in rules:
        if text:
            yield "zh", text.zh
        if text and text.en:
            yield "en", text.en


def sample(examples: list[Example], most: int = MAX_TRAINED) -> list[Example]:
    """Return at most `most` examples of each intent, drawn with a fixed seed, in their order.

    More teach a linear model nothing new, and reading a sentence is what learning costs.
    """
    rows: dict[str, list[int]] = {}
    for row, example in enumerate(examples):
        rows.setdefault(example.intent, []).append(row)
    draw = random.Random(20261122)  # noqa: S311 - variety, not secrecy
    kept = [draw.sample(found, most) if len(found) > most else found for found in rows.values()]
    return [examples[row] for row in sorted(row for found in kept for row in found)]


def names_of(matter: Matter) -> list[tuple[str, str]]:
    """Return (lang, name) of the matter's name and aliases."""
    names = [("zh", matter.name.zh), *(("zh", a) for a in matter.aliases.zh)]
    if matter.name.en:
        names.append(("en", matter.name.en))
    return names + [("en", a) for a in matter.aliases.en]


def fingerprint(examples: list[Example], version: str) -> str:
    """Return a short digest: the same examples and code version, the same model."""
    digest = hashlib.sha256(version.encode())
    for e in examples:
        digest.update(f"{e.intent}\t{e.aspect}\t{e.firm}\t{e.text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
