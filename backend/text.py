"""Cutting text for a channel that counts bytes."""

import re

LONE_NUMBER = re.compile(r"\n\d+\.?$")  # of a list whose next entry was cut away
SENTENCE_ENDS = "。！？；\n.!?;"


def size_bytes(text: str) -> int:
    """Return the length of `text` in UTF-8 bytes; lone surrogates count as three."""
    return len(text.encode("utf-8", "surrogatepass"))


def shorten(text: str, chars: int) -> str:
    """Return a text short enough to be quoted: at most `chars` characters, an ellipsis where it was cut."""
    return text if len(text) <= chars else f"{text[: chars - 1]}…"


def cut_at_sentence(text: str, limit_bytes: int, tail: str = "") -> str:
    """Return `text` if it fits, else its longest start that ends a sentence, plus `tail`.

    The result, tail included, is at most `limit_bytes` long and never ends inside a
    character. Where no sentence ends in the first half, the cut falls on any character.
    """
    if size_bytes(text) <= limit_bytes:
        return text
    room = limit_bytes - size_bytes(tail)
    head = text.encode("utf-8")[: max(room, 0)].decode("utf-8", "ignore")
    end = max(head.rfind(mark) for mark in SENTENCE_ENDS)
    if end >= len(head) // 2:
        head = head[: end + 1]
    return LONE_NUMBER.sub("", head.rstrip()).rstrip() + tail
