"""The door of the room: what others may use."""

from .actor import SYSTEM, Actor
from .audit import record, record_refused
from .audit_check import verify
from .citizens import bind, citizen_for_openid, confirm_phone, get_citizen, start_phone_check
from .documents import DOCUMENT_TYPES
from .models import Citizen, Officer, OfficerRole
from .officers import create_officer, disable_officer, get_officer, officers_of, reset_officer

__all__ = [
    "DOCUMENT_TYPES",
    "SYSTEM",
    "Actor",
    "Citizen",
    "Officer",
    "OfficerRole",
    "bind",
    "citizen_for_openid",
    "confirm_phone",
    "create_officer",
    "disable_officer",
    "get_citizen",
    "get_officer",
    "officers_of",
    "record",
    "record_refused",
    "reset_officer",
    "start_phone_check",
    "verify",
]
