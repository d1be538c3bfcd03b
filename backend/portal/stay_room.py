"""What the views of a registration share: the blueprint, taking in what was sent, showing the page or parts of it."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for

from .. import clock
from ..accommodation.service import fill, name_nations
from ..cases.service import Draft, find_case, get_own_draft
from ..house import house
from ..identity.models import Citizen
from . import stay_words
from .language import page_lang, remember_choices
from .moments import moment_label
from .places import nearest_stations, pin_of, places_by_station
from .stay_page import StayPage, make_page
from .stay_posts import take_fields, take_photos

stay = Blueprint("stay", __name__)
stay.after_request(remember_choices)
UPLOADS = {"stay.photos", "stay.guest_list", "stay.fields", "stay.submit", "stay.guests", "stay.unguest"}
BESIDE_FILES = 512 * 1024  # the fields that come with a file
CODE_SENT = "phone_code"
LEASE = "lease"


@stay.url_value_preprocessor
def _allow_photos(endpoint: str | None, _: dict[str, Any] | None) -> None:
    """Photos are larger than other pages' forms. Here, since the form is read before any view is reached."""
    if endpoint in UPLOADS:
        request.max_content_length = house().settings.files_max_bytes + BESIDE_FILES


@stay.context_processor
def _words() -> dict[str, Any]:
    return {"words": stay_words, "moment_label": moment_label}


def take_all(citizen: Citizen, draft_id: str) -> Draft:
    """Return the citizen's draft with everything in it that the page has sent."""
    draft, rooms, now = get_own_draft(citizen, draft_id), house(), clock.utc_now()
    take_photos(citizen, draft, request, rooms.files, now)
    take_fields(draft, request.form, rooms.catalogue.current, now)
    return draft


def shown(citizen: Citizen, draft: Draft, *, check: bool, opened: str = "") -> dict[str, Any]:
    bureau, now = house().catalogue.current.bureau, clock.utc_now()
    opened = opened or request.args.get("guest", "")
    sent = session.get(CODE_SENT, "")
    made = make_page(citizen, draft, bureau, now, check=check, opened=opened, code_sent=bool(sent))
    pin = pin_of(made.said.stay)
    return {
        "page": made,
        "draft": draft,
        "stations": places_by_station(bureau),
        "near": nearest_stations(bureau, *pin) if pin else [],
        "nations": name_nations(page_lang()),
        "asked_phone": sent,
        "now": now,
    }


def parts_of(citizen: Citizen, draft: Draft) -> dict[str, str]:
    """Return what of the page depends on its fields, by the id it has there."""
    made = shown(citizen, draft, check=False)
    return {
        name: render_template(f"portal/stay/_{name}.html", **made) for name in ("clock", "steps", "places", "phone")
    }


def cards_of(citizen: Citizen, draft: Draft, wanted: Iterable[str]) -> dict[str, str]:
    """Return the cards of the guests of these keys, and the lease's, by id."""
    cards = {}
    for key in wanted:
        made = shown(citizen, draft, check=False, opened=key)
        view = next((guest for guest in page_in(made).guests if guest.key == key), None)
        if view:
            cards[f"guest-{key}"] = render_template("portal/stay/_guest.html", **made, guest=view)
        elif key == LEASE:
            cards[LEASE] = render_template("portal/stay/_lease.html", **made)
    return cards


def read_from_lease(draft: Draft) -> dict[str, Any]:
    """Return what the lease has filled in: field of the draft → value."""
    said = fill(draft)
    values = {f"{name}:{key}": v for name in ("stay", "host") for key, v in getattr(said, name).items()}
    return {name: values[name] for name in said.from_lease}


def page_in(made: dict[str, Any]) -> StayPage:
    page: StayPage = made["page"]
    return page


def to_page(draft: Draft, *, anchor: str = "", **more: Any) -> Any:
    """303: the browser asks for the page anew, and reloading it sends nothing twice."""
    return redirect(url_for("stay.page", draft_id=draft.id, **more, _anchor=anchor or None), 303)


def to_case(draft: Draft) -> Any:
    return redirect(url_for("my.case", number=find_case(draft.case_id or 0).number), 303)
