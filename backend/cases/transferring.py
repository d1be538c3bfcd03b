"""A case that belongs to another office after all: what is still to be done goes there."""

from datetime import datetime

from ..clock import utc_now
from ..identity.audit import record
from ..identity.service import Actor
from ..matters.bureau import Bureau
from .models import Case, StepState
from .placing import both, find_office, place_steps
from .table import Move, hold
from .telling import tell_waiting
from .timeline import Kind, write_event
from .versions import matter_of


def transfer(case: Case, unit: str, bureau: Bureau, actor: Actor, now: datetime | None = None) -> None:
    """Make it the case of `unit` (office id); steps already passed stay where they were done.

    Whoever calls has checked that the actor may. Nothing happens where it is theirs already.
    Clocks go on; who held a step there holds none here. Raise NoSuchUnit, NotAllowedNow.
    """
    moment = now or utc_now()
    office = find_office(bureau, unit)
    hold(case, Move.TRANSFER)
    if case.unit == unit:
        return
    places = place_steps(matter_of(case).steps, unit, bureau)
    for step, place in zip(case.steps, places, strict=True):
        if step.state in (StepState.OPEN, StepState.WAITING) and step.unit != place.unit:
            step.unit, step.unit_name, step.role, step.claimed_by = place.unit, place.name, place.role, None
    record(actor, "case.transfer", f"case:{case.id}", origin=case.unit, unit=unit)
    case.unit = unit
    write_event(case, Kind.TRANSFERRED, actor, moment, detail={"unit": both(office.name)})
    tell_waiting(case, [step for step in case.steps if step.state == StepState.OPEN], moment)
