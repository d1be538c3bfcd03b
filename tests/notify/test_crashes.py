"""Nothing is lost and nothing is told twice, whatever dies when; and what providers force upon us."""

import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.db import db
from backend.notify.repair import retry
from tests.notify.providers import Killed, Provider, World

STEPS = 14  # before and after each commit of one delivery


def die_at(step: int, world: World, patch: pytest.MonkeyPatch) -> bool:
    """Deliver with a process that dies before (even step) or after (odd) one of its commits."""
    commit, count = db.session.commit, iter(range(10_000))

    def dying() -> None:
        number = next(count)
        if number * 2 == step:
            raise Killed
        commit()
        if number * 2 + 1 == step:
            raise Killed

    with patch.context() as here:
        here.setattr(db.session, "commit", dying)
        return not world.survive(world.deliver)


@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("kind", ["template", "sms"])
def test_a_process_may_die_at_any_step_where_the_provider_remembers(
    world: World, kind: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.customer.open = False
    world.template.open = kind == "template"
    world.tell()
    die_at(step, world, monkeypatch)
    world.later(minutes=6)
    world.until_settled()
    assert (world.times_shown(), world.row.state) == (1, "sent")


@pytest.mark.parametrize("step", range(STEPS))
def test_customer_messages_are_lost_or_doubled_once_at_most(
    world: World, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.template.open = world.sms.open = False
    world.tell(notice="important")
    die_at(step, world, monkeypatch)
    world.later(minutes=6)
    world.until_settled()
    assert world.times_shown() in (1, 2)
    assert world.row.state == "sent"


def test_the_steps_reach_to_the_end_of_a_delivery(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.tell()
    assert die_at(STEPS - 1, world, monkeypatch)
    world.tell(key="another")
    assert not die_at(STEPS, world, monkeypatch)


@pytest.mark.parametrize(
    ("notice", "death", "shown"),
    [
        ("important", "killed before", 1),
        ("important", "killed after", 2),
        ("important", "taken without answer", 2),
        ("casual", "killed before", 0),
        ("casual", "killed after", 1),
        ("casual", "lost without answer", 0),
    ],
)
def test_where_nobody_can_say_the_notice_decides(world: World, notice: str, death: str, shown: int) -> None:
    world.customer.plan = [death]
    world.template.open = world.sms.open = False
    world.tell(notice=notice)
    world.survive(world.deliver)
    world.later(minutes=6)
    world.until_settled()
    assert world.times_shown() == shown
    assert world.row.state == "sent"


def test_an_unsure_decision_goes_on_to_a_provider_that_remembers(world: World) -> None:
    world.customer.plan = ["taken without answer"]
    world.tell()
    world.until_settled()
    assert world.outcomes == [("customer", "unknown"), ("template", "sent")]


def test_what_may_be_repeated_is_repeated_there_and_nowhere_else(world: World) -> None:
    world.customer.open = False
    world.template.plan = ["taken without answer", "passing"]
    world.tell(notice="casual")
    for _ in range(3):
        world.deliver()
        world.later(minutes=2)
    assert world.outcomes == [("template", "settled"), ("template", "template_passing"), ("template", "sent")]
    assert (world.times_shown(), world.row.last_fault) == (1, None)


def test_an_operator_may_send_again_what_ended_in_doubt(world: World) -> None:
    world.template.open = world.sms.open = False
    world.customer.always = "lost without answer"
    world.tell(notice="code")
    world.deliver()
    world.later(minutes=11)
    world.deliver()
    assert world.row.last_fault == "stale"
    world.customer.always = "ok"
    retry(world.row.id, world.now)
    db.session.commit()
    world.deliver()
    assert (world.row.state, world.times_shown()) == ("sent", 1)


def test_it_is_never_shown_a_third_time(world: World) -> None:
    world.customer.always = "taken without answer"
    world.template.open = world.sms.open = False
    world.tell()
    world.until_settled()
    assert (world.times_shown(), world.row.state, world.row.last_fault) == (2, "sent", "unsure")


def test_a_provider_that_cannot_be_asked_yet_is_asked_again(world: World) -> None:
    world.customer.open = world.template.open = False
    world.sms.plan, world.sms.deaf = ["taken without answer"], True
    world.tell()
    for _ in range(4):
        world.deliver()
        world.later(minutes=10)
    assert (world.times_shown(), world.row.state) == (1, "waiting")
    world.sms.deaf = False
    world.until_settled()
    assert (world.times_shown(), world.row.state) == (1, "sent")


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(world: World) -> None:
    world.template.open = world.sms.open = False
    world.tell()
    send = world.customer.send

    def slow(message: Any) -> Any:
        world.customer.send = send  # type: ignore[method-assign]
        world.later(minutes=6)
        world.deliver()  # another worker takes over and settles it
        world.later(minutes=-6)
        return send(message)

    world.customer.send = slow  # type: ignore[method-assign]
    world.deliver()
    assert world.row.tries == 2
    assert world.times_shown() == 2, "a call that lasts longer than its lease: the one duplicate"
    assert world.row.state == "sent"


def test_two_workers_at_once_send_each_message_once(world: World) -> None:
    for n in range(40):
        world.tell(key=str(n))
    db.session.remove()
    lock, shown, started = threading.Lock(), Counter[int](), threading.Barrier(3)

    class Counting(Provider):
        def send(self, message: Any) -> Any:
            with lock:
                shown[message.id] += 1
            return super().send(message)

    world.customer = Counting("customer")

    def work() -> None:
        with world.app.app_context():
            started.wait()
            world.deliver()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.until_settled()
    assert set(shown.values()) == {1}
    assert len(shown) == 40


MEETS = st.sampled_from(
    [
        "ok",
        "passing",
        "permanent",
        "down",
        "taken without answer",
        "lost without answer",
        "killed before",
        "killed after",
    ]
)
PLANS = st.lists(MEETS, max_size=5)
DEATHS = st.lists(st.integers(0, STEPS), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(customer=PLANS, template=PLANS, sms=PLANS, deaths=DEATHS, important=st.booleans(), data=st.data())
def test_whatever_happens_a_message_ends_and_its_copies_are_counted(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    customer: list[str],
    template: list[str],
    sms: list[str],
    deaths: list[int],
    important: bool,
    data: st.DataObject,
) -> None:
    before = world.times_shown()
    for provider, plan in ((world.customer, customer), (world.template, template), (world.sms, sms)):
        provider.plan = list(plan)
        provider.open = data.draw(st.booleans())
    world.tell(notice="important" if important else "casual", key=str(len(world.rows())))
    for step in deaths:
        die_at(step, world, monkeypatch)
        world.later(minutes=6)
    world.until_settled()
    row, shown = world.rows()[-1], world.times_shown() - before
    assert row.state in ("sent", "given_up")
    assert shown <= (2 if important else 1)
    if row.state == "sent" and row.last_fault is None:
        assert shown >= 1, "nothing is lost that its provider could have told of"
    world.customer.shown.clear(), world.template.shown.clear(), world.sms.shown.clear()
