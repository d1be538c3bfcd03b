"""Who may do what: pure predicates, used to show a button and to guard its door alike.

They read the officer's roles, unit and whether the account is active, and plain values.
A disabled officer may nothing.
"""

from .errors import NotPermitted
from .models import Officer, OfficerRole

WORKS_ON_CASES = (
    OfficerRole.WINDOW_CLERK,
    OfficerRole.STATION_OFFICER,
    OfficerRole.REVIEWER,
    OfficerRole.APPROVER,
)


def may_work(officer: Officer, *, unit: str, role: OfficerRole) -> bool:
    """May the officer do a step of `role` that lies with `unit`? Only in the own unit, only in that role."""
    return officer.active and officer.unit == unit and role in WORKS_ON_CASES and officer.has(role)


def may_see_unit(officer: Officer, unit: str) -> bool:
    """May the officer look at the cases and people of `unit`?

    Those who work on cases see their own unit. An auditor sees every unit, to look only.
    Administrators and editors see nobody's data: their work does not need it.
    """
    if not officer.active:
        return False
    if officer.has(OfficerRole.AUDITOR):
        return True
    return officer.unit == unit and any(officer.has(role) for role in WORKS_ON_CASES)


def may_administer(officer: Officer) -> bool:
    """May the officer manage accounts?"""
    return officer.active and officer.has(OfficerRole.ADMINISTRATOR)


def may_audit(officer: Officer) -> bool:
    """May the officer read the audit trail?"""
    return officer.active and officer.has(OfficerRole.AUDITOR)


def may_edit_knowledge(officer: Officer) -> bool:
    return officer.active and officer.has(OfficerRole.EDITOR)


def ensure(allowed: bool) -> None:
    """Raise NotPermitted, a Forbidden, where `allowed` is false."""
    if not allowed:
        raise NotPermitted
