"""Why a picture was not read, or not wholly: looked for where the zone is, or in the whole picture."""

import cv2
import numpy as np

from .eyes import Image
from .finding import Row, cut_out

DARK = 70.0  # the lighter parts of the picture, 0 to 255
WHITE = 250  # a reflection has no drawing left in it
GLARE_SHARE = 0.04
SMALL_HEIGHT = 11.0  # pixels: rows of a zone lower than this show no shapes
SHARPNESS = 6.0  # mean strength of edges in a row, of 255, below which strokes run together
NEAR_EDGE = 0.6  # heights


def why_unread(image: Image) -> str:
    """Return the code of advice.py for a picture without a zone."""
    if _lightness(image) < DARK:
        return "too-dark"
    if max(image.shape[:2]) < 480:
        return "too-small"
    return "no-mrz"


def why_unproven(image: Image, rows: list[Row]) -> str:
    """Return the code for a zone whose check digits do not all hold."""
    if any(_at_edge(image, row) for row in rows):
        return "cut-off"
    if min(row.height for row in rows) < SMALL_HEIGHT:
        return "too-small"
    strips = [cut_out(image, row) for row in rows]
    if _lightness(np.concatenate([strip.reshape(-1, 1, 3) for strip in strips])) < DARK:
        return "too-dark"
    if max(_glare(strip) for strip in strips) > GLARE_SHARE:
        return "glare"
    return "blurred" if min(_sharpness(strip) for strip in strips) < SHARPNESS else "check"


def _at_edge(image: Image, row: Row) -> bool:
    high, wide = image.shape[:2]
    slack = NEAR_EDGE * row.height
    ends = (row.start, row.end)
    return any(not (slack < x < wide - slack and slack < y < high - slack) for x, y in ends)


def _lightness(image: Image) -> float:
    """Return how light the lighter parts are: paper, where there is paper."""
    return float(np.percentile(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 75))


def _glare(strip: Image) -> float:
    """Return the share of columns that are white from top to bottom, where the others are not."""
    columns = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY).min(axis=0)
    return 0.0 if np.median(columns) > WHITE - 20 else float((columns >= WHITE).mean())


def _sharpness(strip: Image) -> float:
    scale = 48 / strip.shape[0]
    grey = cv2.resize(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY), None, fx=scale, fy=scale)
    low, high = np.percentile(grey, (5, 95))
    edges = cv2.Laplacian(grey.astype(np.float32) * (255 / max(float(high - low), 16.0)), cv2.CV_32F)
    return float(np.abs(edges).mean())
