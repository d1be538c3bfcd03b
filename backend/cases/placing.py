"""Which office and which officers' role does a step: from the matter's words to the bureau's.

A step of the `superior` authority has no queue of ours: it lies with whoever does the step
before it (the first officer's step of all: with the clerk of the case's own office), who
enters what the superior authority has answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..identity.models import OfficerRole
from ..matters.bureau import Bureau, Office
from ..matters.schema import Role, Step, Text, Unit
from .errors import NoSuchUnit

HALL = "service-hall"
SORTS = {
    Unit.WINDOW: HALL,
    Unit.HOUSEHOLD: "household-hall",
    Unit.EXIT_ENTRY: "exit-entry-hall",
    Unit.VEHICLE: "vehicle-office",
    Unit.TRAFFIC: "traffic-squad",
    Unit.NETWORK: "network-squad",
    Unit.PUBLIC_ORDER: "public-order-squad",
}
ROLES = {
    Role.CLERK: OfficerRole.WINDOW_CLERK,
    Role.STATION_OFFICER: OfficerRole.STATION_OFFICER,
    Role.REVIEWER: OfficerRole.REVIEWER,
    Role.APPROVER: OfficerRole.APPROVER,
}
APPLICANT = {"zh": "申请人", "en": "Applicant"}


@dataclass(frozen=True)
class Place:
    """unit: office id, "" for the applicant. name: {"zh", "en"}. role: OfficerRole value or ""."""

    unit: str
    name: dict[str, str]
    role: str


def place_steps(steps: list[Step], unit: str, bureau: Bureau) -> Iterator[Place]:
    """Give each step's place, in order. unit: the case's own office. Raise NoSuchUnit."""
    own = find_office(bureau, unit)
    before = Place(own.id, both(own.name), OfficerRole.WINDOW_CLERK)
    for step in steps:
        if step.unit is Unit.APPLICANT:
            yield Place("", APPLICANT, "")
            continue
        if step.unit is not Unit.SUPERIOR:
            office = own if step.unit is Unit.STATION else _office_for(step.unit, own, bureau)
            before = Place(office.id, both(office.name), ROLES[step.role])
        yield before


def find_office(bureau: Bureau, office_id: str) -> Office:
    """Return the office. Raise NoSuchUnit."""
    for office in bureau.offices:
        if office.id == office_id:
            return office
    raise NoSuchUnit


def both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.in_("en")}


def _office_for(unit: Unit, own: Office, bureau: Bureau) -> Office:
    """The first office of the sort; a bureau without one takes it at its service hall, else where the case is."""
    return next(iter(bureau.offices_of([SORTS[unit], HALL])), own)
