"""A child that can be told to misbehave as a bad file would make it: what the limits are tested with."""

import os
import sys
from typing import Any

from backend.files import child


def _hang(order: dict[str, Any], data: bytes) -> child.Answer:
    while True:
        pass


def _hoard(order: dict[str, Any], data: bytes) -> child.Answer:
    hoard = [bytearray(1024 * 1024) for _ in range(order["megabytes"])]
    return {"held": len(hoard)}, b""


def _die(order: dict[str, Any], data: bytes) -> child.Answer:
    os.abort()


def _look(order: dict[str, Any], data: bytes) -> child.Answer:
    return {"environment": sorted(os.environ), "pid": os.getpid()}, b""


def _write(order: dict[str, Any], data: bytes) -> child.Answer:
    with open(order["path"], "wb") as file:
        file.write(b"clear")
    return {}, b""


def _chatter(order: dict[str, Any], data: bytes) -> child.Answer:
    print("a library's message", flush=True)
    os.write(1, b"another")
    return {}, b"answer"


if __name__ == "__main__":
    if "never-ready" in sys.argv[0]:
        sys.exit(1)
    child.ORDERS.update(hang=_hang, hoard=_hoard, die=_die, look=_look, write=_write, chatter=_chatter)
    child.main()
