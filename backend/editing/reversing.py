"""Differences between two versions of a file: shown, and undone."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT_LINES = 2


@dataclass(frozen=True)
class DiffLine:
    """sign: "+", "-", " " or "@" between two places."""

    sign: str
    text: str


def diff(before: str, after: str) -> list[DiffLine]:
    """Return what changed, line by line, with a little around it."""
    return list(_lines(before.splitlines(), after.splitlines()))


def _lines(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    for number, line in enumerate(difflib.unified_diff(before, after, lineterm="", n=CONTEXT_LINES)):
        if number < 2:  # the names of the two files
            continue
        yield DiffLine("@", "") if line.startswith("@@") else DiffLine(line[0], line[1:])


def reverse(before: str, after: str, current: str) -> str | None:
    """Return `current` without the change that led from `before` to `after`.

    Other changes made since stay. None where the changed lines are no longer there, or the place
    is not the only one of its kind.
    """
    if current == after:
        return before
    old, new, now = before.splitlines(True), after.splitlines(True), current.splitlines(True)
    for tag, a1, a2, b1, b2 in reversed(difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            continue
        above, below = new[max(0, b1 - 1) : b1], new[b2 : b2 + 1]
        place = _find(now, new[b1:b2], above, below)
        if place is None:
            return None
        now[place : place + (b2 - b1)] = old[a1:a2]
    return "".join(now)


def _find(lines: list[str], wanted: list[str], above: list[str], below: list[str]) -> int | None:
    """Return where `wanted` stands, if at one place only; what is not there at all is found by its neighbours."""
    if wanted:
        places = _places(lines, wanted)
        return places[0] if len(places) == 1 else None
    places = _places(lines, above + below)
    return places[0] + len(above) if len(places) == 1 else None


def _places(lines: list[str], wanted: list[str]) -> list[int]:
    if not wanted:
        return []
    return [i for i in range(len(lines) - len(wanted) + 1) if lines[i : i + len(wanted)] == wanted]
