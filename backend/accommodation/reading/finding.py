"""Finds, among the boxes of writing in a picture, those that can be a machine-readable zone: two or three long rows,
parallel, one under the other, of the same length."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .eyes import Image

Floats = NDArray[np.float64]
LONG_ASPECT = 9.0  # a row of 30 places is at least about this much longer than high
SEED_ASPECT = 4.0  # a box this long shows its direction
GAP_HEIGHTS = 12.0  # fillers that were not seen as writing leave a gap
MARGIN = 0.45  # heights added at both ends of a row


@dataclass(frozen=True, eq=False)
class Row:
    """A row of writing: its middle line from `start` to `end` (pixels, in reading direction or against), its height."""

    start: Floats
    end: Floats
    height: float

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.end - self.start))

    @property
    def along(self) -> Floats:
        return (self.end - self.start) / max(self.length, 1e-9)

    @property
    def middle(self) -> Floats:
        return (self.start + self.end) / 2

    def turned(self) -> "Row":
        return Row(self.end, self.start, self.height)

    def off(self, point: Floats) -> float:
        """Return how far `point` lies below the row (negative: above)."""
        x, y = self.along
        return float(np.dot(point - self.start, np.array([-y, x])))

    def at(self, point: Floats) -> float:
        """Return how far along the row `point` lies."""
        return float(np.dot(point - self.start, self.along))


def rows(boxes: Floats) -> list[Row]:
    """Return the rows in `boxes`, longest first; boxes that lie on one line are one row."""
    single = sorted((_row(box) for box in boxes), key=lambda row: -row.length)
    found: list[Row] = []
    used: set[int] = set()
    for number, seed in enumerate(single):
        if number in used or seed.length < SEED_ASPECT * seed.height:
            continue
        joined, members = _joined(seed, [(n, r) for n, r in enumerate(single) if n not in used])
        used |= members
        found.append(joined)
    return sorted(found, key=lambda row: -row.length)


def _row(box: Floats) -> Row:
    sides = np.linalg.norm(np.roll(box, -1, axis=0) - box, axis=1)
    if sides[0] + sides[2] < sides[1] + sides[3]:
        box, sides = np.roll(box, -1, axis=0), np.roll(sides, -1)
    start, end = (box[0] + box[3]) / 2, (box[1] + box[2]) / 2
    if (end - start)[np.argmax(np.abs(end - start))] < 0:
        start, end = end, start
    return Row(start, end, float(sides[1] + sides[3]) / 2)


def _joined(seed: Row, others: list[tuple[int, Row]]) -> tuple[Row, set[int]]:
    members: set[int] = set()
    row = seed
    for _ in range(2):  # twice: what was joined may reach the next
        for number, other in sorted(others, key=lambda each: abs(seed.at(each[1].middle) - seed.length / 2)):
            if other is seed or (number not in members and _continues(row, other)):
                members.add(number)
                row = _with(row, other)
    return row, members


def _continues(row: Row, other: Row) -> bool:
    if not 0.55 < other.height / row.height < 1.7 or abs(row.off(other.middle)) > 0.5 * row.height:
        return False
    if other.length > 3 * other.height and abs(float(np.dot(row.along, other.along))) < 0.985:
        return False
    near, far = sorted((row.at(other.start), row.at(other.end)))
    return max(near - row.length, -far) < GAP_HEIGHTS * row.height


def _with(row: Row, other: Row) -> Row:
    """Return `row` reaching over `other` too; the longer of both gives the direction."""
    points = sorted((row.start, row.end, other.start, other.end), key=row.at)
    return Row(points[0], points[-1], row.height)


def zones(found: list[Row]) -> Iterator[list[Row]]:
    """Yield groups of two or three rows that can be a zone, likeliest first, from top to bottom (or the opposite)."""
    long = [row for row in found if row.length > LONG_ASPECT * row.height][:12]
    groups: dict[frozenset[int], list[Row]] = {}
    for n, a in enumerate(long):
        for b in [row for row in long[n + 1 :] if _paired(a, row)]:
            for group in [[a, b], *([a, b, c] for c in found[:20] if c not in (a, b) and _third(a, b, c))]:
                groups[frozenset(map(id, group))] = group
    for group in sorted(groups.values(), key=lambda group: -_promise(group)):
        yield _ordered(group)


def _paired(a: Row, b: Row) -> bool:
    """Tell whether two rows (a the longer) lie one under the other like rows of one zone."""
    if abs(float(np.dot(a.along, b.along))) < 0.99 or not 0.6 < a.height / b.height < 1.7:
        return False
    apart = abs(a.off(b.middle)) / max(a.height, b.height)
    near, far = sorted((a.at(b.start), a.at(b.end)))
    inside = (min(far, a.length) - max(near, 0)) / (far - near)
    return 0.5 < apart < 4.0 and inside > 0.85 and b.length > 0.3 * a.length


def _third(a: Row, b: Row, c: Row) -> bool:
    if not (_paired(*sorted((a, c), key=lambda r: -r.length)) or _paired(*sorted((b, c), key=lambda r: -r.length))):
        return False
    offs = sorted((0.0, a.off(b.middle), a.off(c.middle)))
    gaps = [second - first for first, second in pairwise(offs)]
    return min(gaps) > 0.6 * max(gaps) and abs(float(np.dot(a.along, c.along))) > 0.985


def _ordered(group: list[Row]) -> list[Row]:
    first = max(group, key=lambda row: row.length)
    ordered = sorted(_even(group), key=lambda row: first.off(row.middle))
    apart = min(abs(first.off(a.middle) - first.off(b.middle)) for a, b in pairwise(ordered))
    return [Row(row.start, row.end, min(row.height, apart)) for row in ordered]  # a box may reach into the next row


def _even(group: list[Row]) -> list[Row]:
    """Bring rows whose fillers were partly overlooked to the length of the longest."""
    longest = max(group, key=lambda row: row.length)
    evened = []
    for row in group:
        start, end = row.at(longest.start), row.at(longest.end)
        slack = 0.05 * longest.length
        begin = row.start + row.along * start if start < -slack else row.start
        finish = row.start + row.along * end if end > row.length + slack else row.end
        evened.append(Row(begin, finish, row.height))
    return evened


def _promise(group: list[Row]) -> float:
    """Return how likely the group is a zone: long rows for their height, all as long and as high; three before two."""
    aspects = [row.length / row.height for row in group]
    lengths, heights = [row.length for row in group], [row.height for row in group]
    even = min(lengths) / max(lengths) * (min(heights) / max(heights)) ** 0.5
    return min(float(np.mean(aspects)), 34.0) * even * (1.4 if len(group) == 3 else 1.0)


def cut_out(image: Image, row: Row, taller: float = 1.0, pixels_high: int | None = None) -> Image:
    """Return the row as a level picture, MARGIN heights more at both ends."""
    high = row.height * 1.08 * taller
    x, y = row.along
    across = np.array([-y, x]) * high / 2
    start, end = row.start - row.along * MARGIN * row.height, row.end + row.along * MARGIN * row.height
    corners = np.array([start - across, end - across, end + across, start + across], np.float32)
    out = pixels_high or max(24, min(96, round(high)))
    width = round((row.length + 2 * MARGIN * row.height) * out / high)
    to = np.array([[0, 0], [width, 0], [width, out], [0, out]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, to)
    cut = cv2.warpPerspective(image, matrix, (width, out), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)
