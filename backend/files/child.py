"""The child process in which everything foreign is decoded: little memory, little time, no secrets, no files.

Started by `workshop` as `python -m backend.files.child`. Reads orders from standard input, writes answers to
standard output, ends when its parent goes. A decoder that is taken over finds neither keys nor database here.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import Refusal
from .cleaned import Cleaned
from .errors import REASONS, BrokenFile, NoSuchPage, TooComplex
from .frames import Cut, read_frame, write_frame
from .pdfs import clean_pdf
from .pictures import clean_picture
from .showing import show
from .sniff import PDF, sniff

Answer = tuple[dict[str, Any], bytes]


def clean(data: bytes, *, max_pixels: int, max_pages: int) -> Cleaned:
    """Return what is kept of a file that was handed in. Raise a FileRefused."""
    media_type = sniff(data)
    if media_type == PDF:
        return clean_pdf(data, max_pages=max_pages, max_pixels=max_pixels)
    return clean_picture(data, media_type, max_pixels=max_pixels)


def _clean(order: dict[str, Any], data: bytes) -> Answer:
    cleaned = clean(data, max_pixels=order["max_pixels"], max_pages=order["max_pages"])
    head = {"media_type": cleaned.media_type, "width": cleaned.width, "height": cleaned.height, "pages": cleaned.pages}
    return head, cleaned.data


def _show(order: dict[str, Any], data: bytes) -> Answer:
    wanted = {key: order[key] for key in ("page", "width", "max_pixels", "mark", "font")}
    return {}, show(data, order["media_type"], **wanted)


ORDERS: dict[str, Callable[[dict[str, Any], bytes], Answer]] = {"clean": _clean, "show": _show}


def answer(order: dict[str, Any], data: bytes) -> Answer:
    """Return the answer to one order; a refusal is an answer too: its code."""
    try:
        return ORDERS[order["do"]](order, data)
    except Refusal as refusal:
        known = refusal.code in REASONS or refusal.code == NoSuchPage.code
        return {"refused": refusal.code if known else BrokenFile.code}, b""
    except (MemoryError, RecursionError):
        return {"refused": TooComplex.code, "spent": True}, b""
    except Exception as fault:  # a fault of a decoder on foreign data must not end the child
        return {"refused": BrokenFile.code, "fault": type(fault).__name__}, b""


def confine(memory_bytes: int) -> None:
    """Limit what this process can take: memory, no file written, no core that would hold a person's data."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def peak_kib() -> int:
    """Return the most memory this process has held; getrusage would count what its parent held before."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def main() -> None:
    memory_bytes, timeout_seconds = int(sys.argv[1]), int(sys.argv[2])
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end ends us
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    confine(memory_bytes)
    write_frame(answers, {"ready": True})
    while True:
        try:
            order, data = read_frame(orders)
        except Cut:
            return
        signal.alarm(timeout_seconds)  # should the parent have died meanwhile, nobody else would stop us
        head, body = answer(order, data)
        signal.alarm(0)
        write_frame(answers, head | {"peak_kib": peak_kib()}, body)


if __name__ == "__main__":
    main()
