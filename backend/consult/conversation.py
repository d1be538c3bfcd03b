"""The knowledge of conversation: `knowledge/conversation/`.

What is not about a matter: other departments, emergencies, small talk, and the
question banks they are recognised by.
"""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, TypeAdapter

from ..matters.schema import Slug, Strict, Text
from ..matters.yaml_lines import parse_located

KINDS = ("emergency", "ood", "chitchat", "handoff", "progress", "appointment", "followup")
HEADER = "lang\tquestion\tlabel"


class OtherDepartment(Strict):
    """Whose business a question is when it is not the bureau's."""

    id: Slug
    name: Text
    scope: Text
    hotline: str | None = None
    hotline_note: Text | None = None
    website: str | None = None


class Emergency(Strict):
    """A danger: the numbers to call, the first to dial first, and what to do now.

    advice: language code → two or three sentences; zh and en are always there.
    """

    id: Slug
    number: list[str] = Field(min_length=1)
    name: Text
    advice: dict[str, str]

    def advice_in(self, lang: str) -> str:
        return self.advice.get(lang) or self.advice["en"]


class SmallTalk(Strict):
    """What is said to a greeting and the like, by language."""

    replies: dict[str, list[str]]


@dataclass(frozen=True)
class Utterance:
    """One row of a conversation bank. label: a department, an emergency, a topic or "-"."""

    lang: str
    question: str
    label: str


@dataclass(frozen=True)
class Conversation:
    """Everything under `knowledge/conversation/`."""

    departments: dict[str, OtherDepartment] = field(default_factory=dict)
    emergencies: dict[str, Emergency] = field(default_factory=dict)
    smalltalk: dict[str, SmallTalk] = field(default_factory=dict)
    banks: dict[str, tuple[Utterance, ...]] = field(default_factory=dict)


def read_conversation(folder: Path) -> Conversation:
    """Read the folder. Raises OSError, BadYaml or ValueError naming the file's fault."""
    departments = TypeAdapter(list[OtherDepartment]).validate_python(_yaml(folder / "departments.yaml"))
    emergencies = TypeAdapter(list[Emergency]).validate_python(_yaml(folder / "emergencies.yaml"))
    smalltalk = TypeAdapter(dict[str, SmallTalk]).validate_python(_yaml(folder / "smalltalk.yaml"))
    names = (*KINDS, "not-emergency")
    return Conversation(
        {d.id: d for d in departments},
        {e.id: e for e in emergencies},
        smalltalk,
        {name: read_bank(folder / f"{name}.questions.tsv") for name in names},
    )


def _yaml(path: Path) -> object:
    return parse_located(path.read_text(encoding="utf-8")).data


def read_bank(path: Path) -> tuple[Utterance, ...]:
    """Read lang<TAB>question<TAB>label rows. Raises ValueError naming the first bad line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != HEADER:
        raise ValueError(f"{path.name}:1: the first line must be lang<TAB>question<TAB>label")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != 3 or not all(cells):
            raise ValueError(f"{path.name}:{number}: 3 columns are needed")
        rows.append(Utterance(*cells))
    return tuple(rows)
