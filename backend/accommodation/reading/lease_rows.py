"""The lines of a printed page, from top to bottom, with what each says."""

import cv2
import numpy as np

from .eyes import Eyes, Image
from .finding import Row, cut_out, rows

SIDE = 1280
MOST_ROWS = 70  # an A4 page of print
UPRIGHT_PROBE = 4


def page_rows(eyes: Eyes, page: Image) -> list[tuple[str, float]]:
    """Return (text, certainty) of each line; a page on its side or head is turned first."""
    found = rows(eyes.boxes(page, SIDE))
    if not found:
        return []
    page, found = _turned(eyes, page, found)
    ordered = sorted(found[:MOST_ROWS], key=lambda row: row.middle[1])
    return eyes.texts([cut_out(page, row) for row in ordered])


def _turned(eyes: Eyes, page: Image, found: list[Row]) -> tuple[Image, list[Row]]:
    """Turn the page so that its longest lines read best."""
    long = found[:UPRIGHT_PROBE]
    on_its_side = sum(abs(row.along[1]) > abs(row.along[0]) for row in long) * 2 > len(long)
    turns = [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE] if on_its_side else [None, cv2.ROTATE_180]
    pages = [page if turn is None else np.asarray(cv2.rotate(page, turn), np.uint8) for turn in turns]
    views = [
        (each, found if turn is None else rows(eyes.boxes(each, SIDE))) for turn, each in zip(turns, pages, strict=True)
    ]
    return max(views, key=lambda view: _clarity(eyes, *view))


def _clarity(eyes: Eyes, page: Image, found: list[Row]) -> float:
    read = eyes.texts([cut_out(page, row) for row in found[:UPRIGHT_PROBE]])
    return sum(certainty for _, certainty in read) / max(len(read), 1)
