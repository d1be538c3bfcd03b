"""Question banks: `<id>.questions.tsv`, how people really ask for a matter."""

from dataclasses import dataclass
from pathlib import Path

from .faults import Fault
from .schema import Aspect

HEADER = "lang\tquestion\taspect"
LANGS = ("zh", "en", "ja", "ko", "ru", "fr", "es", "ar")
MAX_CHARS = 400
ASPECTS = frozenset(a.value for a in Aspect)


@dataclass(frozen=True)
class Sample:
    """One way to ask. aspect: a value of `Aspect`."""

    lang: str
    question: str
    aspect: str


def parse_bank(path: Path) -> tuple[list[Sample], list[Fault]]:
    """Return the good rows of a bank and a fault for every bad one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        return [], [Fault(path, 1, f"cannot be read: {fault}")]
    if not lines or lines[0].strip() != HEADER:
        return [], [Fault(path, 1, "the first line must be: lang<TAB>question<TAB>aspect")]
    samples: list[Sample] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        why = _fault_of(line, seen)
        if why:
            faults.append(Fault(path, number, why))
        else:
            samples.append(Sample(*line.split("\t")))
    return samples, faults


def _fault_of(line: str, seen: set[str]) -> str | None:
    cells = line.split("\t")
    if len(cells) != 3:
        return f"3 columns are needed, {len(cells)} found"
    lang, question, aspect = cells
    if lang not in LANGS:
        return f"unknown language {lang!r}"
    if aspect not in ASPECTS:
        return f"unknown aspect {aspect!r}"
    if not 0 < len(question.strip()) <= MAX_CHARS:
        return f"a question has 1 to {MAX_CHARS} characters"
    if question in seen:
        return "this question stands twice"
    seen.add(question)
    return None
