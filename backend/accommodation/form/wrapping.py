"""Where a line of mixed Chinese and Latin text may end."""

import re
from collections.abc import Callable, Iterator

# Between Chinese characters a line may end anywhere, but no line begins with closing punctuation or
# ends with opening punctuation (GB/T 15834—2011, 5.1); Latin words stay whole.
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSING = "，。、；：？！）》」』】〉”’…—"
_OPENING = "（《「『【〈“‘"
PIECE = re.compile(rf" |[{_OPENING}]*(?:[{_CHINESE}]|[^ {_CHINESE}{_OPENING}{_CLOSING}]+)?[{_CLOSING}]*")

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """Return the lines of `text`, each at most `width` wide as `measure` has it; no character but spaces is lost.

    A piece wider than a line is broken within. width: at least that of the widest character.
    """
    lines = [""]
    for piece in _pieces(text, width, measure):
        joined = lines[-1] + piece
        if measure(joined.rstrip()) <= width:
            lines[-1] = joined
        else:
            lines.append(piece.lstrip())
    return [line.rstrip() for line in lines]


def _pieces(text: str, width: float, measure: Measure) -> Iterator[str]:
    for piece in filter(None, PIECE.findall(text)):
        if measure(piece) <= width:
            yield piece
        else:
            yield from piece
