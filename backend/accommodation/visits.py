"""The visit: proposed by the guest, agreed by the officer, held at the address, then told.

Each of these is one move of the case: agreeing passes the check, a confirmed visit passes
the visit. Who may do so is `cases`' rule.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..cases.service import Case, CaseStep, StepState, can_claim, can_work, claim, ensure_turn, pass_step
from ..clock import SHANGHAI
from ..db import db
from ..files.service import Files
from ..identity import audit
from ..identity.citizens import get_citizen
from ..identity.models import Officer
from ..identity.permissions import ensure
from ..matters.schema import Stage
from ..notify.service import tell
from .errors import AlreadyArrived, Incomplete, NoSuchStay, NotThisWay, NotVisited, TimePassed
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


def find_stay(case: Case) -> Stay | None:
    return db.session.get(Stay, case.id)


def current_visit(case: Case) -> Visit:
    return get_stay(case).visits[-1]


def step_of(case: Case, *, stage: Stage) -> CaseStep | None:
    """Return the case's open step of this stage, None where it is not open."""
    return next((s for s in case.steps if s.state == StepState.OPEN and s.stage == stage), None)


def turn_at(officer: Officer, case: Case, stage: Stage) -> CaseStep:
    """Return the open step of this stage, the officer's to do. Raise Forbidden, NotAllowedNow, TakenByOther."""
    steps = [step for step in case.steps if step.stage == stage]
    ensure(any(can_work(officer, step) for step in steps))
    step = next((step for step in steps if step.state == StepState.OPEN), steps[-1])
    ensure_turn(officer, step)
    return step


def agree_visit(officer: Officer, case: Case, moment: datetime, now: datetime, *, step: CaseStep | None = None) -> None:
    """Pass the check, take over the visit and tell the guest when the officer comes; again: move the appointment.

    moment: aware. step: the one the officer's page showed. Raise TimePassed, AlreadyArrived, and what
    `cases.pass_step` raises.
    """
    if not now < moment < now + FURTHEST_AHEAD:
        raise TimePassed
    check = step if step is not None and step.stage == Stage.ACCEPT else step_of(case, stage=Stage.ACCEPT)
    if check is not None:
        pass_step(officer, check, now)
    else:
        turn_at(officer, case, Stage.REVIEW)
    visit = current_visit(case)
    if visit.arrived_at is not None:
        raise AlreadyArrived
    _take_over(officer, case, now)
    visit.agreed_at, visit.officer_id = moment, officer.id
    db.session.flush()
    audit.record(officer.actor(), "visit.agree", f"case:{case.id}")
    _tell_guest(case, moment)


def arrive(officer: Officer, case: Case, now: datetime, place: tuple[float, float] | None = None) -> None:
    """Note that the officer is at the address; the first arrival counts. place: latitude, longitude in degrees."""
    turn_at(officer, case, Stage.REVIEW)
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
    step = turn_at(officer, case, Stage.REVIEW)
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
    if held.confirmed:
        pass_step(officer, step, now)
    else:
        stay = get_stay(case)  # named, so that it lives while its list is changed
        stay.visits.append(Visit(proposed=[]))
    db.session.flush()
    audit.record(officer.actor(), "visit.hold", f"case:{case.id}", outcome=visit.outcome)


def ensure_confirmed(case: Case) -> None:
    """Raise NotVisited where no visit has confirmed the stay."""
    if not any(visit.outcome == CONFIRMED for visit in get_stay(case).visits):
        raise NotVisited


def ensure_no_stay(case: Case) -> None:
    """Raise NotThisWay where a step of the case is passed by what this room does, never by a click alone."""
    if find_stay(case) is not None:
        raise NotThisWay


def _take_over(officer: Officer, case: Case, now: datetime) -> None:
    """Who makes the appointment goes there: nobody else of the station sets out as well."""
    step = step_of(case, stage=Stage.REVIEW)
    if step is not None and can_claim(officer, step):
        claim(officer, step, now)


def _tell_guest(case: Case, moment: datetime) -> None:
    citizen = get_citizen(case.citizen_id)
    when = moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    tell(
        citizen.to(), "stay-visit-agreed", {"number": case.number, "time": when},
        key=f"case:{case.id}:visit:{when}", link=f"/my/cases/{case.number}",
    )  # fmt: skip
