"""After a trip or a move: one tap registers again; moving out ends a stay."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update

from ..cases.service import Case, Draft, Status
from ..clock import SHANGHAI
from ..db import db
from ..errors import Conflict
from ..identity import audit
from ..identity.models import Citizen
from .drafting import new_draft, new_key
from .errors import AlreadyEnded, Incomplete, NoSuchStay
from .models import IssuedForm, Stay

# What a new registration asks anew: when, and how the person came in.
ASKED_ANEW = {"stay": {"check_in_at", "check_out_on"}, "guest": {"entry_date", "visa_until", "visa_number"}}
OF_A_HOME = {"address", "community", "housing", "lease_file", "lease_ends_on", "latitude", "longitude", "rural"}


def stays_of(citizen: Citizen) -> list[Stay]:
    """Return the citizen's registered stays, the latest first."""
    return list(
        db.session.scalars(select(Stay).where(Stay.citizen_id == citizen.id).order_by(Stay.case_id.desc()).limit(50))
    )


def get_own_stay(citizen: Citizen, case_id: int) -> Stay:
    """Raise NoSuchStay where it is another's."""
    stay = find_own_stay(citizen, case_id)
    if stay is None:
        raise NoSuchStay
    return stay


def find_own_stay(citizen: Citizen, case_id: int) -> Stay | None:
    """Return the citizen's stay of this case, None where there is none or it is another's."""
    stay = db.session.get(Stay, case_id)
    return stay if stay is not None and stay.citizen_id == citizen.id else None


def register_again(citizen: Citizen, stay: Stay, now: datetime, *, moved: bool) -> Draft:
    """Return a new draft filled from a former stay. moved: the address is asked anew too,

    and the former stay ends when the new one is submitted.
    """
    form = _flat(db.session.get_one(Case, stay.case_id).form, _left_out(moved))
    return new_draft(citizen, now, form | ({"replaces": stay.case_id} if moved else {}))


def correct(citizen: Citizen, case: Case, now: datetime) -> Draft:
    """Return a draft with everything a returned case says; submitting it sends the case back."""
    if case.status != Status.RETURNED:
        raise Conflict
    return new_draft(citizen, now, _flat(case.form, {}) | _kept(case))


def move_out(citizen: Citizen, stay: Stay, on: date) -> None:
    """End the stay on this day; its forms hold no longer than that.

    Raise AlreadyEnded, and Incomplete for a day before the stay began.
    """
    if on < stay.check_in_at.astimezone(SHANGHAI).date():
        raise Incomplete({"on": "date"})
    ended = db.session.execute(
        update(Stay)
        .where(Stay.case_id == stay.case_id, Stay.ended_on.is_(None))
        .values(ended_on=on)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyEnded
    outlasts = or_(IssuedForm.valid_until.is_(None), IssuedForm.valid_until > on)
    db.session.execute(
        update(IssuedForm)
        .where(IssuedForm.case_id == stay.case_id, IssuedForm.revoked_at.is_(None), outlasts)
        .values(valid_until=on)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(stay)
    audit.record(citizen.actor(), "stay.end", f"case:{stay.case_id}", on=on.isoformat())


def _kept(case: Case) -> dict[str, Any]:
    """What a correction keeps beside the fields: the consent once given, and the times proposed."""
    kept = {"corrects": case.id, "consent": case.form.get("consented_at"), "visit_times": case.form.get("visit_times")}
    return {name: value for name, value in kept.items() if value}


def _left_out(moved: bool) -> dict[str, set[str]]:
    return ASKED_ANEW | {"stay": ASKED_ANEW["stay"] | (OF_A_HOME if moved else set())}


def _flat(form: dict[str, Any], left_out: dict[str, set[str]]) -> dict[str, Any]:
    """Return a case's form in the shape of a draft; photos are used again, and were checked before."""
    flat: dict[str, Any] = {"by": form["by"]}
    for section in ("stay", "host"):
        skipped = left_out.get(section, set())
        flat |= {f"{section}:{name}": v for name, v in form[section].items() if name not in skipped}
    for guest in form["guests"]:
        key, skipped = new_key(), left_out.get("guest", set())
        flat |= {f"guest:{key}:{name}": v for name, v in guest.items() if name not in skipped}
        flat[f"guest:{key}:checked"] = True
    return {name: value for name, value in flat.items() if value not in (None, "")}
