"""The door of the room: what others may use."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from ..config import Settings
from ..consult.encoding import encoder
from ..jobs import Jobs
from ..matters.proofs import is_overdue
from ..matters.schema import Matter
from ..matters.service import Snapshot
from .clusters import cluster_due
from .hearing import Ear, forget_old
from .proposing import JOB as TRIALS
from .tickets import forget_tickets, open_ticket
from .trials import Trials

__all__ = ["Ear", "offer_jobs", "open_ticket", "overdue_matters"]


def offer_jobs(jobs: Jobs, settings: Settings, context: Callable[[], AbstractContextManager[Any]]) -> None:
    """Tell the worker what this room has to do."""
    trials = Trials(settings.knowledge_dir, settings.data_dir, context)
    jobs.add("asked", _forget)
    jobs.add("clusters", lambda now: cluster_due(now, lambda texts: encoder().encode(texts)))
    jobs.add(TRIALS, trials.try_due)


def _forget(now: datetime) -> int:
    return forget_old(now) + forget_tickets(now)


def overdue_matters(snapshot: Snapshot, day: date) -> list[Matter]:
    """Return the matters whose rules nobody has looked up again in time, the longest overdue first."""
    late = [matter for matter in snapshot.matters.values() if is_overdue(matter, day)]
    return sorted(late, key=lambda matter: (matter.reviewed, matter.id))
