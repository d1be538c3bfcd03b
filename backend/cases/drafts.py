"""Drafts: what a citizen types is kept field by field, for 30 days after the last change."""

import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from ..db import db
from ..identity.models import Citizen
from ..matters.schema import Matter
from .errors import DraftGone, DraftTooLarge, NoSuchDraft, TooManyDrafts, UnknownField
from .locks import take_draft
from .models import Draft

KEPT = timedelta(days=30)
MAX_BYTES = 64 * 1024
MAX_OPEN = 50  # of one citizen: far more than anybody needs, far fewer than would fill a disk


def start_draft(citizen: Citizen, matter_id: str, *, now: datetime, due_at: datetime | None = None) -> Draft:
    """Return a new, empty draft. due_at: when the law wants it submitted. Raise TooManyDrafts."""
    mine = (Draft.citizen_id == citizen.id, *_OPEN)
    if (db.session.scalar(select(func.count()).where(*mine)) or 0) >= MAX_OPEN:
        raise TooManyDrafts
    draft = Draft(
        id=secrets.token_hex(16),
        citizen_id=citizen.id,
        matter_id=matter_id,
        form={},
        started_at=now,
        updated_at=now,
        due_at=due_at,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def known_fields(matter: Matter) -> frozenset[str]:
    """Return the names a draft of this matter may hold, where the matter has no room of its own."""
    return frozenset(field.id for field in matter.form) | {f"material:{m.id}" for m in matter.materials}


def save_draft(draft: Draft, changes: dict[str, Any], now: datetime, *, known: Collection[str]) -> None:
    """Merge `changes` (field → value of JSON; None erases) into the draft; per field the last one wins.

    Two devices saving at once lose nothing of each other's other fields. known: the names that
    may be saved (`known_fields`). Raise UnknownField, DraftTooLarge, DraftGone, NoSuchDraft.
    """
    if not changes.keys() <= set(known):
        raise UnknownField
    take_draft(draft)
    if draft.case_id is not None or draft.abandoned_at is not None:
        raise DraftGone
    merged = {name: value for name, value in (draft.form | changes).items() if value is not None}
    ensure_size(merged)
    draft.form = merged
    draft.updated_at = now
    db.session.flush()


def ensure_size(form: dict[str, Any]) -> None:
    """Raise DraftTooLarge where the form, as JSON in UTF-8, is larger than 64 KB."""
    if len(json.dumps(form, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise DraftTooLarge


def drafts_of(citizen: Citizen) -> list[Draft]:
    """Return what the citizen has neither submitted nor abandoned, the latest touched first."""
    mine = select(Draft).where(Draft.citizen_id == citizen.id, *_OPEN)
    return list(db.session.scalars(mine.order_by(Draft.updated_at.desc(), Draft.id)))


def get_own_draft(citizen: Citizen, draft_id: str) -> Draft:
    """Return the citizen's draft, submitted or not. Raise NoSuchDraft where it is another's or dropped."""
    draft = db.session.get(Draft, draft_id)
    if draft is None or draft.citizen_id != citizen.id or draft.abandoned_at is not None:
        raise NoSuchDraft
    return draft


def abandon_draft(draft: Draft, now: datetime) -> None:
    """Erase what was typed. Raise DraftGone where it is submitted already."""
    take_draft(draft)
    if draft.case_id is not None:
        raise DraftGone
    draft.form = {}
    draft.abandoned_at = draft.abandoned_at or now
    db.session.flush()


def drop_old_drafts(now: datetime) -> int:
    """Delete drafts nobody has touched for 30 days; return how many. A job.

    A submitted draft's row goes too: by then no repeat of the tap that submitted it is under way.
    """
    old = delete(Draft).where(Draft.updated_at < now - KEPT).returning(Draft.id)
    return len(db.session.execute(old, execution_options={"synchronize_session": False}).all())


_OPEN = (Draft.case_id.is_(None), Draft.abandoned_at.is_(None))
