"""YAML with the line each value stands on, so that a fault can name it."""

from dataclasses import dataclass
from typing import Any

import yaml

MAX_DEPTH = 30
OPENING = (
    yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken,
)  # fmt: skip
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
MAX_BYTES = 256 * 1024  # a matter file is 5–20 KiB; more is a mistake or an attack

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads ten times faster

Path = tuple[str | int, ...]


class BadYaml(ValueError):
    """The text is no usable YAML. `line` counts from 1."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Located:
    """A parsed document and the line of every path in it."""

    data: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """Return the line of `path`, or of its nearest parent that is in the file."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def parse_located(text: str) -> Located:
    """Parse YAML and remember lines.

    Anchors and repeated keys are refused: the first can blow a small file up to
    gigabytes, the second drops what the editor wrote without a word.
    Raises BadYaml.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise BadYaml(1, f"the file is larger than {MAX_BYTES // 1024} KiB")
    try:
        _refuse_tricks(text)
        return _load(text)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise BadYaml(mark.line + 1 if mark else 1, fault.problem or "not YAML") from None
    except yaml.reader.ReaderError as fault:
        raise BadYaml(text.count("\n", 0, fault.position) + 1, fault.reason) from None


def _load(text: str) -> Located:
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        return Located(_build(loader, node, (), lines) if node else None, lines)
    finally:
        loader.dispose()


def _refuse_tricks(text: str) -> None:
    """Refuse anchors, aliases and deep nesting before anything is built recursively."""
    depth = 0
    for token in yaml.scan(text, Loader=LOADER):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            raise BadYaml(token.start_mark.line + 1, "anchors and aliases are not allowed")
        depth += isinstance(token, OPENING)
        depth -= isinstance(token, CLOSING)
        if depth > MAX_DEPTH:
            raise BadYaml(token.start_mark.line + 1, "nested too deeply")


def _build(loader: Any, node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node)
            if not isinstance(key, str):
                raise BadYaml(key_node.start_mark.line + 1, f"the key {key!r} is not text")
            if key in found:
                raise BadYaml(key_node.start_mark.line + 1, f"the key {key!r} stands twice")
            found[key] = _build(loader, value_node, (*path, key), lines)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*path, i), lines) for i, item in enumerate(node.value)]
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as fault:  # a date like 2026-02-31
        raise BadYaml(node.start_mark.line + 1, str(fault)) from None
