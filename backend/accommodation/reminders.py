"""Reminders, each given once: before 24 hours run out on a draft, before a visa or a lease ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, select

from ..cases.service import Case, Draft
from ..clock import SHANGHAI
from ..db import db, insert_into
from ..identity.citizens import get_citizen
from ..notify.service import tell
from .drafting import MATTER
from .models import IssuedForm, Stay, StayGuest, Told

DRAFT_ENDING, DRAFT_LATE = "stay-draft-ending", "stay-reported-late"
BEFORE_DUE = timedelta(hours=6)
BEFORE_END_DAYS = 14
BATCH = 200


def remind(now: datetime) -> int:
    """Write the reminders that are due; return how many. A job: see `backend.jobs`."""
    today = now.astimezone(SHANGHAI).date()
    told = 0
    for what, citizen_id, notice, params, link in [*_drafts(now), *_permits(today), *_leases(today)]:
        if _first_time(what, now):
            urgent = notice == DRAFT_ENDING  # the night would carry it past the 24 hours
            tell(get_citizen(citizen_id).to(), notice, params, key=f"remind:{what}", link=link, urgent=urgent)
            told += 1
    db.session.commit()
    return told


Due = tuple[str, int, str, dict[str, str], str]


def _drafts(now: datetime) -> Iterator[Due]:
    """Drafts whose time runs out, and those whose time has just passed."""
    for ends, notice in ((now, DRAFT_LATE), (now + BEFORE_DUE, DRAFT_ENDING)):
        open_ = (Draft.matter_id == MATTER, Draft.case_id.is_(None), Draft.abandoned_at.is_(None))
        due = (Draft.due_at > ends - BEFORE_DUE, Draft.due_at <= ends, _untold(notice, Draft.id))
        for draft in db.session.scalars(select(Draft).where(*open_, *due).limit(BATCH)):
            if draft.due_at:
                by = draft.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
                yield f"{notice}:{draft.id}", draft.citizen_id, notice, {"due": by}, f"/stay/{draft.id}"


def _permits(today: date) -> Iterator[Due]:
    near = StayGuest.permit_ends_on.between(today, today + timedelta(days=BEFORE_END_DAYS))
    rows = select(StayGuest.id, StayGuest.permit_ends_on, Stay.citizen_id, Case.number)
    rows = rows.join(Stay, Stay.case_id == StayGuest.case_id).join(Case, Case.id == Stay.case_id)
    rows = rows.where(near, *_current(), _untold("permit", StayGuest.id))
    for guest_id, on, citizen_id, number in db.session.execute(rows.limit(BATCH)):
        yield _ending(f"permit:{guest_id}", "stay-permit-ending", on, citizen_id, number)


def _leases(today: date) -> Iterator[Due]:
    near = Stay.lease_ends_on.between(today, today + timedelta(days=BEFORE_END_DAYS))
    rows = select(Stay.case_id, Stay.lease_ends_on, Stay.citizen_id, Case.number).join(Case, Case.id == Stay.case_id)
    rows = rows.where(near, *_current(), _untold("lease", Stay.case_id))
    for case_id, on, citizen_id, number in db.session.execute(rows.limit(BATCH)):
        yield _ending(f"lease:{case_id}", "stay-lease-ending", on, citizen_id, number)


def _untold(kind: str, thing: Any) -> ColumnElement[bool]:
    """Leave out what was told, so that it never fills the batch. thing: the column `what` ends with."""
    return ~select(Told.what).where(Told.what == literal(f"{kind}:") + cast(thing, String)).exists()


def _current() -> tuple[ColumnElement[bool], ...]:
    issued = select(IssuedForm.id).where(IssuedForm.case_id == Stay.case_id).exists()
    return (Stay.ended_on.is_(None), issued)


def _ending(what: str, notice: str, on: date | None, citizen_id: int, number: str) -> Due:
    return what, citizen_id, notice, {"date": str(on)}, f"/my/cases/{number}"


def _first_time(what: str, now: datetime) -> bool:
    noted = insert_into(Told).values(what=what, at=now).on_conflict_do_nothing().returning(Told.what)
    return db.session.scalar(noted) is not None
