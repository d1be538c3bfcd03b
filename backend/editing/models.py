"""The room's tables: what was asked, clusters, tickets, proposals, versions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment
from ..sealed import SealedText

ID = 32


class Asked(Base):
    """One question as it was answered, masked and without the person.

    kind, matter, aspect, confidence: as in consult's Reply. picked: the matter taken from the
    choice that followed. useful: the citizen's verdict. text: empty where the words are not
    kept (emergencies, numbers of a choice). No time of day: only how often a day.
    """

    __tablename__ = "editing_asked"
    __table_args__ = (Index("ix_editing_asked_day_kind", "day", "kind"),)

    id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    lang: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(20))
    matter: Mapped[str | None] = mapped_column(String(60), index=True)
    aspect: Mapped[str | None] = mapped_column(String(20))
    confidence: Mapped[float] = mapped_column(Float)
    unsure: Mapped[bool]
    useful: Mapped[bool | None]
    picked: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


class LastAsked(Base):
    """A conversation's last question, for a few minutes: so that a verdict finds its answer, and 转人工 its question.

    who: the keyed digest consult knows the conversation by. Swept after `LASTS` (hearing.py).
    """

    __tablename__ = "editing_last"

    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_id: Mapped[str] = mapped_column(String(ID))
    question: Mapped[str] = mapped_column(SealedText)
    lang: Mapped[str] = mapped_column(String(8))
    matter: Mapped[str | None] = mapped_column(String(60))
    unsure: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class Cluster(Base):
    """Questions of one meaning that were not answered well. key: of its central question, for 'seen and dismissed'."""

    __tablename__ = "editing_cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    lang: Mapped[str] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(Text)
    members: Mapped[list[Any]] = mapped_column(JSON)  # [[text, how often], …], the commonest first
    size: Mapped[int]
    useless: Mapped[int]
    matter: Mapped[str | None] = mapped_column(String(60))
    aspect: Mapped[str | None] = mapped_column(String(20))
    dismissed: Mapped[bool] = mapped_column(default=False)


class TicketState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Ticket(Base):
    """A question for a human. openid: sealed, for the reply only. key: the same question of the same person a day."""

    __tablename__ = "editing_ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[str] = mapped_column(SealedText)
    lang: Mapped[str] = mapped_column(String(8))
    openid: Mapped[str] = mapped_column(SealedText)
    matter: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    answer: Mapped[str | None] = mapped_column(SealedText)
    done_by: Mapped[int | None]
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as SQLAlchemy documents it


class ProposalKind(StrEnum):
    SAMPLE = "sample"
    SECTION = "section"
    ROLL_BACK = "roll-back"


class ProposalState(StrEnum):
    CHECKING = "checking"  # the worker finds out which questions would flip
    READY = "ready"
    PUBLISHED = "published"
    REJECTED = "rejected"


class Proposal(Base):
    """A change of one file that a second editor must approve.

    file: below the knowledge folder. base: SHA-256 of the file the editor saw. change:
    sample: {lang, question, aspect}; section: {section, text}; roll-back: {version}.
    before, after: the whole file. result: what the trial showed (see trial.py); fault: why
    there is none. leased_until: a worker is at it.
    """

    __tablename__ = "editing_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    matter: Mapped[str] = mapped_column(String(60), index=True)
    file: Mapped[str] = mapped_column(String(200), index=True)
    base: Mapped[str] = mapped_column(String(64))
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), index=True)
    progress: Mapped[str] = mapped_column(String(60), default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    fault: Mapped[str] = mapped_column(String(200), default="")
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    ticket_id: Mapped[int | None]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("identity_officer.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("identity_officer.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class Version(Base):
    """A published change of a file. who: who proposed and who approved."""

    __tablename__ = "editing_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("editing_proposal.id"), unique=True)
    file: Mapped[str] = mapped_column(String(200), index=True)
    matter: Mapped[str] = mapped_column(String(60), index=True)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("identity_officer.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("identity_officer.id"))
    at: Mapped[datetime] = mapped_column(Moment)
