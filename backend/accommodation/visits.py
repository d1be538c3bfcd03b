"""The visit: proposed by the guest, agreed by the officer, held at the address, then told.

Each of these is one move of the case: agreeing passes the check, a confirmed visit passes
the visit. Who may do so is `cases`' rule.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..cases.service import Case, CaseStep, StepState, can_pass, pass_step
from ..clock import SHANGHAI
from ..db import db
from ..files.service import Files
from ..identity import audit
from ..identity.citizens import get_citizen
from ..identity.models import Officer
from ..identity.permissions import ensure
from ..matters.schema import Stage
from ..notify.service import tell
from .errors import Incomplete, NoSuchStay, NotVisited, TimePassed
from .models import Stay, Visit

CONFIRMED, NOT_CONFIRMED = "confirmed", "not-confirmed"
FURTHEST_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Held:
    """What the officer found. met: who was there. photo: a picture's bytes, or none."""

    met: str
    confirmed: bool
    note: str = ""
    photo: bytes | None = None


def get_stay(case: Case) -> Stay:
    """Raise NoSuchStay where the case is not about a stay."""
    stay = db.session.get(Stay, case.id)
    if stay is None:
        raise NoSuchStay
    return stay


def current_visit(case: Case) -> Visit:
    return get_stay(case).visits[-1]


def step_of(case: Case, *, stage: Stage) -> CaseStep | None:
    """Return the case's open step of this stage, None where it is not open."""
    return next((s for s in case.steps if s.state == StepState.OPEN and s.stage == stage), None)


def agree_visit(officer: Officer, case: Case, moment: datetime, now: datetime) -> None:
    """Pass the check and tell the guest when the officer comes; a second time moves the appointment.

    moment: aware. Raise TimePassed, and what `cases.pass_step` raises.
    """
    if not now < moment < now + FURTHEST_AHEAD:
        raise TimePassed
    check = step_of(case, stage=Stage.ACCEPT)
    if check is not None:
        pass_step(officer, check, now)
    else:
        ensure(_may_visit(officer, case))
    visit = current_visit(case)
    visit.agreed_at, visit.officer_id = moment, officer.id
    db.session.flush()
    audit.record(officer.actor(), "visit.agree", f"case:{case.id}")
    _tell_guest(case, moment)


def arrive(officer: Officer, case: Case, now: datetime, place: tuple[float, float] | None = None) -> None:
    """Note that the officer is at the address; the first arrival counts. place: latitude, longitude in degrees."""
    ensure(_may_visit(officer, case))
    visit = current_visit(case)
    if visit.arrived_at is None:
        visit.arrived_at, visit.officer_id = now, officer.id
        visit.latitude, visit.longitude = place or (None, None)
        db.session.flush()
        audit.record(officer.actor(), "visit.arrive", f"case:{case.id}")


def hold_visit(officer: Officer, case: Case, held: Held, files: Files, now: datetime) -> None:
    """Keep what was found; a confirmed visit passes the step.

    One that was not confirmed leaves it open: the officer comes again, returns or refuses the case.
    Raise NotVisited where nobody has arrived, Incomplete where it is not said who was met.
    """
    ensure(_may_visit(officer, case))
    visit = current_visit(case)
    if visit.arrived_at is None:
        raise NotVisited("先点“已到达”，再登记上门情况。")
    if not held.met.strip():
        raise Incomplete({"met": "missing"})
    visit.outcome = CONFIRMED if held.confirmed else NOT_CONFIRMED
    visit.met, visit.note = held.met.strip()[:200], held.note.strip()[:1000]
    if held.photo:
        file = files.store(held.photo, owner=f"officer:{officer.id}", purpose="visit-photo")
        files.keep(file)
        visit.photo_file = file.id
    step = step_of(case, stage=Stage.REVIEW)
    if held.confirmed and step is not None:
        pass_step(officer, step, now)
    elif not held.confirmed:
        stay = get_stay(case)
        stay.visits.append(Visit(proposed=[]))
    db.session.flush()
    audit.record(officer.actor(), "visit.hold", f"case:{case.id}", outcome=visit.outcome)


def ensure_confirmed(case: Case) -> None:
    """Raise NotVisited where no visit has confirmed the stay."""
    if not any(visit.outcome == CONFIRMED for visit in get_stay(case).visits):
        raise NotVisited


def _may_visit(officer: Officer, case: Case) -> bool:
    step = step_of(case, stage=Stage.REVIEW)
    return step is not None and can_pass(officer, step)


def _tell_guest(case: Case, moment: datetime) -> None:
    citizen = get_citizen(case.citizen_id)
    when = moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    tell(
        citizen.to(), "stay-visit-agreed", {"number": case.number, "time": when},
        key=f"case:{case.id}:visit:{when}", link=f"/my/cases/{case.number}",
    )  # fmt: skip
