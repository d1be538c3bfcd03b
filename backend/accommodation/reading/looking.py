"""Looks at a group of rows and tells which format they are and what stands at each place.

A look is one way to cut and scale the rows. Two looks that agree are worth more than one that is certain: their errors
differ, while a recogniser's certainty does not know what it has not seen.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from .decode import Columns, read_columns
from .eyes import Eyes, Image
from .finding import MARGIN, Row, cut_out
from .formats import FORMATS, Format
from .zone import ALPHABET, kind_of

Floats = NDArray[np.float64]
GOOD_FIT = -0.06  # log likelihood a place: rows of the right width come near 0
POOR_FIT = -2.5  # below this it is no zone at all
PIXELS_A_PLACE = 27.0


@dataclass
class Sight:
    """What all looks together saw. looks: per look, per row, the columns."""

    width: int
    rows: list[Row]
    looks: list[list[Columns]] = field(default_factory=list)

    @property
    def fit(self) -> float:
        return float(np.mean([row.fit for look in self.looks for row in look]))

    def fits(self, least: float) -> bool:
        """Tell whether each row fits in the better half of the looks: rows of something else never do."""
        rows = range(len(self.rows))
        return all(float(np.median([look[row].fit for look in self.looks])) > least for row in rows)

    def logs(self) -> list[Floats]:
        """Return per row the mean of the looks, weighted by how well each look fits."""
        weights = np.array([np.exp(np.mean([row.fit for row in look])) for look in self.looks]) + 1e-6
        weights /= weights.sum()
        return [
            sum((w * look[number].logs for w, look in zip(weights, self.looks, strict=True)), np.zeros(1))
            for number in range(len(self.rows))
        ]

    def agreeing(self, line: int, start: int, text: str, allowed: str) -> bool:
        """Tell whether the looks, each by itself, read `text` there: two at least, and of four all but one."""
        kind = kind_of(allowed)
        same = sum(look[line].spelt(start, start + len(text), kind) == text for look in self.looks)
        return same >= 2 and same >= 0.75 * len(self.looks)


def first_look(eyes: Eyes, image: Image, group: list[Row]) -> Sight | None:
    """Return the sight of a group in the width and direction that fit it best, or None: no zone."""
    upright = _fitted(eyes, image, group)
    if upright is not None and upright.fit > GOOD_FIT:
        return upright
    turned = _fitted(eyes, image, [row.turned() for row in reversed(group)])
    best = max((s for s in (upright, turned) if s is not None), key=lambda s: s.fit, default=None)
    return best if best is not None and best.fit > POOR_FIT else None


def _fitted(eyes: Eyes, image: Image, group: list[Row]) -> Sight | None:
    steps = eyes.steps([cut_out(image, row) for row in group])
    sights = []
    for width in (30,) if len(group) == 3 else _widths(group):
        sight = Sight(width, group, [[_columns(s, row, width) for s, row in zip(steps, group, strict=True)]])
        sights.append(sight)
        if sight.fit > GOOD_FIT:
            break
    return max(sights, key=lambda s: s.fit, default=None)


def _widths(group: list[Row]) -> tuple[int, ...]:
    """Return the widths two rows can have, the likelier first: a longer row for its height has more places."""
    aspect = float(np.mean([row.length / row.height for row in group]))
    return (44, 36) if aspect > 24 else (36, 44)


def _columns(steps: Floats, row: Row, width: int) -> Columns:
    margin = MARGIN * row.height / (row.length + 2 * MARGIN * row.height) * len(steps)
    pitch = (len(steps) - 2 * margin) / width
    first = margin + pitch / 2 - 0.5
    return read_columns(steps, np.ones((width, len(ALPHABET)), bool), first, first + pitch * (width - 1))


def look_again(eyes: Eyes, image: Image, sight: Sight, way: int) -> None:
    """Add a look in another way to `sight`: other height, other scale, other contrast."""
    taller, places, treat = WAYS[way % len(WAYS)]
    cuts = []
    for row in sight.rows:
        cut = treat(cut_out(image, row, taller, 48))
        cuts.append(cv2.resize(cut, (round(sight.width * places + 2 * MARGIN * 30), 48), interpolation=cv2.INTER_AREA))
    steps = eyes.steps([np.asarray(cut, np.uint8) for cut in cuts])
    sight.looks.append([_columns(s, row, sight.width) for s, row in zip(steps, sight.rows, strict=True)])


def _plain(image: Image) -> Image:
    return image


def _grey(image: Image) -> Image:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    low, high = np.percentile(grey, (2, 98))
    spread = np.clip((grey.astype(np.float32) - low) / max(float(high - low), 8.0) * 255, 0, 255).astype(np.uint8)
    return np.repeat(spread[:, :, None], 3, axis=2)


def _smooth(image: Image) -> Image:
    return _grey(np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.uint8))


def _sharp(image: Image) -> Image:
    soft = cv2.GaussianBlur(image, (0, 0), 2.0)
    return _grey(np.asarray(cv2.addWeighted(image, 1.8, soft, -0.8, 0), np.uint8))


WAYS = (
    (1.18, PIXELS_A_PLACE, _grey),
    (1.05, PIXELS_A_PLACE * 0.85, _smooth),
    (1.3, PIXELS_A_PLACE * 1.1, _sharp),
)


def formats_of(sight: Sight) -> tuple[Format, ...]:
    """Return the formats of a sight's rows and width."""
    return tuple(form for form in FORMATS if (form.rows, form.width) == (len(sight.rows), sight.width))
