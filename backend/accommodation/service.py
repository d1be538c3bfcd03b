"""The door of the room."""

from .again import correct, find_own_stay, get_own_stay, move_out, register_again, stays_of
from .areas import Place, get_place, guess_places, list_places
from .chat import make_photo_token, read_photo_token
from .checking import Checked, check_form
from .drafting import (
    MATTER,
    attach_photo,
    find_reading,
    guests_in,
    new_key,
    open_draft,
    readings_of,
    remove_guest,
    save_choice,
    save_fields,
    save_place,
    section_in,
)
from .errors import BadList, Incomplete, NoSuchForm, TooManyGuests
from .filling import Filled, count_filled, fill, filled, read_fields
from .history import Earlier, earlier_stays
from .issuing import forms_of, get_form, issue_forms, may_revoke, read_form, replace_form, revoke_form
from .lists import make_template, parse_list
from .models import IssuedForm, PhotoReading, Stay, Visit
from .readings import Readings
from .reminders import remind
from .schemas import MAX_GUESTS, DocumentType, Housing, Relation
from .showing import advise, form_picture, name_nation, name_nations, qr_of
from .submitting import check_draft, submission_of, submit_stay
from .visits import Held, agree_visit, arrive, current_visit, ensure_no_stay, find_stay, get_stay, hold_visit

__all__ = [
    "MATTER",
    "MAX_GUESTS",
    "BadList",
    "Checked",
    "DocumentType",
    "Earlier",
    "Filled",
    "Held",
    "Housing",
    "Incomplete",
    "IssuedForm",
    "NoSuchForm",
    "PhotoReading",
    "Place",
    "Readings",
    "Relation",
    "Stay",
    "TooManyGuests",
    "Visit",
    "advise",
    "agree_visit",
    "arrive",
    "attach_photo",
    "check_draft",
    "check_form",
    "correct",
    "count_filled",
    "current_visit",
    "earlier_stays",
    "ensure_no_stay",
    "fill",
    "filled",
    "find_own_stay",
    "find_reading",
    "find_stay",
    "form_picture",
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
    "name_nation",
    "name_nations",
    "new_key",
    "open_draft",
    "parse_list",
    "qr_of",
    "read_fields",
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
    "save_place",
    "section_in",
    "stays_of",
    "submission_of",
    "submit_stay",
]  # fmt: skip
