"""A question for a human: when a ticket is opened, who may answer, and that the citizen is told once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.db import db
from backend.editing.errors import BadAnswer, NoSuchTicket, TicketTaken
from backend.editing.hearing import Ear
from backend.editing.models import Ticket, TicketState
from backend.editing.tickets import (
    MOST_A_DAY,
    answer_ticket,
    close_ticket,
    count_open,
    forget_tickets,
    get_ticket,
    list_tickets,
    open_ticket,
)
from backend.errors import Forbidden
from backend.identity.service import Officer, OfficerRole
from backend.notify.models import NotifyMessage
from tests.editing.conftest import NOW, make_officer, reply

WHO, OPENID = "f" * 64, "o-citizen"
LOST = reply("我家鹦鹉要不要登记", "handoff", confidence=0.2)
HUMAN = reply("转人工", "handoff", confidence=0.95)


@pytest.fixture
def ear(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Ear:
    monkeypatch.setattr("backend.editing.hearing.utc_now", lambda: NOW)
    ear = Ear(app.app_context)
    ear._started = True
    return ear


def opened() -> list[Ticket]:
    db.session.expire_all()
    return list(db.session.scalars(select(Ticket)))


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    assert open_ticket(LOST, who=WHO, openid=OPENID, now=NOW)
    return opened()[0]


def test_what_nobody_understood_becomes_a_ticket(ticket: Ticket) -> None:
    assert (ticket.question, ticket.openid, ticket.state) == ("我家鹦鹉要不要登记", OPENID, TicketState.OPEN)
    raw = db.session.execute(text("SELECT question, openid FROM editing_ticket")).one()
    assert "鹦鹉".encode() not in raw[0] and OPENID.encode() not in raw[1]
    assert count_open() == 1 and list_tickets(TicketState.OPEN) == [ticket]


def test_the_wish_for_a_human_takes_the_question_before_it(ear: Ear) -> None:
    ear.hear(WHO, reply("狗要打几针", "clarify", confidence=0.3, matter=None))
    ear.hear(WHO, HUMAN)
    ear.flush()
    assert open_ticket(HUMAN, who=WHO, openid=OPENID, now=NOW + timedelta(minutes=5))
    assert [(t.question, t.matter) for t in opened()] == [("狗要打几针", "dog-licence")]


@pytest.mark.parametrize("minutes", [16, 600])
def test_without_a_question_there_is_no_ticket(ear: Ear, minutes: int) -> None:
    ear.hear(WHO, reply("狗要打几针"))
    ear.flush()
    assert not open_ticket(HUMAN, who="0" * 64, openid="o-other", now=NOW)
    assert not open_ticket(HUMAN, who=WHO, openid=OPENID, now=NOW + timedelta(minutes=minutes))
    assert not open_ticket(reply("狗证多少钱"), who=WHO, openid=OPENID, now=NOW)
    assert opened() == []


def test_a_repeated_callback_makes_no_second_ticket(ticket: Ticket) -> None:
    assert open_ticket(LOST, who=WHO, openid=OPENID, now=NOW + timedelta(seconds=5))
    assert len(opened()) == 1


def test_one_person_opens_only_so_many_a_day(app: Flask) -> None:
    asked = [
        open_ticket(reply(f"问题{n}", "handoff", confidence=0.1), who=WHO, openid=OPENID, now=NOW) for n in range(7)
    ]
    assert asked == [True] * MOST_A_DAY + [False] * 2
    assert open_ticket(LOST, who=WHO, openid="o-other", now=NOW)
    assert open_ticket(LOST, who=WHO, openid=OPENID, now=NOW + timedelta(days=1))


@pytest.mark.parametrize("role", [OfficerRole.EDITOR, OfficerRole.WINDOW_CLERK])
def test_the_reply_goes_to_the_citizen(ticket: Ticket, role: OfficerRole) -> None:
    officer = make_officer("clerk-1", role)
    answer_ticket(officer, ticket, " 鹦鹉不用登记。 ", NOW)
    db.session.commit()
    told = db.session.scalars(select(NotifyMessage)).one()
    assert told.notice == "ticket-answered" and told.recipient_kind == "citizen"
    assert told.params == {"question": "我家鹦鹉要不要登记", "answer": "鹦鹉不用登记。"}
    assert (ticket.state, ticket.done_by) == (TicketState.ANSWERED, officer.id)


@pytest.mark.parametrize("role", [r for r in OfficerRole if r not in (OfficerRole.EDITOR, OfficerRole.WINDOW_CLERK)])
def test_others_may_not_answer(ticket: Ticket, role: OfficerRole) -> None:
    with pytest.raises(Forbidden):
        answer_ticket(make_officer("other-1", role), ticket, "不用。", NOW)
    with pytest.raises(Forbidden):
        close_ticket(make_officer("other-2", role), ticket, NOW)


def test_a_ticket_is_answered_once(ticket: Ticket, first: Officer, second: Officer) -> None:
    answer_ticket(first, ticket, "不用登记。", NOW)
    with pytest.raises(TicketTaken):
        answer_ticket(second, ticket, "要登记。", NOW)
    with pytest.raises(TicketTaken):
        close_ticket(second, ticket, NOW)


@pytest.mark.parametrize("answer", ["", " ", "好", "长" * 501])
def test_an_answer_has_words(ticket: Ticket, first: Officer, answer: str) -> None:
    with pytest.raises(BadAnswer):
        answer_ticket(first, ticket, answer, NOW)
    assert ticket.state == TicketState.OPEN


def test_a_longest_answer_fits_one_message_of_wechat() -> None:
    from backend.config import ROOT
    from backend.notify.service import Notices

    notice = Notices(ROOT / "knowledge" / "notices.yaml").get("ticket-answered")
    said = notice.zh.text.format(question="问" * 60, answer="答" * 500)
    assert len(f"{notice.zh.title}\n{said}\nhttps://police.example.org/m/id-card-renew".encode()) <= 2047


def test_what_is_done_with_is_forgotten_after_half_a_year(ticket: Ticket, first: Officer) -> None:
    assert forget_tickets(NOW + timedelta(days=400)) == 0
    close_ticket(first, ticket, NOW)
    assert forget_tickets(NOW + timedelta(days=179)) == 0
    assert forget_tickets(NOW + timedelta(days=181)) == 1
    with pytest.raises(NoSuchTicket):
        get_ticket(10**6)


def test_a_database_that_fails_costs_no_answer(app: Flask) -> None:
    db.drop_all()
    assert not open_ticket(LOST, who=WHO, openid=OPENID, now=NOW)
    assert not open_ticket(HUMAN, who=WHO, openid=OPENID, now=NOW)
