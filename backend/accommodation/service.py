"""The door of the room."""

from .again import correct, get_own_stay, move_out, register_again, stays_of
from .areas import Place, get_place, guess_places, list_places
from .chat import make_photo_token, read_photo_token
from .checking import Checked, check_form
from .drafting import (
    MATTER,
    attach_photo,
    filled,
    find_reading,
    guests_in,
    new_key,
    open_draft,
    readings_of,
    remove_guest,
    save_choice,
    save_fields,
    section_in,
)
from .errors import Incomplete
from .issuing import forms_of, get_form, issue_forms, may_revoke, read_form, replace_form, revoke_form
from .lists import make_template, parse_list
from .models import IssuedForm, PhotoReading, Stay, Visit
from .readings import Readings
from .reminders import remind
from .schemas import DocumentType, Housing, Relation
from .submitting import submission_of, submit_stay
from .visits import Held, agree_visit, arrive, current_visit, get_stay, hold_visit

__all__ = [
    "MATTER",
    "Checked",
    "DocumentType",
    "Held",
    "Housing",
    "Incomplete",
    "IssuedForm",
    "PhotoReading",
    "Place",
    "Readings",
    "Relation",
    "Stay",
    "Visit",
    "agree_visit",
    "arrive",
    "attach_photo",
    "check_form",
    "correct",
    "current_visit",
    "filled",
    "find_reading",
    "forms_of",
    "get_form",
    "get_own_stay",
    "get_place",
    "get_stay",
    "guess_places",
    "guests_in",
    "hold_visit",
    "issue_forms",
    "list_places",
    "make_photo_token",
    "make_template",
    "may_revoke",
    "move_out",
    "new_key",
    "open_draft",
    "parse_list",
    "read_form",
    "read_photo_token",
    "readings_of",
    "register_again",
    "remind",
    "remove_guest",
    "replace_form",
    "revoke_form",
    "save_choice",
    "save_fields",
    "section_in",
    "stays_of",
    "submission_of",
    "submit_stay",
]  # fmt: skip
