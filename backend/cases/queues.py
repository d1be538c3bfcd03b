"""A unit's queue: one statement a page, sorted by due date, read by position and not by counting."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from ..db import db
from ..errors import Invalid
from ..identity.service import Officer
from .deadlines import day_of
from .models import Case, CaseStep, StepState
from .permissions import step_roles

STATES = ("open", "mine", "overdue", "done")
SOON_DAYS = 1
MAX_ROWS = 100


@dataclass(frozen=True)
class QueueRow:
    """A step in the queue. applicant: masked. due: "late", "today", "soon" (tomorrow), "later" or "none".

    claimed: "me", "other" or "". names: {"zh", "en"}.
    """

    step: int
    case_id: int
    number: str
    status: str
    matter_id: str
    matter_name: dict[str, str]
    applicant: str
    step_id: str
    step_name: dict[str, str]
    stage: str
    visit: bool
    submitted_at: datetime
    opened_at: datetime | None
    due_on: date | None
    provisional: bool
    due: str
    claimed: str
    done_at: datetime | None


@dataclass(frozen=True)
class QueuePage:
    """rows: at most `limit`. next: what `after` takes for the following page; None at the end."""

    rows: list[QueueRow]
    next: str | None


def queue(
    officer: Officer,
    *,
    now: datetime,
    state: str = "open",
    matter: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> QueuePage:
    """Return a page of the officer's queue, one SELECT.

    open: the unit's steps the officer may do, unclaimed or held by the officer; mine: held by
    the officer; overdue: the unit's that are late, whoever holds them; done: what the officer
    has done, the latest first. Raise Invalid for an unknown state or a spoilt `after`.
    """
    if state not in STATES:
        raise Invalid
    limit = max(1, min(limit, MAX_ROWS))
    wanted = _COLUMNS.where(*steps_in(officer, state, day_of(now)))
    if matter is not None:
        wanted = wanted.where(Case.matter_id == matter)
    wanted = _latest_first(wanted, after) if state == "done" else _most_urgent_first(wanted, after)
    found = db.session.execute(wanted.limit(limit + 1)).all()
    rows = [_row(row, officer, day_of(now)) for row in found[:limit]]
    return QueuePage(rows, _position(found[limit - 1], state) if len(found) > limit else None)


def steps_in(officer: Officer, state: str, today: date) -> list[ColumnElement[bool]]:
    """Return what a step must be to stand in this part of the officer's queue."""
    if state == "done":
        return [CaseStep.done_by == officer.id]
    is_open = CaseStep.state == StepState.OPEN
    if state == "mine":
        return [is_open, CaseStep.claimed_by == officer.id]
    ours = [is_open, CaseStep.unit == officer.unit, CaseStep.role.in_(step_roles(officer))]
    if state == "overdue":
        return [*ours, CaseStep.rank_on < today]
    return [*ours, or_(CaseStep.claimed_by.is_(None), CaseStep.claimed_by == officer.id)]


def _most_urgent_first(wanted: Any, after: str | None) -> Any:
    if after is not None:
        at, step = _parse(after)
        wanted = wanted.where(tuple_(CaseStep.rank_on, CaseStep.id) > tuple_(at.date(), step))
    return wanted.order_by(CaseStep.rank_on, CaseStep.id)


def _latest_first(wanted: Any, after: str | None) -> Any:
    if after is not None:
        at, step = _parse(after)
        before = or_(CaseStep.done_at < at, and_(CaseStep.done_at == at, CaseStep.id < step))
        wanted = wanted.where(CaseStep.done_at <= at, before)
    return wanted.order_by(CaseStep.done_at.desc(), CaseStep.id.desc())


def _position(row: Any, state: str) -> str:
    at = row.done_at.isoformat() if state == "done" else row.rank_on.isoformat()
    return f"{at}_{row.id}"


def _parse(after: str) -> tuple[datetime, int]:
    at, _, step = after.partition("_")
    try:
        moment, number = datetime.fromisoformat(at), int(step)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid from None
    if not 0 <= number < 2**63:
        raise Invalid
    return moment, number


def _row(row: Any, officer: Officer, today: date) -> QueueRow:
    return QueueRow(
        step=row.id,
        case_id=row.case_id,
        number=row.number,
        status=row.status,
        matter_id=row.matter_id,
        matter_name=row.matter_name,
        applicant=row.applicant,
        step_id=row.step_id,
        step_name=row.name,
        stage=row.stage,
        visit=row.visit,
        submitted_at=row.submitted_at,
        opened_at=row.opened_at,
        due_on=row.due_on,
        provisional=row.due_provisional,
        due=due_colour(row.due_on, today),
        claimed="" if row.claimed_by is None else "me" if row.claimed_by == officer.id else "other",
        done_at=row.done_at,
    )


def due_colour(due_on: date | None, today: date) -> str:
    """Return how urgent a due date is: "late", "today", "soon", "later" or "none"."""
    if due_on is None:
        return "none"
    left = (due_on - today).days
    if left < 0:
        return "late"
    return "today" if left == 0 else "soon" if left <= SOON_DAYS else "later"


_COLUMNS: Any = select(
    CaseStep.id,
    CaseStep.case_id,
    CaseStep.step_id,
    CaseStep.name,
    CaseStep.stage,
    CaseStep.visit,
    CaseStep.opened_at,
    CaseStep.due_on,
    CaseStep.due_provisional,
    CaseStep.rank_on,
    CaseStep.claimed_by,
    CaseStep.done_at,
    Case.number,
    Case.status,
    Case.matter_id,
    Case.matter_name,
    Case.applicant,
    Case.submitted_at,
).join(Case, Case.id == CaseStep.case_id)
