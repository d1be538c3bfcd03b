"""The room's tables: the outbox, what was tried, what providers reported, who may be written to."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment
from ..sealed import SealedJson, SealedText

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # always past, whatever clock a test has set


class State(StrEnum):
    """Where a message is. `sent`: its provider took it; `delivered`: its provider says it arrived."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class NotifyMessage(Base):
    """One message to one person.

    key: what happened, so that telling it twice is one message. channel: the last one
    tried. used_up: names of channels that will not be tried again, separated by spaces.
    tries: counts claims, and fences off a worker whose lease has run out. not_before: the
    next attempt. ask_at: when the provider is asked next whether it arrived.
    address, params, link, ended_at: erased a month after the end; the row stays and guards its key.
    """

    __tablename__ = "notify_message"
    __table_args__ = (
        UniqueConstraint("key", "recipient_kind", "recipient_id"),
        Index("ix_notify_message_due", "state", "not_before"),
        Index("ix_notify_message_receipt", "channel", "receipt_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(160))
    recipient_kind: Mapped[str] = mapped_column(String(16))
    recipient_id: Mapped[int] = mapped_column(Integer)
    notice: Mapped[str] = mapped_column(String(64))
    address: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    params: Mapped[dict[str, str] | None] = mapped_column(SealedJson)
    link: Mapped[str | None] = mapped_column(SealedText)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    sms_only: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(16), default=State.WAITING)
    not_before: Mapped[datetime] = mapped_column(Moment, default=AT_ONCE)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    first_try_at: Mapped[datetime | None] = mapped_column(Moment)
    channel: Mapped[str | None] = mapped_column(String(24))
    used_up: Mapped[str] = mapped_column(String(160), default="")
    last_fault: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    receipt_id: Mapped[str | None] = mapped_column(String(64))
    ask_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, index=True)


class NotifyAttempt(Base):
    """One try, written before it is made: an outcome that is missing means a process died.

    outcome: "sent", "unsure" (no answer came), or the code of the fault.
    """

    __tablename__ = "notify_attempt"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("notify_message.id", ondelete="CASCADE"), index=True)
    try_no: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(64))


class NotifyReceipt(Base):
    """What a provider reported, until the worker has entered it: it may come before our own record."""

    __tablename__ = "notify_receipt"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    channel: Mapped[str] = mapped_column(String(24))
    receipt_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)


class NotifyWindow(Base):
    """When a person last wrote to the account: it may answer for 48 hours. openid_key: not reversible."""

    __tablename__ = "notify_window"

    openid_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_wrote_at: Mapped[datetime] = mapped_column(Moment)
