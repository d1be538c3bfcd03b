"""Reminders, each given once: before 24 hours run out on a draft, before a visa or a lease ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.exc import IntegrityError

from ..cases.service import Case, Draft
from ..clock import SHANGHAI
from ..db import db
from ..identity.citizens import get_citizen
from ..notify.service import tell
from .drafting import MATTER
from .models import IssuedForm, Stay, StayGuest, Told

BEFORE_DUE = timedelta(hours=6)
BEFORE_END_DAYS = 14
BATCH = 200


def remind(now: datetime) -> int:
    """Write the reminders that are due; return how many. A job: see `backend.jobs`."""
    today = now.astimezone(SHANGHAI).date()
    told = 0
    for what, citizen_id, notice, params, link in [*_drafts(now), *_permits(today), *_leases(today)]:
        if _first_time(what, now):
            tell(get_citizen(citizen_id).to(), notice, params, key=f"remind:{what}", link=link)
            told += 1
    db.session.commit()
    return told


Due = tuple[str, int, str, dict[str, str], str]


def _drafts(now: datetime) -> Iterator[Due]:
    open_ = (Draft.matter_id == MATTER, Draft.case_id.is_(None), Draft.abandoned_at.is_(None))
    soon = select(Draft).where(*open_, Draft.due_at > now, Draft.due_at < now + BEFORE_DUE).limit(BATCH)
    for draft in db.session.scalars(soon):
        if draft.due_at:
            due = draft.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
            yield f"draft:{draft.id}", draft.citizen_id, "stay-draft-ending", {"due": due}, f"/stay/{draft.id}"


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
    if db.session.get(Told, what) is not None:
        return False
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Told).values(what=what, at=now))
    except IntegrityError:  # another worker got there first
        return False
    return True
