"""Adding a question to a bank: one row at its end, nothing else touched."""

import re
from dataclasses import dataclass

from ..matters.questions import ASPECTS, LANGS, MAX_CHARS
from ..matters.service import Snapshot
from .errors import BadSample

LETTERS = re.compile(r"\W")


@dataclass(frozen=True)
class NewSample:
    """A question for a matter's bank, as it will stand there."""

    lang: str
    question: str
    aspect: str

    @property
    def row(self) -> str:
        return f"{self.lang}\t{self.question}\t{self.aspect}"


def make_sample(lang: str, question: str, aspect: str, snapshot: Snapshot) -> NewSample:
    """Return the sample where it can stand in a bank. Raise BadSample.

    No question stands twice in the catalogue: what means two matters teaches nothing.
    """
    question = " ".join(question.replace("\x00", "").split())
    if lang not in LANGS:
        raise BadSample("请选择语言。")
    if aspect not in ASPECTS:
        raise BadSample("请选择问的是哪一方面。")
    if not 2 <= len(question) <= MAX_CHARS or not bare(question):
        raise BadSample(f"问法要有 2 到 {MAX_CHARS} 个字。")
    owner = owner_of(question, snapshot)
    if owner:
        raise BadSample(f"这个问法已经在“{owner}”的题库里了。")
    return NewSample(lang, question, aspect)


def owner_of(question: str, snapshot: Snapshot) -> str | None:
    """Return the name of the matter whose bank has this question, signs and case aside."""
    key = bare(question)
    for matter_id, bank in snapshot.banks.items():
        if any(bare(sample.question) == key for sample in bank):
            return snapshot.matters[matter_id].name.zh
    return None


def bare(question: str) -> str:
    return LETTERS.sub("", question).lower()


def with_row(text: str, row: str) -> str:
    """Return the bank's text with the row at its end, in its own line ends, ended by one."""
    end = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += end
    return f"{text}{row}{end}"
