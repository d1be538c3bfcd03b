"""Channels that refuse, fail in passing, keep silent; and when enough is enough."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from backend.db import db
from backend.jobs import KEY as JOBS
from backend.notify.models import NotifyMessage
from backend.notify.run import back_off
from backend.notify.shelf import Notices
from backend.sealed import KEY
from backend.vault import Vault
from tests.notify.providers import NOON, WEI, World


def test_a_permanent_fault_goes_to_the_next_channel_at_once(world: World) -> None:
    world.customer.plan, world.template.plan = ["permanent"], ["permanent"]
    world.tell()
    world.deliver()
    assert world.outcomes == [("customer", "customer_permanent"), ("template", "template_permanent"), ("sms", "sent")]
    assert (world.row.state, world.row.channel, world.row.tries) == ("sent", "sms", 1)


def test_after_the_last_channel_it_is_given_up(world: World) -> None:
    for provider in (world.customer, world.template, world.sms):
        provider.always = "permanent"
    world.tell()
    world.deliver()
    assert (world.row.state, world.row.ended_at, world.row.last_fault) == ("given_up", NOON, "sms_permanent")
    assert len(world.outcomes) == 3


def test_nobody_can_be_reached_nowhere(world: World) -> None:
    world.customer.open = world.template.open = world.sms.open = False
    world.tell()
    world.deliver()
    assert (world.row.state, world.row.last_fault) == ("given_up", "no_channel")


def test_a_passing_fault_is_tried_again_on_the_same_channel(world: World) -> None:
    world.customer.plan = ["passing"]
    world.tell()
    world.deliver()
    assert (world.row.state, world.row.last_fault) == ("waiting", "customer_passing")
    world.later(seconds=29)
    assert world.deliver() == 0
    world.later(seconds=1)
    assert world.deliver() == 1
    assert world.outcomes == [("customer", "customer_passing"), ("customer", "sent")]


@pytest.mark.parametrize(
    ("tries", "jitter", "seconds"), [(1, 0, 30), (2, 0, 60), (7, 0, 1920), (8, 0, 3600), (900, 0, 3600), (1, 1, 15)]
)
def test_back_off_doubles_up_to_an_hour(tries: int, jitter: float, seconds: float) -> None:
    assert back_off(tries, jitter) == timedelta(seconds=seconds)


def test_a_channel_that_keeps_failing_is_left_for_another(world: World) -> None:
    world.customer.always = "passing"
    world.tell()
    world.until_settled()
    assert [channel for channel, _ in world.outcomes] == ["customer"] * 6 + ["template"]
    assert world.now < NOON + timedelta(hours=1)


def test_it_is_given_up_after_a_day_of_passing_faults(world: World) -> None:
    for provider in (world.customer, world.template, world.sms):
        provider.always = "passing"
    world.tell(WEI)
    world.until_settled()
    assert world.row.state == "given_up"
    assert timedelta(hours=24) < world.row.ended_at - NOON < timedelta(hours=25 + 9), "a night may lie before the end"


def test_a_provider_that_is_down_costs_a_run_three_time_outs(world: World) -> None:
    world.customer.always = "down"
    for n in range(20):
        world.tell(key=str(n))
    assert world.deliver() == 20
    assert len(world.customer.seen) == 3
    assert {row.state for row in world.rows()} == {"waiting"}
    world.customer.always = "ok"
    world.until_settled()
    assert world.times_shown() == 20


def test_a_slow_provider_does_not_hold_the_worker(world: World) -> None:
    clock, signals = iter(range(0, 10_000, 3)), []
    world.app.extensions[JOBS] = SimpleNamespace(signal=signals.append)
    for n in range(30):
        world.tell(key=str(n))
    signals.clear()
    looked_at = world.notifier(elapsed=lambda: float(next(clock))).deliver_due(world.now)
    assert 0 < looked_at < 30
    assert signals == ["deliver"], "the rest is not left to the next minute"
    world.until_settled()
    assert sum(world.customer.shown.values()) == 30
    assert max(world.customer.shown.values()) == 1


def test_urgent_ones_go_first(world: World) -> None:
    world.tell(key="calm")
    world.tell(key="urgent", urgent=True)
    world.deliver()
    assert [sent.id for sent in world.customer.seen] == [2, 1]


def test_proof_of_a_telephone_goes_by_sms_only(world: World) -> None:
    world.tell(sms_only=True)
    world.deliver()
    assert (world.row.channel, world.customer.seen) == ("sms", [])


def test_a_code_is_worthless_when_old(world: World) -> None:
    world.tell(notice="code")
    world.later(minutes=11)
    world.deliver()
    assert (world.row.state, world.row.last_fault, world.times_shown()) == ("given_up", "stale", 0)


def test_an_unknown_notice_waits_for_the_editor_and_not_forever(world: World) -> None:
    world.tell(notice="no-such")
    world.tell(key="good")
    world.deliver()
    assert [(row.state, row.last_fault) for row in world.rows()] == [("waiting", "no_such_notice"), ("sent", None)]
    world.until_settled()
    assert world.rows()[0].state == "given_up"


def test_a_missing_param_is_mended_by_mending_the_file(world: World) -> None:
    path = world.notices._path
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("params: [number]", "params: [number, unit]"), encoding="utf-8")
    world.notices = Notices(path)
    world.tell()
    world.deliver()
    assert world.row.last_fault == "param_missing"
    path.write_text(good + "\n", encoding="utf-8")
    world.until_settled()
    assert world.row.state == "sent"


def test_what_was_sealed_with_another_key_is_given_up_and_holds_nobody_up(world: World) -> None:
    world.tell()
    world.app.extensions[KEY] = Vault("o" * 40, "records")
    world.tell(key="new")
    world.deliver()
    states = db.session.execute(select(NotifyMessage.state, NotifyMessage.last_fault).order_by(NotifyMessage.id)).all()
    assert [tuple(row) for row in states] == [("given_up", "unreadable"), ("sent", None)]


def test_a_fault_of_our_own_holds_nobody_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.tell(key="bad")
    world.tell(key="good")
    send, broken = world.customer.send, [True]

    def breaking(message: object) -> object:
        if broken and broken.pop():
            raise RuntimeError
        return send(message)  # type: ignore[arg-type]

    monkeypatch.setattr(world.customer, "send", breaking)
    world.deliver()
    assert [row.last_fault for row in world.rows()] == ["broken", None]
