"""What officers do with a step: take it, put it back, pass it. The door to the other moves as well.

Every move holds the case first (`locks`), so of two officers acting at once exactly one wins:
the other finds the case changed, is told who was first, and nothing of his is kept. The event,
the audit entry and the notices are written in the move's own transaction.
"""

from datetime import datetime

from ..db import db
from ..identity.audit import record
from ..identity.permissions import ensure
from ..identity.service import Actor, Officer
from ..workdays import workdays
from .correcting import Reason, resubmit, return_for_correction
from .deadlines import open_clock
from .ending import refuse, withdraw
from .errors import NotAllowedNow
from .flow import is_decided, next_steps
from .models import Case, CaseStep, StepState
from .permissions import can_work, oversees
from .placing import both
from .table import MOVES, Move, ensure_turn, enter, hold
from .telling import tell_citizen, tell_waiting
from .timeline import Kind, write_event
from .versions import matter_of
from .wording import NOT_YOUR_TURN, ensure_short

__all__ = [
    "MOVES",
    "Move",
    "Reason",
    "claim",
    "open_next",
    "pass_step",
    "refuse",
    "release",
    "resubmit",
    "return_for_correction",
    "withdraw",
]


def claim(officer: Officer, step: CaseStep, now: datetime) -> None:
    """Give the step to the officer. Claiming what one holds changes nothing.

    Raise Forbidden, NotAllowedNow, TakenByOther.
    """
    ensure(can_work(officer, step))
    hold(step.case, Move.CLAIM)
    ensure_turn(officer, step)
    if step.claimed_by is None:
        step.claimed_by = officer.id
        _note(Kind.CLAIMED, "case.claim", officer.actor(), step, now)


def release(officer: Officer, step: CaseStep, now: datetime) -> None:
    """Put a claimed step back into the queue: the holder, or an approver or administrator of the unit.

    Raise Forbidden, NotAllowedNow.
    """
    ensure(can_work(officer, step) or oversees(officer, step.unit))
    hold(step.case, Move.RELEASE)
    if step.state != StepState.OPEN or step.claimed_by is None:
        raise NotAllowedNow(NOT_YOUR_TURN)
    ensure(step.claimed_by == officer.id or oversees(officer, step.unit))
    step.claimed_by = None
    _note(Kind.RELEASED, "case.release", officer.actor(), step, now)


def pass_step(officer: Officer, step: CaseStep, now: datetime, note: str = "") -> None:
    """Finish the step and open what follows it; with the last one the case is done.

    note: for the citizen. Raise Forbidden, NotAllowedNow, TakenByOther.
    """
    ensure(can_work(officer, step))
    ensure_short(note)
    case = step.case
    hold(case, Move.PASS)
    ensure_turn(officer, step)
    step.state = StepState.PASSED
    step.claimed_by = step.done_by = officer.id
    step.done_at = now
    _note(Kind.PASSED, "case.pass", officer.actor(), step, now, note)
    if case.decided_at is None and is_decided(case.steps):
        case.decided_at = now
    if not open_next(case, now) and all(own.state != StepState.OPEN for own in case.steps):
        _finish(officer, step, now)
    db.session.flush()


def open_next(case: Case, now: datetime) -> list[CaseStep]:
    """Open the steps whose turn it is, start their clocks and tell their officers; return them.

    A step of the applicant is passed when its turn comes: the first ones by submitting.
    """
    opened: list[CaseStep] = []
    while not opened and (turn := next_steps(case.steps)):
        for step in turn:
            if step.unit:
                step.state = StepState.OPEN
                open_clock(step, case, now, workdays())
                opened.append(step)
            else:
                step.state, step.done_at = StepState.PASSED, now
    db.session.flush()
    tell_waiting(case, opened, now)
    return opened


def _finish(officer: Officer, step: CaseStep, now: datetime) -> None:
    case = step.case
    enter(case, Move.FINISH)
    case.decided_at = case.decided_at or now
    case.ended_at = now
    line = write_event(case, Kind.DONE, officer.actor(), now, step_id=step.step_id)
    tell_citizen(case, line, now, unit=step.unit_name, result=both(matter_of(case).result.name))


def _note(kind: Kind, action: str, actor: Actor, step: CaseStep, now: datetime, note: str = "") -> None:
    write_event(step.case, kind, actor, now, step_id=step.step_id, note=note)
    record(actor, action, f"case:{step.case_id}", step=step.step_id)
