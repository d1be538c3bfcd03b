"""Photos wait in a table; whoever reads them may die."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.accommodation.models import PhotoReading
from backend.accommodation.readings import LEASE, MAX_TRIES, Readings
from backend.accommodation.service import filled, find_reading, guests_in
from backend.db import db
from tests.cast import NOW, create_citizen, make_draft, rooms


@dataclass
class Read:
    fields: dict[str, str | None] = field(
        default_factory=lambda: {"surname": "ERIKSSON", "sex": "F", "given_names": None}
    )
    sure: dict[str, bool] = field(default_factory=lambda: {"surname": False, "sex": True})
    format: str | None = "TD3"


class StandInReader:
    """Reads everything the same way, tells of its stages, or dies as it is told to."""

    def __init__(self, dies: bool = False):
        self.dies, self.asked = dies, 0

    def read(self, data: bytes, progress: Callable[[str], None] | None = None) -> Any:
        self.asked += 1
        if progress:
            progress("reading")
        if self.dies:
            raise SystemExit("killed")
        return Read()

    def read_lease(self, data: bytes) -> Any:
        return Read({"landlord": "李房东"}, {}, None)


@pytest.fixture
def draft(app: Flask, picture: bytes) -> Any:
    made = make_draft(app, create_citizen(), picture)
    db.session.commit()
    return made


def states() -> list[str]:
    return list(db.session.scalars(select(PhotoReading.state).order_by(PhotoReading.kind)))


def test_every_waiting_photo_is_read_once(app: Flask, draft: Any) -> None:
    reader = StandInReader()
    readings = Readings(rooms(app).files, reader)
    assert (readings.read_waiting(NOW), readings.read_waiting(NOW)) == (2, 0)
    assert states() == ["done", "done"] and reader.asked == 1


def test_a_reader_that_dies_is_tried_three_times(app: Flask, draft: Any) -> None:
    db.session.query(PhotoReading).filter(PhotoReading.kind == "lease").delete()
    db.session.commit()
    readings, now = Readings(rooms(app).files, StandInReader(dies=True)), NOW
    for _ in range(MAX_TRIES):
        with pytest.raises(SystemExit):
            readings.read_waiting(now)
        db.session.rollback()
        assert readings.read_waiting(now) == 0  # still leased to the one that died
        now += LEASE + timedelta(seconds=1)
    assert readings.read_waiting(now) == 0
    db.session.commit()
    assert states() == ["failed"]


def test_what_was_typed_lies_over_what_was_read(app: Flask, draft: Any) -> None:
    Readings(rooms(app).files, StandInReader()).read_waiting(NOW)
    guest = next(iter(guests_in(draft.form).values()))
    reading = find_reading(guest["passport_file"])
    typed = filled({"sex": "M"}, reading)
    assert (typed["surname"], typed["sex"], typed["unsure"]) == ("ERIKSSON", "M", ["surname"])
    assert filled({"surname": "ERICSSON"}, reading)["unsure"] == []
    assert filled({"checked": True}, reading)["unsure"] == []
