"""How a case ends before its last step: refused by an officer, withdrawn by the citizen."""

from datetime import datetime

from ..db import db
from ..identity.audit import record
from ..identity.service import Citizen, Officer
from .errors import NoSuchCase, ReasonMissing
from .models import Case, CaseStep, StepState
from .permissions import owns
from .table import Move, enter, hold, hold_at_turn
from .telling import remedy_words, tell_citizen
from .timeline import Kind, write_event
from .wording import REMEDY, ensure_short


def refuse(
    officer: Officer,
    case: Case,
    *,
    basis: str,
    reason: str,
    now: datetime,
    remedy: str = REMEDY["zh"],
    step: CaseStep | None = None,
) -> None:
    """Refuse the application. basis: law and article; reason: in words the citizen understands.

    remedy: what the citizen can do about it, and until when. step: the one the officer's page
    showed. Raise ReasonMissing, Forbidden, NotAllowedNow, TakenByOther.
    Source: 行政许可法 第三十八条第二款 (说明理由，告知复议、诉讼的权利).
    """
    if not all(text.strip() for text in (basis, reason, remedy)):
        raise ReasonMissing
    ensure_short(basis, reason, remedy)
    at = hold_at_turn(officer, case, Move.REFUSE, step)
    at.claimed_by = at.done_by = officer.id
    at.done_at = now
    _end(case, Move.REFUSE, now)
    case.decided_at = now
    said = {"basis": basis.strip(), "reason": reason.strip(), "remedy": remedy.strip()}
    line = write_event(case, Kind.REFUSED, officer.actor(), now, step_id=at.step_id, detail=said)
    record(officer.actor(), "case.refuse", f"case:{case.id}", step=at.step_id, event=line.id)
    tell_citizen(case, line, now, unit=at.unit_name, remedy=remedy_words())


def withdraw(citizen: Citizen, case: Case, now: datetime) -> None:
    """Take the application back, until it is decided. Raise NoSuchCase for a stranger's, NotAllowedNow."""
    if not owns(citizen, case):
        raise NoSuchCase
    hold(case, Move.WITHDRAW)
    _end(case, Move.WITHDRAW, now)
    line = write_event(case, Kind.WITHDRAWN, citizen.actor(), now)
    record(citizen.actor(), "case.withdraw", f"case:{case.id}", event=line.id)
    tell_citizen(case, line, now)


def _end(case: Case, move: Move, now: datetime) -> None:
    enter(case, move)
    case.ended_at = now
    for step in case.steps:
        if step.state in (StepState.OPEN, StepState.WAITING):
            step.state = StepState.SKIPPED
    db.session.flush()
