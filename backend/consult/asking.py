"""Ask a list of questions, as `flask consult ask --file` and `evaluate` do."""

import csv
from collections.abc import Iterator
from pathlib import Path

from .reply import Reply
from .service import Consultant


class BadQuestionFile(ValueError):
    """The TSV cannot be used; the message says why."""


def read_questions(path: Path) -> list[dict[str, str]]:
    """Return the rows of a TSV with a header that has a `question` column; no quoting.

    Raises BadQuestionFile.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadQuestionFile(f"{path}: cannot be read: {fault}") from None
    lines = [line.rstrip("\r") for line in text.split("\n")]
    rows = list(csv.DictReader((x for x in lines if x), delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    if not rows and not lines[0]:
        raise BadQuestionFile(f"{path}: empty")
    if "question" not in lines[0].split("\t"):
        raise BadQuestionFile(f"{path}: the header has no column `question`")
    return rows


def ask_all(consultant: Consultant, rows: list[dict[str, str]]) -> Iterator[Reply]:
    """Answer row by row; rows with the same `dialogue` are one conversation, others stand alone."""
    for number, row in enumerate(rows):
        dialogue = row.get("dialogue", "").strip()
        yield consultant.answer(row["question"], who=f"dialogue {dialogue}" if dialogue else f"row {number}")
