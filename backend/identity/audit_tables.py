"""The tables of the audit trail: entries, and the row that says where the chain ends."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class AuditEntry(Base):
    """One look at, or change of, a person's data. Written by `audit.py`, never changed.

    at: ISO text, and detail: canonical JSON, both as they were hashed, so that every
    database gives back what went in. hash: over the entry before and every column.
    """

    __tablename__ = "identity_audit_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int]
    actor_unit: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(96), index=True)
    detail: Mapped[str] = mapped_column(String(2048))
    hash: Mapped[str] = mapped_column(String(64))


HASHED = ("seq", "at", "actor_kind", "actor_id", "actor_unit", "action", "subject", "detail")


class AuditHead(Base):
    """The one row (id 1) everybody who appends updates first."""

    __tablename__ = "identity_audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


def hashed_part(row: Any) -> dict[str, Any]:
    """Return what the hash covers of an entry or a row of its table."""
    return {name: getattr(row, name) for name in HASHED}
