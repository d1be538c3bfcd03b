"""How the parent and its child talk: a JSON line of data and a body of bytes, both with their length before them.

Nothing that could run code is ever read from a child, as pickled objects would.
"""

import json
import struct
from typing import IO, Any

LENGTHS = struct.Struct(">II")
MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 256 * 1024 * 1024


class Cut(Exception):
    """The other side has gone, or says something else than was agreed."""


def write_frame(pipe: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    told = json.dumps(head).encode()
    pipe.write(LENGTHS.pack(len(told), len(body)))
    pipe.write(told)
    pipe.write(body)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Return head and body. Raise Cut at the end or where the frame makes no sense."""
    head_bytes, body_bytes = LENGTHS.unpack(_exactly(pipe, LENGTHS.size))
    if head_bytes > MOST_HEAD_BYTES or body_bytes > MOST_BODY_BYTES:
        raise Cut
    try:
        head = json.loads(_exactly(pipe, head_bytes))
    except ValueError:
        raise Cut from None
    if not isinstance(head, dict):
        raise Cut
    return head, _exactly(pipe, body_bytes)


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    data = pipe.read(count)
    if len(data) != count:
        raise Cut
    return data
