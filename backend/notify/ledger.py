"""The moves of a message, each one conditional statement in its own short transaction.

A statement that changes no row means that another worker was faster, or that our lease
ran out and somebody else has the message now. The rules that use these moves are in
`delivery.py`. Every move commits: nothing foreign happens inside a transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, and_, func, insert, or_, select, update

from ..db import db
from ..vault import Unreadable
from .address import To
from .models import NotifyAttempt, NotifyMessage, State

UNSURE = "unsure"
UNKNOWN = "unknown"
SETTLED = "settled"
messages: Table = NotifyMessage.__table__  # type: ignore[assignment]
attempts: Table = NotifyAttempt.__table__  # type: ignore[assignment]
_c = messages.c


@dataclass(frozen=True)
class Try:
    """One attempt as it was recorded. outcome: None where a process died over it."""

    id: int
    channel: str
    at: datetime
    outcome: str | None


@dataclass(frozen=True)
class Job:
    """A message this worker holds. tries: the fence; who holds an older number has lost it."""

    id: int
    tries: int
    key: str
    notice: str
    to: To
    params: dict[str, str]
    link: str
    urgent: bool
    sms_only: bool
    created_at: datetime
    first_try_at: datetime | None
    used_up: frozenset[str]
    last_fault: str | None
    tried: list[Try] = field(default_factory=list)

    @property
    def doubt(self) -> Try | None:
        """The first try of which nobody knows whether it was taken."""
        return next((tried for tried in self.tried if tried.outcome in (None, UNSURE)), None)


def due_ids(now: datetime, limit: int) -> list[int]:
    """Return what is due, urgent and old ones first: waiting ones, and those whose worker is gone."""
    waiting = and_(_c.state == State.WAITING, _c.not_before <= now)
    abandoned = and_(_c.state == State.LEASED, _c.lease_until <= now)
    query = select(_c.id).where(or_(waiting, abandoned)).order_by(_c.urgent.desc(), _c.id).limit(limit)
    found = list(db.session.scalars(query))
    db.session.commit()
    return found


def claim(message_id: int, now: datetime, lease_until: datetime) -> Job | None:
    """Take the message for this worker; None where another one has."""
    waiting = and_(_c.state == State.WAITING, _c.not_before <= now)
    abandoned = and_(_c.state == State.LEASED, _c.lease_until <= now)
    taken = (
        update(messages)
        .where(_c.id == message_id, or_(waiting, abandoned))
        .values(state=State.LEASED, lease_until=lease_until, tries=_c.tries + 1)
    )
    if _changed(taken) == 0:
        return None
    try:
        row = db.session.execute(select(messages).where(_c.id == message_id)).one()
        tried = db.session.execute(select(attempts).where(attempts.c.message_id == message_id).order_by(attempts.c.id))
        return job_of(row, [Try(t.id, t.channel, t.at, t.outcome) for t in tried])
    except Unreadable:  # written under another secret key: nobody can send it any more
        db.session.rollback()
        _changed(update(messages).where(_c.id == message_id).values(_ended(State.GIVEN_UP, now, "unreadable")))
        return None
    finally:
        db.session.commit()


def begin(job: Job, channel: str, at: datetime) -> int | None:
    """Record that a try is about to be made; None where the message is no longer ours."""
    ours = update(messages).where(*_held(job))
    first = func.coalesce(_c.first_try_at, at, type_=_c.first_try_at.type)
    if db.session.execute(ours.values(channel=channel, first_try_at=first)).rowcount == 0:  # type: ignore[attr-defined]
        db.session.rollback()
        return None
    made = db.session.execute(
        insert(attempts).values(message_id=job.id, try_no=job.tries, channel=channel, at=at).returning(attempts.c.id)
    ).scalar_one()
    db.session.commit()
    return int(made)


def note_outcome(attempt_id: int, outcome: str) -> None:
    """Say how a try ended; the move of the message that follows from it commits both.

    Apart they could lie: a process that dies in between would leave a try that is known to
    be sent, and a message that is not.
    """
    db.session.execute(update(attempts).where(attempts.c.id == attempt_id).values(outcome=outcome))


def settle_doubts(message_id: int, outcome: str = SETTLED) -> None:
    """End the doubt about earlier tries; committed with the move that does so."""
    doubtful = attempts.c.outcome.is_(None) | (attempts.c.outcome == UNSURE)
    db.session.execute(update(attempts).where(attempts.c.message_id == message_id, doubtful).values(outcome=outcome))


def use_up(job: Job, channels: frozenset[str], fault: str) -> None:
    """Never try these channels again for this message."""
    _changed(update(messages).where(*_held(job)).values(used_up=" ".join(sorted(channels)), last_fault=fault))


def mark_sent(job: Job, channel: str, at: datetime, receipt_id: str | None, ask_at: datetime | None) -> bool:
    """The provider has it; False where the message is no longer ours. Earlier doubts are settled with it."""
    settle_doubts(job.id)
    values = _ended(State.SENT, at, None) | {"channel": channel, "sent_at": at, "receipt_id": receipt_id}
    return _changed(update(messages).where(*_held(job)).values(values | {"ask_at": ask_at})) == 1


def end(job: Job, state: State, at: datetime, fault: str | None) -> None:
    _changed(update(messages).where(*_held(job)).values(_ended(state, at, fault)))


def rest(job: Job, until: datetime, fault: str | None = None) -> None:
    """Put the message back until then."""
    values: dict[str, Any] = {"state": State.WAITING, "not_before": until, "lease_until": None}
    if fault:
        values["last_fault"] = fault
    _changed(update(messages).where(*_held(job)).values(values))


def _held(job: Job) -> tuple[Any, ...]:
    return (_c.id == job.id, _c.state == State.LEASED, _c.tries == job.tries)


def _ended(state: State, at: datetime, fault: str | None) -> dict[str, Any]:
    return {"state": state, "ended_at": at, "lease_until": None, "last_fault": fault, "ask_at": None}


def _changed(statement: Any) -> int:
    done: int = db.session.execute(statement).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return done


def job_of(row: Row[Any], tried: list[Try]) -> Job:
    return Job(
        id=row.id,
        tries=row.tries,
        key=row.key,
        notice=row.notice,
        to=To.from_json(row.recipient_kind, row.recipient_id, row.address),
        params=row.params,
        link=row.link or "",
        urgent=row.urgent,
        sms_only=row.sms_only,
        created_at=row.created_at,
        first_try_at=row.first_try_at,
        used_up=frozenset(row.used_up.split()),
        last_fault=row.last_fault,
        tried=tried,
    )
