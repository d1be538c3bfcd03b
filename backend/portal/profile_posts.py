"""What the forms of the page about a citizen hand in. Each returns its faults: field → key of `FAULTS`."""

from collections.abc import Callable
from datetime import datetime, time

from flask import request, session

from ..db import db
from ..errors import Refusal
from ..identity.documents import check_document, check_name
from ..identity.errors import BadDocument, BadName, BadPhone, CodeExpired, TooManyCodes, WrongCode
from ..identity.models import Citizen
from ..identity.preferences import choose_messages
from ..identity.service import DOCUMENT_TYPES, bind, confirm_phone, start_phone_check
from .language import LANGUAGES
from .stay_room import CODE_SENT

Faults = dict[str, str]
KEPT_CHARACTERS = 30


def take_name(citizen: Citizen, now: datetime) -> Faults:
    """Bind the real name; name and number are looked at both, so that both faults show at once."""
    name, kind, number = (request.form.get(field, "") for field in ("name", "document_type", "document_number"))
    faults: Faults = {}
    if not _passes(lambda: check_name(name), BadName):
        faults["name"] = BadName.code
    if kind not in DOCUMENT_TYPES:
        faults["document_type"] = "choice"
    elif not _passes(lambda: check_document(kind, number, now), BadDocument):
        faults["document_number"] = kind
    if not faults:
        bind(citizen, name=name, document_type=kind, document_number=number, now=now)
    return faults


def send_code(citizen: Citizen, now: datetime) -> Faults:
    """Send a code to the phone; with the field left empty, again to the one of the last time."""
    phone = request.form.get("phone", "").strip() or session.get(CODE_SENT, "")
    try:
        start_phone_check(citizen, phone, now)
    except (BadPhone, TooManyCodes) as fault:
        return _undone("phone", fault)
    session[CODE_SENT] = phone[:KEPT_CHARACTERS]
    return {}


def take_code(citizen: Citizen, now: datetime) -> Faults:
    try:
        confirm_phone(citizen, request.form.get("code", ""), now)
    except (WrongCode, CodeExpired) as fault:
        return _undone("code", fault)
    session.pop(CODE_SENT, None)
    return {}


def take_messages(citizen: Citizen, _: datetime) -> Faults:
    """Keep language and quiet hours; both hours empty: none."""
    lang, hours = request.form.get("lang", ""), [request.form.get(f"quiet_{end}", "") for end in ("from", "until")]
    times = [time_in(text) for text in hours]
    faults: Faults = {}
    if lang not in LANGUAGES:
        faults["lang"] = "choice"
    if any(hours) and None in times:
        faults["quiet"] = "hours"
    if not faults:
        start, end = times
        choose_messages(citizen, lang=lang, quiet=(start, end) if start is not None and end is not None else None)
    return faults


def time_in(text: str) -> time | None:
    """Return "22:00", or "22:00:00" as some browsers send it, as a time of the clock; None for anything else."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0) if found.tzinfo is None else None


def _passes(check: Callable[[], object], refusal: type[Refusal]) -> bool:
    try:
        check()
    except refusal:
        return False
    return True


def _undone(field: str, fault: Refusal) -> Faults:
    """The page is shown and committed after a refusal here: what the attempt had begun must not be."""
    db.session.rollback()
    return {field: fault.code}


ACTS: dict[str, Callable[[Citizen, datetime], Faults]] = {
    "name": take_name,
    "phone": send_code,
    "code": take_code,
    "messages": take_messages,
}
