"""Quiet hours, on the clock of Shanghai and over midnight."""

from datetime import datetime, time

import pytest

from backend.notify.quiet import quiet_until
from tests.notify.providers import NIGHT_OWL, World, shanghai

NIGHT, SIESTA = (time(22), time(7)), (time(12), time(14))


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, shanghai(21, 59), None),
        (NIGHT, shanghai(22), shanghai(7, day=24)),
        (NIGHT, shanghai(23, 59), shanghai(7, day=24)),
        (NIGHT, shanghai(0), shanghai(7)),
        (NIGHT, shanghai(6, 59), shanghai(7)),
        (NIGHT, shanghai(7), None),
        (SIESTA, shanghai(12), shanghai(14)),
        (SIESTA, shanghai(14), None),
        (SIESTA, shanghai(23), None),
        ((time(9), time(9)), shanghai(9), None),
        (None, shanghai(3), None),
    ],
)
def test_the_end_of_the_quiet_hours(quiet: tuple | None, now: datetime, until: datetime | None) -> None:
    assert quiet_until(quiet, now) == until


def test_a_night_message_comes_in_the_morning_and_an_urgent_one_at_once(world: World) -> None:
    world.now = shanghai(23, 30)
    world.tell()
    world.tell(key="urgent", urgent=True)
    world.tell(NIGHT_OWL, key="owl")
    world.deliver()
    assert [row.state for row in world.rows()] == ["waiting", "sent", "sent"]
    world.now = shanghai(6, 59, day=24)
    world.deliver()
    assert world.rows()[0].state == "waiting"
    world.now = shanghai(7, 0, day=24)
    world.deliver()
    assert [row.state for row in world.rows()] == ["sent"] * 3


def test_a_retry_respects_the_night_too(world: World) -> None:
    world.now = shanghai(21, 59)
    world.customer.plan = ["passing"]
    world.tell()
    world.deliver()
    world.now = shanghai(22, 5)
    world.deliver()
    assert world.times_shown() == 0
    world.now = shanghai(7, 1, day=24)
    world.deliver()
    assert world.times_shown() == 1
