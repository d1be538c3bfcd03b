"""A draft as its page shows it and as it is submitted: what was typed laid over what was read of the photos."""

from dataclasses import dataclass
from typing import Any

from ..cases.service import Draft
from .drafting import guests_in, readings_of, section_in
from .models import PhotoReading
from .schemas import Relation

VISA_FORMATS = ("MRV-A", "MRV-B")
# What a lease says → what it is in the draft. Its first day is not the day of moving in: that one is asked.
OF_A_LEASE = {"address": "stay:address", "ends_on": "stay:lease_ends_on", "landlord": "host:name"}


@dataclass(frozen=True)
class Filled:
    """guests: by key, each with `unsure`: what was read but not surely. from_lease: fields the lease filled in."""

    by: str
    guests: dict[str, dict[str, Any]]
    stay: dict[str, Any]
    host: dict[str, Any]
    visit_times: list[str]
    readings: dict[str, PhotoReading]
    from_lease: frozenset[str]


def fill(draft: Draft) -> Filled:
    """Return everything the draft says. Photos that are still being read fill in nothing."""
    form, readings = draft.form, readings_of(draft.form)
    guests = {
        key: filled(g, readings.get(g.get("passport_file", "")), readings.get(g.get("visa_file", "")))
        for key, g in guests_in(form).items()
    }
    stay, host = section_in(form, "stay"), section_in(form, "host")
    read = _of_lease(readings.get(stay.get("lease_file", "")))
    read = {name: value for name, value in read.items() if form.get(name) in (None, "")}
    return Filled(
        by=form.get("by", Relation.SELF),
        guests=guests,
        stay=stay | {n.removeprefix("stay:"): v for n, v in read.items() if n.startswith("stay:")},
        host=host | {n.removeprefix("host:"): v for n, v in read.items() if n.startswith("host:")},
        visit_times=form.get("visit_times", []),
        readings=readings,
        from_lease=frozenset(read),
    )


def filled(guest: dict[str, Any], passport: PhotoReading | None, visa: PhotoReading | None = None) -> dict[str, Any]:
    """Return the guest's fields, what was typed laid over what was read, and `unsure`.

    unsure: the fields read but not surely, which nobody has changed or checked yet.
    """
    read, sure = read_fields(passport, visa)
    typed = {name: value for name, value in guest.items() if value not in (None, "")}
    doubtful = [name for name in read if not sure.get(name) and typed.get(name, read[name]) == read[name]]
    return {**read, **typed, "unsure": [] if guest.get("checked") else doubtful}


def read_fields(passport: PhotoReading | None, visa: PhotoReading | None) -> tuple[dict[str, str], dict[str, bool]]:
    """Return what the photos say of a guest, and of which of it the reader is sure.

    The day printed in a visa's lines is the last day to enter, which need not be the last day of the
    stay: it is filled in, never surely.
    """
    result = (passport.result or {}) if passport else {}
    read = {name: value for name, value in (result.get("fields") or {}).items() if value}
    sure = dict(result.get("sure") or {})
    permit = (visa.result or {}) if visa else {}
    if permit.get("format") in VISA_FORMATS:
        of_visa = {
            "visa_number": permit["fields"].get("document_number"),
            "visa_until": permit["fields"].get("expiry_date"),
        }
        read |= {name: value for name, value in of_visa.items() if value}
        sure |= {"visa_number": bool(permit.get("sure", {}).get("document_number")), "visa_until": False}
    return read, sure


def count_filled(reading: PhotoReading) -> int:
    """Return how many fields a photo has filled in."""
    if reading.kind == "lease":
        return len(_of_lease(reading))
    photos = (None, reading) if reading.kind == "visa" else (reading, None)
    return len(read_fields(*photos)[0])


def _of_lease(reading: PhotoReading | None) -> dict[str, str]:
    """Return the fields a lease tells for certain; a lease has no check digits, so doubts are not filled in."""
    result = (reading.result or {}) if reading else {}
    sure = result.get("sure") or {}
    return {field: str(result[name]) for name, field in OF_A_LEASE.items() if result.get(name) and sure.get(name)}
