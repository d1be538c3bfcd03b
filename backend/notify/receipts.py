"""What arrived: reported by a provider, or asked; and the end of what was kept."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Table, delete, insert, select, update

from ..clock import utc_now
from ..db import db, writing
from ..vault import Unreadable
from .channel import Channel, Found, Outgoing
from .errors import BadText, ChannelFault
from .ledger import Job, job_of, messages
from .models import AT_ONCE, NotifyAttempt, NotifyReceipt, NotifyWindow, State

log = structlog.get_logger()

DELIVERED, BLOCKED, FAILED = "delivered", "blocked", "failed"
BATCH = 200
UNMATCHED_KEPT = timedelta(days=1)
ASK_AGAIN, ASK_FOR = timedelta(minutes=10), timedelta(hours=24)
CONTENTS_KEPT = timedelta(days=30)
WINDOWS_KEPT = timedelta(days=3)

reported: Table = NotifyReceipt.__table__  # type: ignore[assignment]
_c = messages.c


def receipt(channel: str, receipt_id: str, status: str, now: datetime | None = None) -> None:
    """Take in a provider's report; the worker enters it within a minute.

    status: "delivered", "blocked" (the person refuses us) or "failed". A report may come
    before we have stored what it reports on, so it is kept and matched afterwards. It has
    its own short transaction: a callback must not fail at its end because of it.
    """
    row = {"channel": channel, "receipt_id": receipt_id[:64], "status": status, "at": now or utc_now()}
    with writing(db.engine) as connection:
        connection.execute(insert(reported).values(row))


def enter(now: datetime) -> int:
    """Enter the reports that match a message, drop those that never will; return how many matched."""
    match = (_c.channel == reported.c.channel) & (_c.receipt_id == reported.c.receipt_id)
    query = select(reported.c.id, reported.c.status, _c.id.label("message_id"), _c.channel, _c.used_up)
    rows = db.session.execute(query.join(messages, match).order_by(reported.c.id).limit(BATCH)).all()
    for row in rows:
        _arrived(row.message_id, row.channel, row.used_up, row.status, now)
        db.session.execute(delete(reported).where(reported.c.id == row.id))
        db.session.commit()
    if rows or _any_unmatched(now):
        db.session.execute(delete(reported).where(reported.c.at < now - UNMATCHED_KEPT))
    db.session.commit()
    return len(rows)


def ask(channels: Sequence[Channel], word: Callable[[Job], Outgoing], now: datetime) -> int:
    """Ask about what was sent some minutes ago and not yet reported; return how many."""
    by_name = {channel.name: channel for channel in channels if channel.asks}
    query = select(_c.id, _c.ask_at).where(_c.state == State.SENT, _c.ask_at <= now).order_by(_c.ask_at).limit(BATCH)
    due = db.session.execute(query).all()
    db.session.commit()
    for row in due:
        # The next time is set first: another worker finds nothing, and a fault costs ten minutes.
        mine = update(messages).where(_c.id == row.id, _c.ask_at == row.ask_at, _c.state == State.SENT)
        if db.session.execute(mine.values(ask_at=now + ASK_AGAIN)).rowcount == 1:  # type: ignore[attr-defined]
            db.session.commit()
            _ask_one(row.id, by_name, word, now)
        db.session.commit()
    return len(due)


def _ask_one(message_id: int, by_name: dict[str, Channel], word: Callable[[Job], Outgoing], now: datetime) -> None:
    try:
        row = db.session.execute(select(messages).where(_c.id == message_id)).one()
    except Unreadable:
        db.session.rollback()
        _stop_asking(message_id)
        return
    db.session.commit()
    channel = by_name.get(row.channel)
    if channel is None or row.sent_at is None or now - row.sent_at > ASK_FOR:
        _stop_asking(message_id)
        return
    try:
        seen = channel.look_up(word(job_of(row, [])), row.sent_at, now)
    except (ChannelFault, BadText) as fault:
        log.warning("receipt_not_asked", channel=channel.name, code=fault.code)
        return
    status = {Found.DELIVERED: DELIVERED, Found.FAILED: FAILED}.get(seen.found)
    if status:
        _arrived(message_id, row.channel, row.used_up, status, now)


def _arrived(message_id: int, channel: str, used_up: str, status: str, now: datetime) -> None:
    """Mark as delivered; what was refused or lost on the way goes on to the next channel."""
    values: dict[str, Any] = {"ask_at": None}
    if status == DELIVERED:
        values |= {"state": State.DELIVERED, "ended_at": now, "last_fault": None}
    else:
        values |= {"state": State.WAITING, "not_before": AT_ONCE, "ended_at": None, "last_fault": status}
        values |= {"used_up": " ".join(sorted({*used_up.split(), channel})), "receipt_id": None}
    # As it was read: another worker may have entered this report, and the next channel may be on its way.
    as_read = (_c.id == message_id, _c.state == State.SENT, _c.channel == channel, _c.used_up == used_up)
    db.session.execute(update(messages).where(*as_read).values(values))
    log.info("message_reported", channel=channel, status=status)


def _stop_asking(message_id: int) -> None:
    db.session.execute(update(messages).where(_c.id == message_id).values(ask_at=None))


def _any_unmatched(now: datetime) -> bool:
    return db.session.scalar(select(reported.c.id).where(reported.c.at < now - UNMATCHED_KEPT).limit(1)) is not None


def forget_old(now: datetime) -> int:
    """Erase addresses and contents of what ended a month ago; the row stays and guards its key."""
    ids = list(db.session.scalars(select(_c.id).where(_c.ended_at < now - CONTENTS_KEPT).limit(BATCH)))
    if ids:
        # ended_at goes too: by it they would be found, and looked at, forever.
        empty: dict[str, Any] = {"address": None, "params": None, "link": None, "ended_at": None}
        db.session.execute(update(messages).where(_c.id.in_(ids)).values(empty))
        db.session.execute(delete(NotifyAttempt).where(NotifyAttempt.message_id.in_(ids)))
    db.session.execute(delete(NotifyWindow).where(NotifyWindow.last_wrote_at < now - WINDOWS_KEPT))
    db.session.commit()
    return len(ids)
