"""What arrived, reported early, late, twice, or asked; and what is erased in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.db import db
from backend.notify.channel import Found
from backend.notify.models import NotifyAttempt, NotifyReceipt
from backend.notify.receipts import receipt
from tests.notify.providers import World


def report(world: World, channel: str, receipt_id: str, status: str = "delivered") -> None:
    receipt(channel, receipt_id, status, world.now)


def waiting_reports() -> int:
    return db.session.scalar(select(func.count()).select_from(NotifyReceipt)) or 0


def test_a_report_makes_it_delivered(world: World) -> None:
    world.tell()
    world.deliver()
    report(world, "customer", "receipt-1")
    report(world, "customer", "receipt-1")
    world.deliver()
    assert (world.row.state, waiting_reports()) == ("delivered", 0)


def test_a_report_may_come_before_our_own_record(world: World) -> None:
    report(world, "customer", "receipt-1")
    world.tell()
    world.deliver()
    assert world.row.state == "sent"
    world.deliver()
    assert world.row.state == "delivered"


@pytest.mark.parametrize("status", ["blocked", "failed"])
def test_what_did_not_arrive_goes_by_the_next_channel(world: World, status: str) -> None:
    world.tell()
    world.deliver()
    report(world, "customer", "receipt-1", status)
    world.deliver()
    assert (world.row.state, world.row.channel, world.row.used_up) == ("sent", "template", "customer")
    report(world, "customer", "receipt-1", "failed")
    world.deliver()
    assert world.row.channel == "template", "a late repeat of an old report means nothing"


def test_reports_that_match_nothing_are_dropped_after_a_day(world: World) -> None:
    report(world, "template", "somebody-elses")
    world.deliver()
    assert waiting_reports() == 1
    world.later(hours=25)
    world.deliver()
    assert waiting_reports() == 0


def test_a_report_of_another_channel_is_not_ours(world: World) -> None:
    world.tell()
    world.deliver()
    report(world, "template", "receipt-1")
    world.deliver()
    assert world.row.state == "sent"


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([Found.DELIVERED], "delivered"),
        ([Found.TAKEN, Found.DELIVERED], "delivered"),
        ([Found.FAILED], "given_up"),
        ([Found.TAKEN] * 200, "sent"),
        ([Found.ABSENT] * 200, "sent"),
    ],
)
def test_sms_are_asked_about_for_a_day(world: World, answers: list[Found], state: str) -> None:
    world.tell(sms_only=True)
    world.deliver()
    world.sms.look_ups = answers
    asked = 0
    for _ in range(160):
        world.later(minutes=10)
        asked += world.notifier().ask_receipts(world.now)
        world.deliver()
    assert world.row.state == state
    assert asked <= 24 * 6 + 1
    assert world.times_shown() == 1


def test_a_deaf_provider_is_asked_again_later(world: World) -> None:
    world.tell(sms_only=True)
    world.deliver()
    world.later(minutes=2)
    world.sms.deaf = True
    assert world.notifier().ask_receipts(world.now) == 1
    assert world.notifier().ask_receipts(world.now) == 0
    world.later(minutes=10)
    world.sms.deaf, world.sms.look_ups = False, [Found.DELIVERED]
    world.notifier().ask_receipts(world.now)
    assert world.row.state == "delivered"


def test_contents_are_erased_after_a_month_and_the_key_stays_guarded(world: World) -> None:
    world.tell()
    world.deliver()
    world.later(days=29)
    assert world.notifier().forget_old(world.now) == 0
    world.now += timedelta(days=2)
    assert world.notifier().forget_old(world.now) == 1
    assert (world.row.address, world.row.params, world.row.link) == (None, None, None)
    assert db.session.scalar(select(func.count()).select_from(NotifyAttempt)) == 0
    world.tell()
    world.deliver()
    assert world.times_shown() == 1
