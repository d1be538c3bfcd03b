"""Plain tables, and the ground a time is measured on."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return aligned columns: the first to the left, figures to the right."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: list[str], widths: list[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join([cells[0].ljust(widths[0]), *figures]).rstrip()


def p50_p99(milliseconds: Sequence[float]) -> tuple[float, float]:
    p50, p99 = np.percentile(milliseconds, [50, 99])
    return float(p50), float(p99)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep the calling thread, and those it starts, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
