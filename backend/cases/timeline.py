"""What has happened to a case: lines written once, which both sides read."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Mapper

from ..db import db
from ..identity.audit import Actor
from .deadlines import Pause, day_of
from .models import Case, CaseEvent


class Kind(StrEnum):
    SUBMITTED = "submitted"
    CLAIMED = "claimed"
    RELEASED = "released"
    PASSED = "passed"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    REFUSED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


INTERNAL = frozenset({Kind.CLAIMED, Kind.RELEASED})  # who sits at which desk is no news for the citizen


class EventsStay(RuntimeError):
    """Somebody tried to change or delete a line of a timeline. A programmer's mistake."""


def write_event(
    case: Case,
    kind: Kind,
    actor: Actor,
    now: datetime,
    *,
    step_id: str | None = None,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> CaseEvent:
    """Add a line to the timeline in the present transaction and return it with its id."""
    line = CaseEvent(
        case_id=case.id,
        at=now,
        kind=kind,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_unit=actor.unit,
        step_id=step_id,
        note=note,
        detail=detail or {},
        public=kind not in INTERNAL,
    )
    db.session.add(line)
    db.session.flush()
    return line


def events_of(case: Case, *, public_only: bool) -> list[CaseEvent]:
    """Return the lines, the oldest first."""
    lines = select(CaseEvent).where(CaseEvent.case_id == case.id)
    if public_only:
        lines = lines.where(CaseEvent.public)
    return list(db.session.scalars(lines.order_by(CaseEvent.id)))


def pauses_of(events: list[CaseEvent]) -> list[Pause]:
    """Return the stretches the case lay with the citizen and came back from."""
    found: list[Pause] = []
    since = None
    for line in events:
        if line.kind == Kind.RETURNED:
            since = day_of(line.at)
        elif line.kind == Kind.RESUBMITTED and since is not None:
            found.append((since, day_of(line.at)))
    return found


@event.listens_for(CaseEvent, "before_update")
@event.listens_for(CaseEvent, "before_delete")
def _stay(_: Mapper[CaseEvent], __: Connection, ___: CaseEvent) -> None:
    raise EventsStay
