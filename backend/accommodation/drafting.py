"""A submission while it is being typed: every field kept as it comes, photos read beside.

A draft's form is flat, so that two devices, or a photo and a typing hand, never overwrite each other's
fields: `by`, `visit_times`, `consent` (the moment it was given), `corrects` (id of the returned case it
corrects), `replaces` (id of the case whose stay ends with this move), `stay:<field>`, `host:<field>`,
`guest:<key>:<field>`. What the worker read of a photo is not merged into it: see `filling`.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from ..cases.service import Draft, drafts_of, save_draft, start_draft
from ..clock import SHANGHAI
from ..db import db
from ..files.service import Files
from ..identity.models import Citizen
from ..jobs import wake
from ..matters.bureau import Bureau
from ..matters.schema import Matter
from .areas import get_place
from .deadline import hours_allowed, registration_due_at
from .errors import TooManyGuests
from .models import PhotoReading
from .schemas import MAX_GUESTS, DocumentType, GuestIn, HostIn, Relation, StayIn

MATTER = "foreigner-accommodation"
ALONE = frozenset({"by", "visit_times", "consent", "corrects", "replaces"})
FIELDS = {
    "stay": frozenset(StayIn.model_fields),
    "host": frozenset(HostIn.model_fields),
    "guest": frozenset(GuestIn.model_fields) | {"checked"},
}
KEPT_WITH_DRAFT = timedelta(days=31)  # a day longer than the draft itself
PURPOSE = {"passport": "stay-passport", "visa": "stay-visa", "lease": "stay-lease"}


def open_draft(citizen: Citizen, now: datetime, by: Relation = Relation.SELF) -> Draft:
    """Return the citizen's unfinished submission, or a new one with one guest."""
    for draft in drafts_of(citizen):
        if draft.matter_id == MATTER and not draft.form.get("corrects"):
            return draft
    return new_draft(citizen, now, {"by": str(by)})


def new_draft(citizen: Citizen, now: datetime, form: dict[str, Any]) -> Draft:
    """Return a new submission that starts with `form`; with one guest where it names none."""
    draft = start_draft(citizen, MATTER, now=now)
    _save(draft, form if guests_in(form) else form | {f"guest:{new_key()}:checked": False}, now)
    return draft


def save_fields(draft: Draft, prefix: str, values: dict[str, Any], matter: Matter, now: datetime) -> None:
    """Keep what was typed, and the moment by which all must be submitted.

    prefix: "stay", "host" or "guest:<key>"; an unknown key is a new guest. Unknown fields are passed
    over. Raise TooManyGuests and what `cases.save_draft` raises.
    """
    known = {
        name for name in FIELDS[prefix.partition(":")[0]] if not name.endswith("_file")
    }  # a photo's id: ours to set
    if prefix.startswith("guest:"):
        _ensure_room(draft, prefix.removeprefix("guest:"))
    _save(draft, {f"{prefix}:{name}": value for name, value in values.items() if name in known}, now)
    _set_clock(draft, matter)


def save_place(draft: Draft, community: str, bureau: Bureau, matter: Matter, now: datetime) -> None:
    """Keep the community, and whether it is a village. Raise Incomplete where the bureau has none of that name."""
    place = get_place(bureau, community)
    save_fields(draft, "stay", {"community": place.community, "rural": place.rural}, matter, now)


def save_choice(draft: Draft, now: datetime, **values: Any) -> None:
    """Keep `by`, `visit_times` or `consent`; None erases."""
    _save(draft, {name: value for name, value in values.items() if name in ALONE}, now)


def remove_guest(draft: Draft, key: str, now: datetime) -> None:
    """Erase one guest; the last one leaves an empty one behind."""
    erased: dict[str, Any] = {name: None for name in draft.form if name.startswith(f"guest:{key}:")}
    if set(guests_in(draft.form)) <= {key}:
        erased[f"guest:{new_key()}:checked"] = False
    _save(draft, erased, now)


def attach_photo(
    draft: Draft, citizen: Citizen, files: Files, data: bytes, *, kind: str, guest: str, now: datetime
) -> PhotoReading:
    """Store a photo durably and have it read. kind: "passport", "visa" or "lease". Raise what `files` refuses."""
    file = files.store(data, owner=f"citizen:{citizen.id}", purpose=PURPOSE[kind])
    files.keep(file, until=now.date() + KEPT_WITH_DRAFT)
    reading = PhotoReading(file_id=file.id, draft_id=draft.id, guest=guest, kind=kind, asked_at=now)
    db.session.add(reading)
    if kind == "lease":
        _save(draft, {"stay:lease_file": file.id}, now)
    else:
        _ensure_room(draft, guest)
        _save(draft, {f"guest:{guest}:{kind}_file": file.id, f"guest:{guest}:checked": False}, now)
    wake("read")
    return reading


def guests_in(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the guests by key, in the order they were added, each with what was typed."""
    guests: dict[str, dict[str, Any]] = {}
    for name, value in form.items():
        if name.startswith("guest:"):
            _, key, field = name.split(":", 2)
            guests.setdefault(key, {})[field] = value
    return guests


def section_in(form: dict[str, Any], section: str) -> dict[str, Any]:
    """Return what was typed in "stay" or "host"."""
    return {n.removeprefix(f"{section}:"): v for n, v in form.items() if n.startswith(f"{section}:")}


def find_reading(file_id: str | None) -> PhotoReading | None:
    return db.session.get(PhotoReading, file_id) if file_id else None


def readings_of(form: dict[str, Any]) -> dict[str, PhotoReading]:
    """Return the readings of every photo the form names, by file id."""
    ids = [value for name, value in form.items() if name.endswith("_file") and value]
    rows = db.session.scalars(select(PhotoReading).where(PhotoReading.file_id.in_(ids)))
    return {row.file_id: row for row in rows}


def new_key() -> str:
    return secrets.token_hex(4)


def local_moment(value: Any) -> datetime | None:
    """Return the moment a page means; without a zone it is Shanghai's. None where it is none."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _save(draft: Draft, changes: dict[str, Any], now: datetime) -> None:
    save_draft(draft, changes, now, known=changes.keys())  # the callers let known names through only


def _ensure_room(draft: Draft, key: str) -> None:
    guests = guests_in(draft.form)
    if key not in guests and len(guests) >= MAX_GUESTS:
        raise TooManyGuests


def _set_clock(draft: Draft, matter: Matter) -> None:
    stay = section_in(draft.form, "stay")
    moved_in = local_moment(stay.get("check_in_at", ""))
    if moved_in is None:
        return
    known = set(DocumentType)
    documents = [g.get("document_type", "") for g in guests_in(draft.form).values()]
    allowed = hours_allowed(matter, [DocumentType(d) for d in documents if d in known], rural=bool(stay.get("rural")))
    draft.due_at = registration_due_at(moved_in, allowed)
