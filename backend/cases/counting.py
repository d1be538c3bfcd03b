"""How many steps lie in each part of an officer's queue, for the badges: one statement, counted to 100 at most."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, func, select

from ..db import db
from ..identity.service import Officer
from .deadlines import day_of
from .models import CaseStep
from .queues import steps_in

MOST = 100  # nobody reads more than "99+", and counting on costs


@dataclass(frozen=True)
class Counts:
    """MOST stands for MOST or more."""

    open: int
    mine: int
    overdue: int


def count_queue(officer: Officer, now: datetime) -> Counts:
    """Return the numbers of `queue`'s parts "open", "mine" and "overdue"."""
    parts = (
        select(func.count()).select_from(_some(officer, state, now)).scalar_subquery()
        for state in ("open", "mine", "overdue")
    )
    return Counts(*db.session.execute(select(*parts)).one())


def _some(officer: Officer, state: str, now: datetime) -> Subquery:
    wanted = select(CaseStep.id).where(*steps_in(officer, state, day_of(now)))
    return wanted.limit(MOST).subquery()
