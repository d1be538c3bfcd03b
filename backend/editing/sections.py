"""A matter's file cut into its sections, so that an editor changes one and every other byte stays.

A section is a key of the file's first level with everything below it; blank lines and comments in
front of the next section belong to that one.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ..matters.check import check_file
from ..matters.faults import Fault
from ..matters.reading import read_matter
from ..matters.yaml_lines import BadYaml, parse_located
from .errors import NoSuchSection

# What other files repeat (catalogue.tsv), and what names the file, is not changed here.
FIXED = frozenset({"id", "category", "name", "kind", "mode", "audience"})


@dataclass(frozen=True)
class Section:
    """One section. start, end: lines of the file from 0, end not included."""

    name: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Change:
    """What a file would become. faults: (line of the section from 1, what is wrong); none: it is good."""

    after: str
    faults: list[tuple[int, str]]


def sections_of(text: str) -> list[Section]:
    """Return the sections that can be changed, in the file's order. Raise BadYaml."""
    located = parse_located(text)
    lines = text.splitlines(keepends=True)
    starts = sorted((line - 1, str(path[0])) for path, line in located.lines.items() if len(path) == 1)
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    found = []
    for (start, name), end in zip(starts, ends, strict=True):
        while end - 1 > start and _between(lines[end - 1]):
            end -= 1
        if name not in FIXED:
            found.append(Section(name, start, end, "".join(lines[start:end])))
    return found


def get_section(text: str, name: str) -> Section:
    """Raise NoSuchSection, also where the file cannot be read as YAML."""
    try:
        return next(s for s in sections_of(text) if s.name == name)
    except (BadYaml, StopIteration):
        raise NoSuchSection from None


def change_section(path: Path, text: str, name: str, new: str, day: date) -> Change:
    """Return the file with the section replaced, and what is wrong with it; other lines stay as they are.

    path: the file's own, for its name and folder are part of what is checked. Raise NoSuchSection.
    """
    section = get_section(text, name)
    new = _tidy(new, "\r\n" if "\r\n" in text else "\n")
    fault = _alone(new, name)
    if fault:
        return Change(text, [fault])
    lines = text.splitlines(keepends=True)
    after = "".join(lines[: section.start]) + new + "".join(lines[section.end :])
    return Change(after, [(max(1, line - section.start), why) for line, why in new_faults(path, text, after, day)])


def new_faults(path: Path, before: str, after: str, day: date) -> list[tuple[int, str]]:
    """Return what is wrong with the file that was not wrong before, as (line, why)."""
    old = {fault.message for fault in _faults(path, before, day)}
    fresh = [fault for fault in _faults(path, after, day) if fault.message not in old]
    return [(fault.line, fault.message) for fault in fresh]


def _faults(path: Path, text: str, day: date) -> list[Fault]:
    """Check the text as if it stood in the file: name, folder, schema, proofs, the bank beside it."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / path.parent.name
        folder.mkdir()
        copy = folder / path.name
        copy.write_bytes(text.encode("utf-8", "surrogatepass"))
        bank = path.with_name(f"{path.stem}.questions.tsv")
        if not bank.exists():
            return read_matter(copy)[1]
        (folder / bank.name).write_bytes(bank.read_bytes())
        return check_file(copy, day)[2]


def _alone(new: str, name: str) -> tuple[int, str] | None:
    """Say what is wrong where the text is not exactly this one section."""
    try:
        located = parse_located(new)
    except BadYaml as fault:
        return fault.line, fault.message
    keys = list(located.data) if isinstance(located.data, dict) else []
    if keys != [name] or not new.startswith(f"{name}:"):
        return 1, f"这里只能有一节，以“{name}:”开头"
    return None


def _tidy(text: str, end: str) -> str:
    """Return the form's text in the file's line ends, without space at line ends, ended once."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")]
    return end.join(lines).rstrip() + end


def _between(line: str) -> bool:
    return not line.strip() or line.startswith("#")
