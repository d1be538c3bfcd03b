"""The door: a picture in, a Reading out, never an exception."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from . import finding
from .eyes import Eyes, Image, eyes
from .formats import Format
from .looking import Sight, first_look, formats_of, look_again
from .pictures import NotAPicture, brightened, open_picture
from .repair import Proof, prove
from .result import Reading
from .sureness import fields_of, sure_of
from .why import why_unproven, why_unread

BUDGET_SECONDS = 6.0  # of the processor
LONGEST_SECONDS = 25.0  # by the clock, where others want the processor too
CLEAN_FIT, POOR_ZONE = -0.05, -0.5  # log likelihood a place
SHANGHAI = ZoneInfo("Asia/Shanghai")
Progress = Callable[[str], None]


class _Clock:
    """Counts what reading one picture has cost."""

    def __init__(self) -> None:
        self._processor, self._wall = time.process_time(), time.monotonic()

    @property
    def is_over(self) -> bool:
        spent = time.process_time() - self._processor
        return spent > BUDGET_SECONDS or time.monotonic() - self._wall > LONGEST_SECONDS


@dataclass
class _Attempt:
    form: Format
    sight: Sight
    proof: Proof
    reading: Reading

    @property
    def complete(self) -> bool:
        """Everything is sure; someone with one name has no given names."""
        reading = self.reading
        return all(
            reading.sure[name] or (name == "given_names" and value is None) for name, value in reading.fields.items()
        )

    @property
    def settled(self) -> bool:
        """Searching elsewhere would find nothing better: rows and check digits fit."""
        return self.complete or (self.sight.fits(CLEAN_FIT) and all(self.proof.checks.values()))

    @property
    def is_a_zone(self) -> bool:
        """Two rows of ordinary print can be cut into places as well; they do not fit."""
        return self.sight.fits(POOR_ZONE) and any(self.proof.checks.values())

    @property
    def proven(self) -> float:
        """The share of check digits that hold."""
        return sum(self.proof.checks.values()) / len(self.proof.checks)

    @property
    def worth(self) -> float:
        return sum(self.reading.sure.values()) + 2.0 * self.proven + self.sight.fit


def read_picture(data: bytes, progress: Progress | None = None, today: date | None = None) -> Reading:
    """Return what the zone in the picture says. progress: told "looking", "reading", "checking" as they come."""
    engine = eyes()
    started = time.monotonic()
    try:
        day = today or datetime.now(UTC).astimezone(SHANGHAI).date()
        reading = _read(engine, open_picture(data), progress or _silent, day)
    except NotAPicture as fault:
        reading = Reading(advice=fault.advice)
    reading.elapsed_ms = round((time.monotonic() - started) * 1000)
    return reading


def _silent(stage: str) -> None:
    """Nobody asked how far it is."""


def _read(engine: Eyes, image: Image, progress: Progress, today: date) -> Reading:
    clock = _Clock()
    progress("looking")
    best: _Attempt | None = None
    for side, treat in _ways_to_search(image):
        if clock.is_over:
            break
        shown = treat(image)
        for attempt in _attempts(engine, shown, side, progress, today):
            if best is None or attempt.worth > best.worth:
                best = attempt
            if best.settled or clock.is_over:
                break
        if best is not None and best.settled:
            break
    progress("checking")
    if best is None or not best.is_a_zone:
        return Reading(advice=why_unread(image))
    if not all(best.proof.checks.values()) or not any(best.reading.sure.values()):
        best.reading.advice = why_unproven(image, best.sight.rows)
    return best.reading


def _attempts(engine: Eyes, image: Image, side: int, progress: Progress, today: date) -> Iterator[_Attempt]:
    """Yield what each promising group of rows says."""
    for group in islice(finding.zones(finding.rows(engine.boxes(image, side))), 4):
        sight = first_look(engine, image, group)
        if sight is not None:
            progress("reading")
            yield _examine(engine, image, sight, today)


def _ways_to_search(image: Image) -> list[tuple[int, Callable[[Image], Image]]]:
    return [(704, _as_is), (min(1280, max(960, *image.shape[:2])), brightened)]


def _as_is(image: Image) -> Image:
    return image


def _examine(engine: Eyes, image: Image, sight: Sight, today: date) -> _Attempt:
    look_again(engine, image, sight, 0)
    attempt = _attempt(sight, today)
    for way in (1, 2):
        if attempt.complete:
            break
        look_again(engine, image, sight, way)
        attempt = _attempt(sight, today)
    return attempt


def _attempt(sight: Sight, today: date) -> _Attempt:
    logs = sight.logs()
    attempts = []
    for form in formats_of(sight):
        proof = prove(form, logs)
        fields = fields_of(form, proof, today)
        sure = sure_of(form, proof, fields, sight)
        reading = Reading(form.name, proof.lines, fields, sure, proof.checks)
        attempts.append(_Attempt(form, sight, proof, reading))
    return min(attempts, key=lambda attempt: attempt.proof.price)
