"""A case that belongs to another station after all: what is still to be done goes there."""

from ..identity.actor import Actor
from ..identity.audit import record
from ..matters.bureau import Bureau
from .locks import take_case
from .models import Case, StepState
from .placing import place_steps
from .versions import matter_of


def transfer(case: Case, unit: str, bureau: Bureau, actor: Actor) -> None:
    """Make it the case of `unit` (office id); steps already passed stay where they were done.

    Nothing happens where it is theirs already. Raise NoSuchUnit.
    """
    if case.unit == unit:
        return
    take_case(case)
    places = place_steps(matter_of(case).steps, unit, bureau)
    for step, place in zip(case.steps, places, strict=True):
        if step.state not in (StepState.PASSED, StepState.SKIPPED):
            step.unit, step.unit_name, step.role, step.claimed_by = place.unit, place.name, place.role, None
    record(actor, "case.transfer", f"case:{case.id}", origin=case.unit, unit=unit)
    case.unit = unit
