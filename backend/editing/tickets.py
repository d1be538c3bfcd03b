"""Questions for a human: opened from the conversation, answered at the desk, told to the citizen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from ..clock import SHANGHAI
from ..consult.normalise import normalise
from ..consult.reply import Reply
from ..db import db, insert_into, writing
from ..identity.permissions import ensure
from ..identity.service import Officer, citizen_for_openid, record
from ..notify.service import tell
from ..sealed import key_of
from ..text import shorten
from .errors import BadAnswer, NoSuchTicket, TicketTaken
from .hearing import LASTS, is_unsure
from .models import LastAsked, Ticket, TicketState
from .permissions import may_answer_tickets

log = structlog.get_logger()
KEPT = timedelta(days=180)
MOST_A_DAY = 5  # of one person; the telephone stands in every answer
LONGEST = 1000
LONGEST_ANSWER = 500  # with the question within one message of WeChat (2,047 bytes)
TOLD_QUESTION = 60  # characters of the question in the notice


def open_ticket(reply: Reply, *, who: str, openid: str, now: datetime) -> bool:
    """Make a ticket where a human is wanted; return True if there is one now.

    In a transaction of its own: WeChat's answer may be made by a thread nobody commits for. The
    same question of the same person a day is one ticket, so that a repeated callback makes no
    second. False where no question can be found that a human could answer, and where the database
    fails: the answer with the telephone must reach the citizen all the same.
    """
    if reply.kind != "handoff":
        return False
    try:
        return _open(reply, who, openid, now)
    except SQLAlchemyError:
        log.error("ticket_not_kept", exc_info=True)
        return False


def _open(reply: Reply, who: str, openid: str, now: datetime) -> bool:
    with writing(db.engine) as connection:
        asked = _question(connection, reply, who, now)
        if asked is None:
            return False
        question, lang, matter = asked
        values = _row(question, lang, matter, openid, now)
        if _opened_today(connection, openid, now) >= MOST_A_DAY:
            return False
        connection.execute(insert_into(Ticket).values(values).on_conflict_do_nothing(index_elements=["key"]))
    return True


def _question(connection: Any, reply: Reply, who: str, now: datetime) -> tuple[str, str, str | None] | None:
    """Return question, language and nearest matter: this message, or the one before the wish for a human."""
    if is_unsure(reply):
        return reply.question, reply.lang, reply.candidates[0].matter if reply.candidates else None
    wanted = select(LastAsked.question, LastAsked.lang, LastAsked.matter)
    row = connection.execute(wanted.where(LastAsked.who == who, LastAsked.at > now - LASTS)).one_or_none()
    return (row.question, row.lang, row.matter) if row else None


def _row(question: str, lang: str, matter: str | None, openid: str, now: datetime) -> dict[str, Any]:
    day = now.astimezone(SHANGHAI).date().isoformat()
    return {
        "key": key_of("ticket", f"{_person(openid, day)}\n{normalise(question)}"), "question": question[:LONGEST],
        "lang": "zh" if lang == "zh" else "en", "openid": openid, "matter": matter, "state": TicketState.OPEN,
        "asked_at": now, "version": 1,
    }  # fmt: skip


def _person(openid: str, day: str) -> str:
    return f"{openid}\n{day}"


def _opened_today(connection: Any, openid: str, now: datetime) -> int:
    """Count the person's tickets since midnight. Sealed openids cannot be searched; a day's tickets are few."""
    since = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = connection.execute(select(Ticket.openid).where(Ticket.asked_at >= since)).scalars()
    return sum(1 for found in rows if found == openid)


def list_tickets(state: TicketState, limit: int = 100) -> Sequence[Ticket]:
    """Return the tickets of a state: open ones the oldest first, others the latest first."""
    order = Ticket.asked_at.asc() if state is TicketState.OPEN else Ticket.done_at.desc()
    return db.session.scalars(select(Ticket).where(Ticket.state == state).order_by(order).limit(limit)).all()


def count_open() -> int:
    return db.session.scalar(select(func.count()).where(Ticket.state == TicketState.OPEN)) or 0


def get_ticket(ticket_id: int) -> Ticket:
    """Raise NoSuchTicket."""
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        raise NoSuchTicket
    return ticket


def answer_ticket(officer: Officer, ticket: Ticket, answer: str, now: datetime) -> None:
    """Send the officer's reply to the citizen. Raise BadAnswer, TicketTaken, Forbidden."""
    ensure(may_answer_tickets(officer))
    answer = answer.strip()
    if not 2 <= len(answer) <= LONGEST_ANSWER:
        raise BadAnswer
    _finish(officer, ticket, TicketState.ANSWERED, now)
    ticket.answer = answer
    citizen = citizen_for_openid(ticket.openid, ticket.lang)
    params = {"question": shorten(ticket.question, TOLD_QUESTION), "answer": answer}
    tell(citizen.to(), "ticket-answered", params, key=f"ticket:{ticket.id}", link=_link(ticket), now=now)


def close_ticket(officer: Officer, ticket: Ticket, now: datetime) -> None:
    """Put a ticket aside that needs no reply. Raise TicketTaken, Forbidden."""
    ensure(may_answer_tickets(officer))
    _finish(officer, ticket, TicketState.CLOSED, now)


def _finish(officer: Officer, ticket: Ticket, state: TicketState, now: datetime) -> None:
    if ticket.state != TicketState.OPEN:
        raise TicketTaken
    ticket.state, ticket.done_by, ticket.done_at = state, officer.id, now
    db.session.flush()  # two officers at once: the version column lets one through
    record(officer.actor(), f"ticket.{state.value}", f"ticket:{ticket.id}")


def _link(ticket: Ticket) -> str:
    return f"/m/{ticket.matter}" if ticket.matter else ""


def forget_tickets(now: datetime) -> int:
    """Drop tickets that were done with half a year ago. A job."""
    gone = delete(Ticket).where(Ticket.state != TicketState.OPEN, Ticket.done_at < now - KEPT)
    return int(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]
