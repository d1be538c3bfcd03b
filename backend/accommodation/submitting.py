"""From a draft to a case: everything checked, the station found, the files kept."""

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from ..cases.service import Case, Draft, Given, resubmit, submit, transfer
from ..clock import SHANGHAI
from ..db import db
from ..files.service import Files, get_file
from ..identity.models import Citizen
from ..matters.service import Snapshot
from ..sealed import key_of
from .again import find_own_stay, move_out
from .areas import Place, get_place
from .deadline import hours_allowed, registration_due_at
from .drafting import MATTER, local_moment, readings_of
from .errors import Incomplete
from .filling import fill
from .models import Stay, StayGuest, Visit
from .schemas import GuestIn, Housing, Submission, faults_of

KEPT_AFTER_DAYS = 3 * 365  # counted from the planned departure, else from the submission
FURTHEST_BACK = timedelta(days=365)


def submission_of(draft: Draft, now: datetime) -> Submission:
    """Return what the draft says, whole and checked. Raise Incomplete with every fault at once.

    Faults are told by the guest's key: `guest:<key>:surname`, `stay:address`.
    """
    said = fill(draft)
    told = {"by": said.by, "stay": said.stay, "host": said.host, "visit_times": said.visit_times}
    faults = {}
    try:
        submission = Submission.model_validate(told | {"guests": list(said.guests.values())})
    except ValidationError as error:
        faults = {_by_key(path, list(said.guests)): sort for path, sort in faults_of(error).items()}
        raise Incomplete(faults) from None
    for (key, values), guest in zip(said.guests.items(), submission.guests, strict=True):
        faults |= {f"guest:{key}:{name}": sort for name, sort in _guest_faults(guest, values, now).items()}
    faults |= _stay_faults(submission, now)
    if faults:
        raise Incomplete(faults)
    return submission


def check_draft(citizen: Citizen, draft: Draft, now: datetime) -> Submission:
    """Return what the draft says, ready to be submitted. Raise Incomplete with every fault at once.

    Beside what the form asks: a confirmed telephone, for the visit, and the separate consent that
    sensitive personal information wants. Source: 个人信息保护法 第二十九条 (单独同意).
    """
    faults = {} if citizen.phone_confirmed_at else {"phone": "phone"}
    if not draft.form.get("consent"):
        faults["consent"] = "consent"
    try:
        submission = submission_of(draft, now)
    except Incomplete as told:
        raise Incomplete(told.faults | faults) from None
    if faults:
        raise Incomplete(faults)
    return submission


def submit_stay(citizen: Citizen, draft: Draft, files: Files, snapshot: Snapshot, now: datetime) -> Case:
    """Return the case of the draft: a new one, the one it corrects, or, sent twice, the one it became."""
    if draft.case_id is not None:
        return db.session.get_one(Case, draft.case_id)
    submission = check_draft(citizen, draft, now)
    replaced = draft.form.get("replaces")
    place = get_place(snapshot.bureau, submission.stay.community)
    submission.stay.rural = place.rural
    form = submission.model_dump(mode="json") | {
        "readings": _read_of(draft),
        "consented_at": draft.form["consent"],
    }
    given = _materials(submission)
    if "corrects" in draft.form:
        case = _corrected(citizen, draft, form, given, place, snapshot, now)
    else:
        name = _display_name(submission.guests[0])
        case = submit(draft, form=form, unit=place.station, snapshot=snapshot, materials=given, now=now, applicant=name)
    _keep_files(submission, files, now)
    _write_stay(citizen, case, submission, place, snapshot, now)
    if replaced is not None:
        _end_replaced(citizen, replaced, submission)
    return case


def _end_replaced(citizen: Citizen, case_id: int, submission: Submission) -> None:
    """The stay moved out of ends on the day of moving in here."""
    former = find_own_stay(citizen, case_id)
    if former is not None and former.ended_on is None:
        days = (former.check_in_at, _moved_in(submission))
        move_out(citizen, former, max(day.astimezone(SHANGHAI).date() for day in days))


def _corrected(
    citizen: Citizen,
    draft: Draft,
    form: dict[str, Any],
    given: list[Given],
    place: Place,
    snapshot: Snapshot,
    now: datetime,
) -> Case:
    """Send a returned case back with what was corrected; where the address was, to its station."""
    case = db.session.get_one(Case, draft.form["corrects"])
    transfer(case, place.station, snapshot.bureau, citizen.actor())
    resubmit(citizen, case, form, now, materials=given, draft=draft)
    return case


