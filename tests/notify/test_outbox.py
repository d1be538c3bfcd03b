"""Writing a message: with its change or not at all, once, and unreadable in the database."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.db import db
from backend.notify.address import To
from backend.notify.outbox import tell
from tests.notify.providers import NOON, WEI, World


def test_what_is_rolled_back_is_never_sent(world: World) -> None:
    tell(WEI, "important", {"number": "N1"}, key="k", now=NOON)
    db.session.rollback()
    assert world.deliver() == 0
    assert world.times_shown() == 0


def test_a_committed_message_reaches_the_person_in_their_language(world: World) -> None:
    english = To("citizen", 3, "oAnn", "+447700900123", lang="en")
    world.tell(english, link="/my/cases/N1")
    assert world.deliver() == 1
    (sent,) = world.customer.seen
    assert (sent.title, sent.text, sent.link) == ("Title", "Number N1", "https://police.example.cn/my/cases/N1")
    assert (sent.to, sent.sms_template) == (english, "SMS_200000000")
    assert (world.row.state, world.row.channel, world.row.sent_at) == ("sent", "customer", NOON)


def test_told_twice_is_one_message_and_does_not_spoil_the_transaction(world: World) -> None:
    world.tell()
    tell(WEI, "important", {"number": "N1"}, key="k", now=NOON)
    tell(WEI, "important", {"number": "N1"}, key="another", now=NOON)
    db.session.commit()
    assert [row.key for row in world.rows()] == ["k", "another"]
    world.deliver()
    world.tell()
    world.deliver()
    assert world.times_shown() == 2


def test_two_processes_may_tell_the_same_at_once(world: World) -> None:
    started, failed = threading.Barrier(4), []

    def work() -> None:
        with world.app.app_context():
            started.wait()
            try:
                world.tell()
            except Exception as fault:
                failed.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert world.row.key == "k"


def test_two_people_are_told_of_one_thing(world: World) -> None:
    world.tell()
    world.tell(To("officer", 1, None, "+8613800000009"))
    world.deliver()
    assert {(row.recipient_kind, row.state) for row in world.rows()} == {("citizen", "sent"), ("officer", "sent")}


def test_nothing_personal_can_be_read_in_the_table(world: World) -> None:
    world.tell(link="/my/cases/SECRET7")
    row = db.session.execute(text("SELECT address, params, link FROM notify_message")).one()
    raw = b"".join(bytes(value) for value in row)
    assert not any(told in raw for told in (b"oWei", b"13800000001", b"N1", b"SECRET7"))


def test_it_waits_for_its_moment(world: World) -> None:
    world.tell(not_before=NOON + timedelta(hours=2))
    assert world.deliver() == 0
    world.later(hours=2)
    assert world.deliver() == 1


@pytest.mark.parametrize("quiet", [None, WEI.quiet])
def test_an_address_survives_its_storage(quiet: tuple | None) -> None:
    to = To("officer", 7, None, "+8613800000001", "en", quiet)
    assert To.from_json("officer", 7, to.as_json()) == to
