"""The table of legal moves: where a case is, what can be done, where it is then. All else is refused."""

from enum import StrEnum
from types import MappingProxyType

from ..db import db
from ..identity.permissions import ensure
from ..identity.service import Officer
from .errors import NotAllowedNow, TakenByOther
from .locks import take_case
from .models import Case, CaseStep, Status, StepState
from .permissions import can_work, turns
from .wording import DECIDED, DONE_BY_YOU, ENDED, NOT_YOUR_TURN, OTHER_UNIT, SAME_UNIT


class Move(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    PASS = "pass"  # noqa: S105 - a move, no password
    FINISH = "finish"  # passing the last step
    RETURN = "return"
    RESUBMIT = "resubmit"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"


MOVES: MappingProxyType[Status, MappingProxyType[Move, Status]] = MappingProxyType(
    {
        Status.SUBMITTED: MappingProxyType(
            {
                Move.CLAIM: Status.SUBMITTED,
                Move.RELEASE: Status.SUBMITTED,
                Move.PASS: Status.SUBMITTED,
                Move.FINISH: Status.DONE,
                Move.RETURN: Status.RETURNED,
                Move.REFUSE: Status.REFUSED,
                Move.WITHDRAW: Status.WITHDRAWN,
                Move.TRANSFER: Status.SUBMITTED,
            }
        ),
        Status.RETURNED: MappingProxyType(
            {
                Move.RESUBMIT: Status.SUBMITTED,
                Move.WITHDRAW: Status.WITHDRAWN,
                Move.TRANSFER: Status.RETURNED,
            }
        ),
        Status.DONE: MappingProxyType({}),
        Status.REFUSED: MappingProxyType({}),
        Status.WITHDRAWN: MappingProxyType({}),
    }
)
# What is decided but not yet delivered can only be delivered.
UNTIL_DECIDED = frozenset({Move.RETURN, Move.REFUSE, Move.WITHDRAW})
BY_CITIZEN = frozenset({Move.RESUBMIT, Move.WITHDRAW})
_BY_OFFICERS = (Status.RETURNED, Status.REFUSED, Status.DONE)


def hold(case: Case, move: Move) -> None:
    """Hold the case for the move. Raise NotAllowedNow, or TakenByOther where an officer was first."""
    seen = case.status  # as whoever acts has read it, before waiting for the turn
    take_case(case)
    now = Status(case.status)
    if move not in MOVES[now]:
        if seen != now and now in _BY_OFFICERS and move not in BY_CITIZEN:
            raise TakenByOther(SAME_UNIT)
        raise NotAllowedNow(ENDED[now])
    if move in UNTIL_DECIDED and case.decided_at is not None:
        raise NotAllowedNow(DECIDED)


def enter(case: Case, move: Move) -> None:
    """Set the status the table gives."""
    case.status = MOVES[Status(case.status)][move]


def ensure_turn(officer: Officer, step: CaseStep) -> None:
    """Raise TakenByOther or NotAllowedNow where the step, as it is now, is not the officer's to do."""
    if step.state == StepState.OPEN and step.claimed_by in (None, officer.id):
        return
    by = step.claimed_by if step.state == StepState.OPEN else step.done_by
    if by is None:
        raise NotAllowedNow(NOT_YOUR_TURN)
    if by == officer.id:
        raise NotAllowedNow(DONE_BY_YOU)
    other = db.session.get(Officer, by)
    raise TakenByOther(SAME_UNIT if other and other.unit == officer.unit else OTHER_UNIT)


def hold_at_turn(officer: Officer, case: Case, move: Move, step: CaseStep | None) -> CaseStep:
    """Hold the case and return the open step at which the officer decides about all of it.

    step: the one the officer's page showed; without it, the one that was the officer's turn
    when the case was read. If it is gone meanwhile, somebody else was first.
    """
    ours = [own for own in case.steps if can_work(officer, own)]
    ensure(bool(ours) and (step is None or step in ours))
    wanted = [step] if step else turns(officer, case)
    hold(case, move)
    for own in wanted:
        if own.state == StepState.OPEN and own.claimed_by in (None, officer.id):
            return own
    for own in wanted or [s for s in ours if s.state == StepState.OPEN]:
        ensure_turn(officer, own)
    raise NotAllowedNow(NOT_YOUR_TURN)
