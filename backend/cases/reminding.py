"""Steps that are due on the next working day, or late: their officers are told once of each."""

from datetime import datetime

from sqlalchemy import select, update

from ..db import db
from ..workdays import workdays
from .deadlines import day_of
from .models import Case, CaseStep, StepState
from .telling import tell_due

BATCH = 200


def remind_due(now: datetime) -> int:
    """Tell officers of what is due or late; return how many steps. A job: twice at once tells once.

    At most 200 steps a run; the next run takes the rest.
    """
    today = day_of(now)
    soon = workdays().add(today, 1).on
    due = (
        select(CaseStep, Case)
        .join(Case)
        .where(CaseStep.state == StepState.OPEN, CaseStep.rank_on <= soon, CaseStep.reminded != "overdue")
        .where((CaseStep.reminded == "") | (CaseStep.rank_on < today))
        .order_by(CaseStep.rank_on, CaseStep.id)
        .limit(BATCH)
    )
    told = 0
    for step, case in db.session.execute(due).all():
        kind = "overdue" if step.rank_on < today else "soon"
        if _take(step, kind):
            tell_due(case, step, kind, now)
            told += 1
    return told


def _take(step: CaseStep, kind: str) -> bool:
    """Mark the step as reminded; False where another run or a move came first."""
    mark = update(CaseStep).where(
        CaseStep.id == step.id,
        CaseStep.state == StepState.OPEN,
        CaseStep.rank_on == step.rank_on,
        CaseStep.reminded == step.reminded,
    )
    taken = db.session.execute(
        mark.values(reminded=kind).returning(CaseStep.id), execution_options={"synchronize_session": False}
    )
    return taken.one_or_none() is not None
