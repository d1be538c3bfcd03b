"""Who may see and move a case: predicates that show a button and guard its door alike.

Source: `identity.permissions` for what an officer is; here only how that meets a case.
"""

from ..identity.models import Citizen, Officer, OfficerRole
from ..identity.permissions import may_administer, may_see_unit, may_work
from .models import Case, CaseStep, Status, StepState

# At a station the officers also do what is the clerk's; station officers exist nowhere else.
STANDS_IN = {OfficerRole.WINDOW_CLERK: (OfficerRole.WINDOW_CLERK, OfficerRole.STATION_OFFICER)}


def roles_for(step_role: str) -> tuple[OfficerRole, ...]:
    """Return the officers' roles that do a step of `step_role`; none for the applicant's."""
    if not step_role:
        return ()
    role = OfficerRole(step_role)
    return STANDS_IN.get(role, (role,))


def step_roles(officer: Officer) -> list[str]:
    """Return the roles of the steps the officer does in the own unit."""
    return [
        str(role)
        for role in OfficerRole
        if any(may_work(officer, unit=officer.unit, role=own) for own in roles_for(role))
    ]


def owns(citizen: Citizen, case: Case) -> bool:
    return case.citizen_id == citizen.id


def can_see(officer: Officer, case: Case) -> bool:
    """Officers see the cases their unit has a part in; auditors see all."""
    units = {case.unit} | {step.unit for step in case.steps if step.unit}
    return any(may_see_unit(officer, unit) for unit in units)


def can_work(officer: Officer, step: CaseStep) -> bool:
    """Is it a step of the officer's unit and role, whoever holds it and whether it is open?"""
    return any(may_work(officer, unit=step.unit, role=role) for role in roles_for(step.role))


def can_claim(officer: Officer, step: CaseStep) -> bool:
    return step.state == StepState.OPEN and step.claimed_by is None and can_work(officer, step)


def can_release(officer: Officer, step: CaseStep) -> bool:
    """Who holds it; or, for an absent colleague, an approver or administrator of the unit."""
    if step.state != StepState.OPEN or step.claimed_by is None:
        return False
    return (step.claimed_by == officer.id and officer.active) or oversees(officer, step.unit)


def oversees(officer: Officer, unit: str) -> bool:
    approves = may_work(officer, unit=unit, role=OfficerRole.APPROVER)
    return approves or (officer.unit == unit and may_administer(officer))


def can_pass(officer: Officer, step: CaseStep) -> bool:
    return step.state == StepState.OPEN and step.claimed_by in (None, officer.id) and can_work(officer, step)


def can_return(officer: Officer, case: Case) -> bool:
    """Whose turn it is may send the case back, until it is decided."""
    return case.status == Status.SUBMITTED and case.decided_at is None and bool(turns(officer, case))


def can_refuse(officer: Officer, case: Case) -> bool:
    """不予受理 at the desk, 不予许可 later: whoever's turn it is, until it is decided."""
    return can_return(officer, case)


def can_withdraw(citizen: Citizen, case: Case) -> bool:
    pending = case.status in (Status.SUBMITTED, Status.RETURNED) and case.decided_at is None
    return pending and owns(citizen, case)


def can_resubmit(citizen: Citizen, case: Case) -> bool:
    return case.status == Status.RETURNED and owns(citizen, case)


def turns(officer: Officer, case: Case) -> list[CaseStep]:
    """Return the open steps the officer can do now."""
    return [step for step in case.steps if can_pass(officer, step)]
