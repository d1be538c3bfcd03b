"""Reminders, each given once: before 24 hours run out on a draft, before a visa or a lease ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

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
        due = select(Draft).where(*open_, Draft.due_at > ends - BEFORE_DUE, Draft.due_at <= ends).limit(BATCH)
        for draft in db.session.scalars(due):
            if draft.due_at:
                by = draft.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
                yield f"{notice}:{draft.id}", draft.citizen_id, notice, {"due": by}, f"/stay/{draft.id}"


def _permits(today: date) -> Iterator[Due]:
    near = StayGuest.permit_ends_on.between(today, today + timedelta(days=BEFORE_END_DAYS))
    rows = select(StayGuest, Stay).join(Stay, Stay.case_id == StayGuest.case_id).where(near, *_current())
    for guest, stay in db.session.execute(rows.limit(BATCH)):
        yield from _ending(f"permit:{guest.id}", stay, "stay-permit-ending", guest.permit_ends_on)


def _leases(today: date) -> Iterator[Due]:
    near = Stay.lease_ends_on.between(today, today + timedelta(days=BEFORE_END_DAYS))
    for stay in db.session.scalars(select(Stay).where(near, *_current()).limit(BATCH)):
        yield from _ending(f"lease:{stay.case_id}", stay, "stay-lease-ending", stay.lease_ends_on)


def _current() -> tuple[ColumnElement[bool], ...]:
    issued = select(IssuedForm.id).where(IssuedForm.case_id == Stay.case_id).exists()
    return (Stay.ended_on.is_(None), issued)


def _ending(what: str, stay: Stay, notice: str, on: date | None) -> Iterator[Due]:
    if on is not None:
        number = db.session.get_one(Case, stay.case_id).number
        yield f"{what}:{on}", stay.citizen_id, notice, {"date": on.isoformat()}, f"/my/cases/{number}"


def _first_time(what: str, now: datetime) -> bool:
    noted = insert_into(Told).values(what=what, at=now).on_conflict_do_nothing().returning(Told.what)
    return db.session.scalar(noted) is not None
