"""What an operator sees of the outbox, and may set right. No contents: ids and codes only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import load_only

from ..db import db
from ..jobs import wake
from .errors import NoSuchMessage
from .ledger import messages, settle_doubts
from .models import AT_ONCE, NotifyMessage, State
from .outbox import JOB

_c = messages.c
_m = NotifyMessage
SHOWN = (_m.notice, _m.recipient_kind, _m.recipient_id, _m.state, _m.channel, _m.tries, _m.last_fault, _m.created_at)


@dataclass(frozen=True)
class Line:
    id: int
    notice: str
    recipient: str  # "citizen:12"
    state: str
    channel: str | None
    tries: int
    last_fault: str | None
    created_at: datetime


def list_messages(*, failed: bool = False, limit: int = 50) -> list[Line]:
    """Return the newest messages; with `failed` those given up or held up by a fault."""
    query = select(NotifyMessage).order_by(NotifyMessage.id.desc()).limit(limit).options(load_only(*SHOWN))
    if failed:
        held_up = (_c.state.in_((State.WAITING, State.LEASED))) & _c.last_fault.is_not(None)
        query = query.where((_c.state == State.GIVEN_UP) | held_up)
    return [_line(message) for message in db.session.scalars(query)]


def _line(message: NotifyMessage) -> Line:
    return Line(
        id=message.id,
        notice=message.notice,
        recipient=f"{message.recipient_kind}:{message.recipient_id}",
        state=message.state,
        channel=message.channel,
        tries=message.tries,
        last_fault=message.last_fault,
        created_at=message.created_at,
    )


def retry(message_id: int, now: datetime) -> None:
    """Put a message that was given up back, with every channel open to it again.

    Raise NoSuchMessage where it was not given up, or its contents are already erased.
    """
    again = {"state": State.WAITING, "not_before": AT_ONCE, "tries": 0, "first_try_at": None}
    again |= {"used_up": "", "last_fault": None, "ended_at": None, "created_at": now}
    given_up = (_c.id == message_id) & (_c.state == State.GIVEN_UP) & _c.params.is_not(None)
    if db.session.execute(update(messages).where(given_up).values(again)).rowcount == 0:  # type: ignore[attr-defined]
        raise NoSuchMessage
    settle_doubts(message_id)
    wake(JOB)
