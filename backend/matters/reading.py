"""Read one matter file into a `Matter`, or say by line what is wrong with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from .faults import Fault
from .schema import Matter, Stage, Text
from .yaml_lines import BadYaml, Located, parse_located
from .yaml_lines import Path as DocPath

STAGES = list(Stage)


def read_matter(path: Path) -> tuple[Matter | None, list[Fault]]:
    """Return the matter of a file and the file's faults.

    The matter is None where the file does not fit the schema; where it fits but
    contradicts itself (an unknown source, a missing English text …) it is returned
    beside the faults, and the caller must not publish it.
    """
    try:
        located = parse_located(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        return None, [Fault(path, 1, f"cannot be read: {fault}")]
    except BadYaml as fault:
        return None, [Fault(path, fault.line, fault.message)]
    try:
        matter = Matter.model_validate(located.data)
    except ValidationError as error:
        return None, [_schema_fault(path, located, e) for e in error.errors()]
    return matter, [Fault(path, located.line_of(where), why) for where, why in _inner(path, matter)]


def _schema_fault(path: Path, located: Located, error: Any) -> Fault:
    where: DocPath = tuple(error["loc"])
    name = ".".join(str(p) for p in where) or "file"
    return Fault(path, located.line_of(where), f"{name}: {error['msg']}")


def _inner(path: Path, matter: Matter) -> Iterator[tuple[DocPath, str]]:
    if path.name != f"{matter.id}.yaml":
        yield ("id",), f"the file's name must be {matter.id}.yaml"
    if path.parent.name != matter.category.value:
        yield ("category",), f"the file must lie in {matter.category.value}/"
    yield from _references(matter)
    yield from _step_order(matter)
    if matter.english:
        yield from _missing_english(matter, ())


def _references(matter: Matter) -> Iterator[tuple[DocPath, str]]:
    sources = {s.id for s in matter.sources}
    articles = {b.id for b in matter.legal_basis}
    for i, entry in enumerate(matter.legal_basis):
        if entry.source not in sources:
            yield ("legal_basis", i, "source"), f"no source has the id {entry.source!r}"
    used = {b.source for b in matter.legal_basis}
    for where, ids in _bases(matter, ()):
        used.update(ids)
        for unknown in sorted(set(ids) - articles - sources):
            yield where, f"basis {unknown!r} is neither a legal basis nor a source of this file"
    for i, source in enumerate(matter.sources):
        if source.id not in used:
            yield ("sources", i), f"the source {source.id!r} is used nowhere"


def _bases(node: Any, path: DocPath) -> Iterator[tuple[DocPath, list[str]]]:
    for where, child in _walk(node, path):
        if where and where[-1] == "basis":
            yield where, child


def _walk(node: Any, path: DocPath) -> Iterator[tuple[DocPath, Any]]:
    yield path, node
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _walk(getattr(node, name), (*path, name))
    elif isinstance(node, list):
        for i, item in enumerate(node):
            yield from _walk(item, (*path, i))


def _step_order(matter: Matter) -> Iterator[tuple[DocPath, str]]:
    ranks = [STAGES.index(step.stage) for step in matter.steps]
    if ranks[0] != 0:
        yield ("steps", 0), "the first step must be of stage apply"
    if matter.steps[-1].stage not in (Stage.DECIDE, Stage.DELIVER):
        yield ("steps", len(ranks) - 1), "the last step must decide or deliver"
    for i in range(1, len(ranks)):
        if ranks[i] < ranks[i - 1]:
            yield ("steps", i), "a step cannot go back to an earlier stage"


def _missing_english(node: Any, path: DocPath) -> Iterator[tuple[DocPath, str]]:
    for where, child in _walk(node, path):
        if isinstance(child, Text) and child.en is None:
            yield where, "foreigners read this matter: the English text is missing"
