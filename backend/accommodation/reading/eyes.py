"""The OCR engine: RapidOCR's detector and recogniser (PP-OCRv6 small, in its wheel), each called by itself.

Loaded once a process, on one thread: the worker has one core to itself, and two threads on it are slower than one.
"""

import logging
from functools import cache, cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .zone import ALPHABET

Image = NDArray[np.uint8]  # [height, width, 3], blue first
Floats = NDArray[np.float64]
STEP_PIXELS = 8  # of the recogniser's input, across
ROW_PIXELS = 48  # height of its input
WIDEST = 3200
STRANGE = 0.05  # a row full of foreign signs is no zone, or a zone upside down
# Signs the recogniser knows beside ASCII that look like the zone's: each counts for its twin.
TWINS = {
    "<": "＜〈《«‹くㄑ巜",
    "A": "ΑА",
    "B": "ΒВß",
    "C": "СcⅭс¢",
    "E": "ΕЕ",
    "H": "ΗН",
    "I": "ΙІ",
    "J": "Ј",
    "K": "ΚКk",
    "M": "ΜМ",
    "N": "Ν",
    "O": "ΟОoоο",
    "P": "ΡР",
    "S": "Ѕsѕ",
    "T": "ΤТ",
    "U": "u",
    "V": "vⅤ",
    "W": "w",
    "X": "ΧХxх×",
    "Y": "ΥУ",
    "Z": "Ζz",
}


class Eyes:
    """Finds lines of writing in a picture, and reads them."""

    def __init__(self) -> None:
        logging.getLogger("RapidOCR").disabled = True
        cv2.setNumThreads(1)
        from rapidocr import RapidOCR  # noqa: PLC0415 - a second to load; only the reading process needs it

        threads = {f"EngineConfig.onnxruntime.{which}_op_num_threads": 1 for which in ("intra", "inter")}
        engine: Any = RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False, **threads})
        logging.getLogger("RapidOCR").disabled = True
        self._detector = engine._load_det_model()
        self._detector.limit_side_len = 32  # sizes are chosen here, not there
        self._recogniser = engine._load_rec_model()

    def warm(self) -> None:
        """Look at a blank page once: the first look of an engine takes twice as long."""
        blank = np.full((480, 704, 3), 255, np.uint8)
        self.boxes(blank, 704)
        self.steps([blank[:48], blank[:48]])

    def boxes(self, image: Image, side: int) -> Floats:
        """Return [count, 4, 2]: corners of each line found, clockwise from its top left, in pixels of `image`.

        side: the longer side the picture is brought to; it decides what the search costs.
        """
        scale = side / max(image.shape[:2])
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way)
        found = self._detector(small).boxes
        return np.zeros((0, 4, 2)) if found is None else np.asarray(found, float) / scale

    def steps(self, rows: list[Image]) -> list[Floats]:
        """Return for each row of writing [T, 1 + 37]: the share of "nothing", then of each character of ALPHABET."""
        if not rows:
            return []
        pictures = [_scaled(row) for row in rows]
        widest = max(picture.shape[1] for picture in pictures)
        batch = np.zeros((len(pictures), 3, ROW_PIXELS, widest), np.float32)
        for number, picture in enumerate(pictures):
            batch[number, :, :, : picture.shape[1]] = picture.transpose(2, 0, 1) / 127.5 - 1
        seen = self._recogniser.session(batch)
        wanted = [-(-picture.shape[1] // STEP_PIXELS) for picture in pictures]
        return [self._zone_only(seen[number, :count]) for number, count in enumerate(wanted)]

    def texts(self, rows: list[Image]) -> list[tuple[str, float]]:
        """Return what each row says in any script, and how certain it is, 0 to 1."""
        texts = []
        for row in rows:
            seen = self._recogniser.session(_scaled(row).transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1)
            texts += self._recogniser.postprocess_op(seen)[0]
        return [(str(text), float(score)) for text, score in texts]

    def _zone_only(self, seen: NDArray[np.float32]) -> Floats:
        kept = seen @ self._sums
        rest = np.maximum(1 - kept.sum(axis=1), 0)  # signs the zone does not have: any of the zone's, at a price
        kept = kept + STRANGE * rest[:, None] / kept.shape[1]
        return kept.astype(float)

    @cached_property
    def _sums(self) -> NDArray[np.float32]:
        """[characters known, 1 + 37]: which character counts for which of the zone."""
        known = {sign: number for number, sign in enumerate(self._recogniser.postprocess_op.character)}
        sums = np.zeros((len(known), 1 + len(ALPHABET)), np.float32)
        sums[0, 0] = 1
        for number, sign in enumerate(ALPHABET):
            for twin in sign + TWINS.get(sign, ""):
                if twin in known:
                    sums[known[twin], 1 + number] = 1
        return sums


def _scaled(row: Image) -> Image:
    width = max(16, min(WIDEST, round(row.shape[1] * ROW_PIXELS / row.shape[0])))
    return np.asarray(
        cv2.resize(row, (width, ROW_PIXELS), interpolation=cv2.INTER_AREA if row.shape[0] > 60 else cv2.INTER_CUBIC),
        np.uint8,
    )


@cache
def eyes() -> Eyes:
    """Return the process's one engine; the first call loads it (a second)."""
    engine = Eyes()
    engine.warm()
    return engine