def _write_stay(
    citizen: Citizen, case: Case, submission: Submission, place: Place, snapshot: Snapshot, now: datetime
) -> None:
    said, moved_in = submission.stay, _moved_in(submission)
    stay = db.session.get(Stay, case.id)
    if stay is None:
        stay = Stay(case_id=case.id, citizen_id=citizen.id)
        db.session.add(stay)
    hours = hours_allowed(snapshot.get_matter(MATTER), [g.document_type for g in submission.guests], rural=said.rural)
    stay.station, stay.community, stay.address = place.station, said.community, said.address
    stay.check_in_at, stay.due_at = moved_in, registration_due_at(moved_in, hours)
    stay.check_out_on, stay.lease_ends_on = said.check_out_on, said.lease_ends_on
    stay.guests = [_guest_row(position, guest) for position, guest in enumerate(submission.guests)]
    if not stay.visits:
        stay.visits = [Visit(proposed=[])]
    stay.visits[-1].proposed = [m.isoformat() for m in map(local_moment, submission.visit_times) if m]
    db.session.flush()


def _guest_row(position: int, guest: GuestIn) -> StayGuest:
    return StayGuest(
        position=position,
        details=guest.model_dump(mode="json"),
        document_key=key_of("document", guest.document_number),
        permit_ends_on=guest.visa_until,
    )


def _guest_faults(guest: GuestIn, values: dict[str, Any], now: datetime) -> dict[str, str]:
    """Return what pydantic cannot see: dates that contradict each other, doubts nobody has checked."""
    today = now.astimezone(SHANGHAI).date()
    faults = {}
    if guest.birth_date > today or guest.birth_date < date(1900, 1, 1):
        faults["birth_date"] = "date"
    if guest.expiry_date and guest.expiry_date < today:
        faults["expiry_date"] = "expired"
    if guest.visa_until and guest.visa_until < today:
        faults["visa_until"] = "expired"
    if guest.entry_date and not guest.birth_date <= guest.entry_date <= today:
        faults["entry_date"] = "date"
    if values["unsure"]:
        faults["checked"] = "check"
    if not guest.passport_file:
        faults["passport_file"] = "photo"
    return faults


def _stay_faults(submission: Submission, now: datetime) -> dict[str, str]:
    stay, moved_in = submission.stay, _moved_in(submission)
    faults = {}
    if not now - FURTHEST_BACK < moved_in <= now + timedelta(days=1):
        faults["stay:check_in_at"] = "date"
    if stay.check_out_on and stay.check_out_on < moved_in.astimezone(SHANGHAI).date():
        faults["stay:check_out_on"] = "date"
    if stay.housing is Housing.RENTED and not stay.lease_file:
        faults["stay:lease_file"] = "photo"
    if stay.housing in (Housing.FRIENDS, Housing.DORMITORY) and not (submission.host.name and submission.host.phone):
        faults["host:name"] = "missing"
    return faults


def _moved_in(submission: Submission) -> datetime:
    moment = local_moment(submission.stay.check_in_at)
    assert moment is not None
    return moment


def _materials(submission: Submission) -> list[Given]:
    """Return the files of the application, as the matter names its materials."""
    given = [Given("passport", g.passport_file) for g in submission.guests]
    given += [Given("entry-stamp", g.visa_file) for g in submission.guests if g.visa_file]
    if submission.stay.lease_file:
        given.append(Given("housing-proof", submission.stay.lease_file))
    return given


def _keep_files(submission: Submission, files: Files, now: datetime) -> None:
    last = submission.stay.check_out_on or now.date()
    until = max(last, now.date()) + timedelta(days=KEPT_AFTER_DAYS)
    ids = [f for g in submission.guests for f in (g.passport_file, g.visa_file) if f]
    for file_id in [*ids, *filter(None, [submission.stay.lease_file])]:
        files.keep(get_file(file_id), until=until)


def _read_of(draft: Draft) -> dict[str, Any]:
    """Return what was read of each photo, for the officer: file id → reading."""
    return {file_id: row.result for file_id, row in readings_of(draft.form).items() if row.result}


def _display_name(guest: GuestIn) -> str:
    return f"{guest.surname} {guest.given_names}".strip()


def _by_key(path: str, keys: list[str]) -> str:
    """Turn `guests.0.surname` into `guest:<key>:surname`, `stay.address` into `stay:address`."""
    parts = path.split(".")
    if parts[0] == "guests" and len(parts) > 2:
        return ":".join(["guest", keys[int(parts[1])], *parts[2:]])
    return ":".join(parts)
