"""The registration form: decided by an officer, made and signed by the worker (`making.py`), revoked or replaced later.

Issuing writes the numbers; the PDFs follow within seconds: nothing slow happens inside a transaction.
"""

from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select, update

from ..cases.service import Case, ReasonMissing, pass_step
from ..clock import SHANGHAI
from ..db import db, insert_into
from ..files.service import Files, get_file
from ..identity import audit
from ..identity.citizens import get_citizen
from ..identity.models import Officer, OfficerRole
from ..identity.permissions import ensure, may_work
from ..jobs import wake
from ..matters.bureau import Bureau
from ..matters.schema import Stage
from ..notify.service import tell
from .errors import FormRevoked, NoSuchForm
from .form.numbering import initials, make_number, make_token
from .models import FormSerial, IssuedForm, Stay, StayGuest
from .visits import ensure_confirmed, get_stay, turn_at

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
MAX_TRIES = 20
PDF_KEPT_DAYS = 10 * 365


def issue_forms(officer: Officer, case: Case, bureau: Bureau, now: datetime) -> list[IssuedForm]:
    """Decide the case and give every guest a form. Raise NotVisited and what `cases.pass_step` raises."""
    step = turn_at(officer, case, Stage.DECIDE)
    ensure_confirmed(case)
    pass_step(officer, step, now)
    stay = get_stay(case)
    forms = [_new_form(officer, stay, guest, bureau, now) for guest in stay.guests]
    db.session.add_all(forms)
    db.session.flush()
    for form in forms:
        audit.record(officer.actor(), "form.issue", f"form:{form.number}", case=case.id)
    wake("forms")
    return forms


def may_revoke(officer: Officer, stay: Stay) -> bool:
    roles = (OfficerRole.STATION_OFFICER, OfficerRole.APPROVER)
    return any(may_work(officer, unit=stay.station, role=role) for role in roles)


def revoke_form(officer: Officer, form: IssuedForm, why: str, now: datetime) -> None:
    """Make the form void and tell the guest. Raise ReasonMissing, FormRevoked where it is already."""
    ensure(may_revoke(officer, _stay_of(form)))
    if not why.strip():
        raise ReasonMissing
    voided = db.session.execute(
        update(IssuedForm)
        .where(IssuedForm.id == form.id, IssuedForm.revoked_at.is_(None))
        .values(revoked_at=now, revoked_why=why.strip()[:500])
        .execution_options(synchronize_session=False)
    )
    if voided.rowcount != 1:  # type: ignore[attr-defined]
        raise FormRevoked
    db.session.refresh(form)
    audit.record(officer.actor(), "form.revoke", f"form:{form.number}")
    case = db.session.get_one(Case, form.case_id)
    tell(
        get_citizen(case.citizen_id).to(), "stay-revoked", {"number": form.number},
        key=f"form:{form.number}:revoked", link=f"/my/cases/{case.number}",
    )  # fmt: skip


def replace_form(officer: Officer, form: IssuedForm, why: str, bureau: Bureau, now: datetime) -> IssuedForm:
    """Revoke the form and give the guest another that names the old one."""
    revoke_form(officer, form, why, now)
    guest = db.session.get(StayGuest, form.guest_id)
    assert guest is not None
    new = _new_form(officer, _stay_of(form), guest, bureau, now)
    new.replaces = form.number
    db.session.add(new)
    db.session.flush()
    audit.record(officer.actor(), "form.replace", f"form:{new.number}", replaces=form.number)
    wake("forms")
    return new


def forms_of(case: Case) -> list[IssuedForm]:
    return list(db.session.scalars(select(IssuedForm).where(IssuedForm.case_id == case.id).order_by(IssuedForm.id)))


def get_form(number: str) -> IssuedForm:
    """Raise NoSuchForm."""
    form = db.session.scalar(select(IssuedForm).where(IssuedForm.number == number))
    if form is None:
        raise NoSuchForm
    return form


def _new_form(officer: Officer, stay: Stay, guest: StayGuest, bureau: Bureau, now: datetime) -> IssuedForm:
    said = guest.details
    today = now.astimezone(SHANGHAI).date()
    return IssuedForm(
        number=make_number(bureau.code, today.year, _next_serial(today)),
        token=make_token(),
        case_id=stay.case_id,
        guest_id=guest.id,
        officer_id=officer.id,
        initials=initials(said["surname"], said["given_names"]),
        valid_from=stay.check_in_at.astimezone(SHANGHAI).date(),
        valid_until=stay.check_out_on,
        issued_at=now,
    )


def _next_serial(today: date) -> int:
    """Return the year's next running number; two officers never get the same."""
    count = insert_into(FormSerial).values(year=today.year, last=1)
    count = count.on_conflict_do_update(index_elements=["year"], set_={"last": FormSerial.last + 1})
    last = db.session.scalar(count.returning(FormSerial.last), execution_options={"synchronize_session": False})
    return int(last or 0)


def _stay_of(form: IssuedForm) -> Stay:
    return get_stay(db.session.get_one(Case, form.case_id))


def read_form(files: Files, form: IssuedForm) -> bytes | None:
    """Return the signed PDF, None while it is being made."""
    return files.read(get_file(form.file_id)) if form.file_id else None
