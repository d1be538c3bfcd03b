"""Finding cases: the citizen's own, and those an officer may look at; an officer's look is written down."""

from datetime import datetime

from sqlalchemy import select

from ..db import db
from ..identity.audit import record
from ..identity.permissions import ensure
from ..identity.service import Citizen, Officer
from .errors import NoSuchCase
from .models import Case, CaseStep
from .permissions import can_see, owns


def get_case(number: str) -> Case:
    """Return the case, for whoever has checked who asks. Raise NoSuchCase."""
    case = db.session.scalar(select(Case).where(Case.number == number.strip().upper()))
    if case is None:
        raise NoSuchCase
    return case


def find_case(case_id: int) -> Case:
    """Return the case by its row's id, for the rooms that keep it. Raise NoSuchCase."""
    case = db.session.get(Case, case_id)
    if case is None:
        raise NoSuchCase
    return case


def get_own_case(citizen: Citizen, number: str) -> Case:
    """Return the citizen's own case. Raise NoSuchCase, for another's case just as for none."""
    case = get_case(number)
    if not owns(citizen, case):
        raise NoSuchCase
    return case


def cases_of(
    citizen: Citizen, *, matter: str | None = None, before: datetime | None = None, limit: int = 50
) -> list[Case]:
    """Return the citizen's cases, the latest first. before: those submitted before that moment."""
    mine = select(Case).where(Case.citizen_id == citizen.id)
    if matter is not None:
        mine = mine.where(Case.matter_id == matter)
    if before is not None:
        mine = mine.where(Case.submitted_at < before)
    return list(db.session.scalars(mine.order_by(Case.submitted_at.desc(), Case.id.desc()).limit(limit)))


def look_at_case(officer: Officer, number: str) -> Case:
    """Return the case for an officer who may see it, and write the look into the audit trail.

    Raise NoSuchCase, Forbidden.
    """
    case = get_case(number)
    ensure(can_see(officer, case))
    record(officer.actor(), "case.look", f"case:{case.id}")
    return case


def get_step(case: Case, step_id: str) -> CaseStep:
    """Return a step of the case by the id the matter's file gives it. Raise NoSuchCase."""
    for step in case.steps:
        if step.step_id == step_id:
            return step
    raise NoSuchCase
