"""Where the people of a stay were registered before."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ..cases.service import Case
from ..db import db
from .models import Stay, StayGuest

MOST = 40  # of all guests of a stay together


@dataclass(frozen=True)
class Earlier:
    """An earlier stay of the same document. status: of its case. until: planned, or moved out on."""

    number: str
    status: str
    address: str
    check_in_at: datetime
    until: date | None


def earlier_stays(stay: Stay) -> dict[str, list[Earlier]]:
    """Return the other stays of the guests' documents at the same station, by `document_key`, the latest first.

    Other stations' stays are theirs to see. One SELECT.
    """
    keys = [guest.document_key for guest in stay.guests]
    columns = (Case.number, Case.status, Stay.address, Stay.check_in_at, Stay.check_out_on, Stay.ended_on)
    rows = db.session.execute(
        select(StayGuest.document_key, *columns)
        .join(Stay, Stay.case_id == StayGuest.case_id)
        .join(Case, Case.id == Stay.case_id)
        .where(StayGuest.document_key.in_(keys), Stay.station == stay.station, Stay.case_id != stay.case_id)
        .order_by(Stay.case_id.desc())
        .limit(MOST)
    )
    found: dict[str, list[Earlier]] = defaultdict(list)
    for row in rows:
        until = row.ended_on or row.check_out_on
        found[row.document_key].append(Earlier(row.number, row.status, row.address, row.check_in_at, until))
    return found
