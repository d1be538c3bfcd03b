"""Looking things up in the audit trail, the latest first, a page at a time."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from ..db import db
from .audit_tables import AuditEntry

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for; all of it must hold. subject: "case:12". since, until: aware."""

    subject: str | None = None
    officer: int | None = None
    refused: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """detail: what `audit.record` was given."""

    seq: int
    at: datetime
    actor_kind: str
    actor_id: int
    actor_unit: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class TrailPage:
    """next: what `before` takes for the following page; None at the end."""

    entries: list[Entry]
    next: int | None


def search_trail(wanted: Wanted, *, before: int | None = None) -> TrailPage:
    """Return a page of the trail, one SELECT. before: entries with a smaller number than this."""
    found = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(PAGE + 1)
    if wanted.subject is not None:
        found = found.where(AuditEntry.subject == wanted.subject)
    if wanted.officer is not None:
        found = found.where(AuditEntry.actor_kind == "officer", AuditEntry.actor_id == wanted.officer)
    if wanted.refused:
        found = found.where(AuditEntry.action.like("%.refused"))
    if wanted.since is not None:
        found = found.where(AuditEntry.at >= _text(wanted.since))
    if wanted.until is not None:
        found = found.where(AuditEntry.at <= _text(wanted.until))
    if before is not None:
        found = found.where(AuditEntry.seq < before)
    rows = list(db.session.scalars(found))
    return TrailPage([_entry(row) for row in rows[:PAGE]], rows[PAGE - 1].seq if len(rows) > PAGE else None)


def _text(moment: datetime) -> str:
    """Return the moment as the trail writes it: ISO text in UTC, which sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _entry(row: AuditEntry) -> Entry:
    at, detail = datetime.fromisoformat(row.at), json.loads(row.detail)
    return Entry(row.seq, at, row.actor_kind, row.actor_id, row.actor_unit, row.action, row.subject, detail)
