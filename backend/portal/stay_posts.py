"""What comes in from a registration's page: photos first, since they take long, then every field as typed."""

import re
from datetime import datetime
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict

from ..accommodation.service import (
    MATTER,
    DocumentType,
    Incomplete,
    PhotoReading,
    Relation,
    attach_photo,
    guests_in,
    new_key,
    parse_list,
    read_fields,
    readings_of,
    save_choice,
    save_fields,
    save_place,
)
from ..cases.service import Draft
from ..files.service import Files
from ..identity.models import Citizen
from ..matters.service import Snapshot
from .places import pin_of

KINDS = ("passport", "visa", "lease")
FIELD = re.compile(r"(?:(stay|host)|guest:([0-9a-f]{8})):([a-z_]{1,30})")
FIELD_CHARACTERS = 300  # longer than any field may be: the rest is told as a fault, not kept
VISITS_MOST = 5


def take_photos(citizen: Citizen, draft: Draft, request: Request, files: Files, now: datetime) -> list[PhotoReading]:
    """Keep every photo that was chosen and have it read. Raise why a file is refused."""
    taken = []
    for name, upload in request.files.items(multi=True):
        kind, _, guest = name.removeprefix("photo:").partition(":")
        if not name.startswith("photo:") or kind not in KINDS or not upload.filename:
            continue
        if kind == "lease" or guest in guests_in(draft.form):
            data = upload.stream.read()
            guest = "" if kind == "lease" else guest
            taken.append(attach_photo(draft, citizen, files, data, kind=kind, guest=guest, now=now))
    return taken


def take_fields(draft: Draft, form: MultiDict[str, str], snapshot: Snapshot, now: datetime) -> None:
    """Keep what was typed; names that no page of ours has are passed over."""
    matter = snapshot.get_matter(MATTER)
    for section, values in _by_section(draft, form).items():
        community = str(values.pop("community", "") or "")
        if community:
            _take_place(draft, community, snapshot, now)
        save_fields(draft, section, _pinned(values) if section == "stay" else values, matter, now)
    _take_choices(draft, form, now)


def take_list(draft: Draft, upload: FileStorage | None, snapshot: Snapshot, now: datetime) -> int:
    """Add the guests of a filled-in list; an empty first guest makes room. Raise BadList, TooManyGuests."""
    guests = parse_list(upload.stream.read() if upload else b"")
    matter = snapshot.get_matter(MATTER)
    empty = [key for key, said in guests_in(draft.form).items() if not any(said.values())]
    for number, values in enumerate(guests):
        key = empty[0] if number == 0 and empty else new_key()
        known = {name: value for name, value in values.items() if value}
        save_fields(draft, f"guest:{key}", known | {"document_type": str(DocumentType.PASSPORT)}, matter, now)
    return len(guests)


def _by_section(draft: Draft, form: MultiDict[str, str]) -> dict[str, dict[str, Any]]:
    """Return the fields by section ("stay", "guest:<key>"), only of guests that are there."""
    guests = guests_in(draft.form)
    sections: dict[str, dict[str, Any]] = {}
    for name in form:
        match = FIELD.fullmatch(name)
        if match is None or (match[2] and match[2] not in guests):
            continue
        value = form.getlist(name)[-1].replace("\x00", "")[:FIELD_CHARACTERS]
        section = match[1] or f"guest:{match[2]}"
        sections.setdefault(section, {})[match[3]] = value
    return {name: _kept(draft, name, values) for name, values in sections.items()}


def _kept(draft: Draft, section: str, values: dict[str, str]) -> dict[str, Any]:
    """Return the values as kept: an emptied field is erased, but where a photo said something it stays empty."""
    read = _read(draft, section)
    kept: dict[str, Any] = {name: value or (" " if read.get(name) else None) for name, value in values.items()}
    if "checked" in kept:
        kept["checked"] = values["checked"] == "1"
    return kept


def _read(draft: Draft, section: str) -> dict[str, str]:
    if not section.startswith("guest:"):
        return {}
    guest, readings = guests_in(draft.form)[section.removeprefix("guest:")], readings_of(draft.form)
    return read_fields(readings.get(guest.get("passport_file", "")), readings.get(guest.get("visa_file", "")))[0]


def _pinned(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values without a pin that is none, and without what the page may not set."""
    plain = {name: value for name, value in values.items() if name not in ("latitude", "longitude", "rural")}
    pin = pin_of(values)
    return plain | ({"latitude": pin[0], "longitude": pin[1]} if pin else {})


def _take_place(draft: Draft, community: str, snapshot: Snapshot, now: datetime) -> None:
    try:
        save_place(draft, community, snapshot.bureau, snapshot.get_matter(MATTER), now)
    except Incomplete:
        return  # no place of this bureau: the page keeps asking


def _take_choices(draft: Draft, form: MultiDict[str, str], now: datetime) -> None:
    chosen: dict[str, Any] = {}
    if form.get("by") in set(Relation):
        chosen["by"] = form["by"]
    if "consent" in form:
        given = form.getlist("consent")[-1] == "1"
        chosen["consent"] = (draft.form.get("consent") or now.isoformat()) if given else None
    if "visit_times" in form:
        chosen["visit_times"] = _moments(form.getlist("visit_times"))
    if chosen:
        save_choice(draft, now, **chosen)


def _moments(values: list[str]) -> list[str]:
    """Return those that are moments, in order, each once, as many as may be proposed."""
    found = set()
    for value in values:
        try:
            found.add(datetime.fromisoformat(value).isoformat())
        except ValueError:
            continue
    return sorted(found)[:VISITS_MOST]
