"""Which characters a form uses, so that the font can be cut to them."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from . import wording
from .fonts import drawable

ASCII = "".join(map(chr, range(0x20, 0x7F)))


def letters_of(*things: object) -> str:
    """Return every character of the strings in `things` as they will be drawn, of the printed wording, and ASCII."""
    printed = [value for name, value in vars(wording).items() if name.isupper()]
    return ASCII + "".join(drawable(text) for text in _texts([*printed, *things]))


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        yield from _texts(list(thing.values()))
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from _texts(part)
    elif is_dataclass(thing):
        yield from _texts([getattr(thing, field.name) for field in fields(thing)])
