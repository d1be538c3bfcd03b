"""Citizens: found by their openid, bound to a real name, reached by a confirmed phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..clock import utc_now
from ..db import db, insert_into
from ..sealed import key_of
from . import audit
from .documents import check_document, check_name
from .errors import NoSuchCitizen
from .models import QUIET, Citizen
from .phones import confirm_phone, start_phone_check

__all__ = ["bind", "citizen_for_openid", "confirm_phone", "get_citizen", "start_phone_check"]


def citizen_for_openid(openid: str, lang: str = "zh") -> Citizen:
    """Return the citizen of this openid, a new one at the first visit.

    Two first requests at once make one citizen: the second finds the first's.
    """
    key = key_of("openid", openid)
    wanted = select(Citizen).where(Citizen.openid_key == key)
    found = db.session.scalar(wanted)
    if found is not None:
        return found
    spoken = "en" if lang == "en" else "zh"
    values: dict[str, Any] = {"openid_key": key, "openid": openid, "lang": spoken, "created_at": utc_now()}
    values |= {"quiet_from": QUIET[0], "quiet_until": QUIET[1]}
    db.session.execute(insert_into(Citizen).values(**values).on_conflict_do_nothing())
    return db.session.scalars(wanted).one()


def get_citizen(citizen_id: int) -> Citizen:
    """Raise NoSuchCitizen where there is none."""
    citizen = db.session.get(Citizen, citizen_id)
    if citizen is None:
        raise NoSuchCitizen
    return citizen


def bind(citizen: Citizen, *, name: str, document_type: str, document_number: str, now: datetime) -> None:
    """Bind the citizen to a real name and document. Bound anew, the last one counts.

    document_type: one of `documents.DOCUMENT_TYPES`. Raise BadName, BadDocument.
    """
    number = check_document(document_type, document_number, now)
    citizen.name = check_name(name)
    citizen.document_type, citizen.document_number = document_type, number
    citizen.document_key = key_of("document", f"{document_type}\n{number}")
    again = citizen.bound_at is not None
    citizen.bound_at = now
    db.session.flush()
    audit.record(citizen.actor(), "citizen.bound", f"citizen:{citizen.id}", document_type=document_type, again=again)
