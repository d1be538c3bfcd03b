"""Registering a stay: one page, every field kept as it is typed, sent once.

The page is one form. Whatever button is pressed, everything in it is kept first, so that nothing
typed is lost without scripts either; a script sends fields one by one as they change.
"""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session, url_for

from .. import clock
from ..accommodation.service import (
    MATTER,
    MAX_GUESTS,
    Incomplete,
    Relation,
    TooManyGuests,
    fill,
    get_own_stay,
    guests_in,
    make_template,
    name_nations,
    new_key,
    open_draft,
    register_again,
    remove_guest,
    save_fields,
    stays_of,
    submit_stay,
)
from ..cases.service import Draft, abandon_draft, cases_of, drafts_of, find_case, get_own_case, get_own_draft
from ..house import house
from ..identity.models import Citizen
from ..identity.service import confirm_phone, start_phone_check
from ..web import limiter
from . import stay_words
from .citizen import by_citizen, needs_citizen, wants_json
from .language import page_lang, remember_language
from .stay_page import StayPage, make_page, moment_label, nearest_stations, pin_of, places_by_station
from .stay_photos import own_photo, put_chat_photo
from .stay_posts import take_fields, take_list, take_photos

stay = Blueprint("stay", __name__)
stay.after_request(remember_language)
UPLOADS = {"stay.photos", "stay.guest_list", "stay.fields", "stay.submit", "stay.guests", "stay.unguest"}
BESIDE_FILES = 512 * 1024  # the fields that come with a file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


@stay.get("/stay")
@needs_citizen
def home(citizen: Citizen) -> str:
    """What it is, the unfinished registration, the former ones."""
    matter = house().catalogue.current.get_matter(MATTER)
    cases = {case.id: case for case in cases_of(citizen, matter=MATTER)}
    return render_template(
        "portal/stay/home.html",
        matter=matter,
        drafts=[draft for draft in drafts_of(citizen) if draft.matter_id == MATTER],
        stays=[(one, cases[one.case_id]) for one in stays_of(citizen) if one.case_id in cases],
        relations=stay_words.RELATIONS,
        now=clock.utc_now(),
    )


@stay.post("/stay")
@needs_citizen
def start(citizen: Citizen) -> Any:
    """Open the unfinished registration, or a new one."""
    by = request.form.get("by", Relation.SELF)
    draft = open_draft(citizen, clock.utc_now(), Relation(by) if by in set(Relation) else Relation.SELF)
    return _to(draft)


@stay.get("/stay/list.xlsx")
def list_template() -> Response:
    """The list for several guests, empty."""
    headers = {"Content-Disposition": "attachment; filename=guests.xlsx"}
    return Response(make_template(), mimetype=XLSX, headers=headers)


@stay.get("/stay/photo/<token>")
@needs_citizen
@limiter.limit("10 per minute", key_func=by_citizen)
def from_chat(citizen: Citizen, token: str) -> Any:
    """The passport photo a citizen sent in the chat, put into the registration."""
    return _to(put_chat_photo(citizen, token))


@stay.get("/stay/<draft_id>")
@needs_citizen
def page(citizen: Citizen, draft_id: str) -> Any:
    """The page; `check`: with what is missing; `guest`: the one to open. A submitted one shows its case."""
    draft = get_own_draft(citizen, draft_id)
    if draft.case_id is not None:
        return _to_case(draft)
    return render_template("portal/stay/page.html", **_shown(citizen, draft, check="check" in request.args))


@stay.post("/stay/<draft_id>/fields")
@needs_citizen
@limiter.limit("240 per minute", key_func=by_citizen)
def fields(citizen: Citizen, draft_id: str) -> Any:
    """Keep what was typed. For a script: JSON with the parts of the page that depend on it, by id."""
    draft = _take(citizen, draft_id)
    if wants_json():
        return jsonify(ok=True, parts=_parts(citizen, draft))
    return _to(draft, anchor=request.form.get("at", ""))


@stay.get("/stay/<draft_id>/fields")
@needs_citizen
def card(citizen: Citizen, draft_id: str) -> Any:
    """For a script: what a photo has filled in, as parts of the page. `card`: a guest's key, or "lease"."""
    draft = get_own_draft(citizen, draft_id)
    wanted = request.args.get("card", "")
    parts = _parts(citizen, draft) | _cards(citizen, draft, [wanted])
    return jsonify(ok=True, parts=parts, fields=_read_from_lease(draft) if wanted == LEASE else {})


@stay.post("/stay/<draft_id>/photos")
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen)
def photos(citizen: Citizen, draft_id: str) -> Any:
    """Take photos. For a script: JSON with the guest's card, or the lease's, as it is now."""
    draft = _take(citizen, draft_id)
    if wants_json():
        keys = {name.rpartition(":")[2] for name in request.files}
        return jsonify(ok=True, parts=_parts(citizen, draft) | _cards(citizen, draft, keys))
    return _to(draft, anchor="who")


@stay.get("/stay/<draft_id>/reading/<file_id>")
@needs_citizen
def reading(citizen: Citizen, draft_id: str, file_id: str) -> Any:
    """How far a photo's reading is; once it is read, the whole card it fills in."""
    draft = get_own_draft(citizen, draft_id)
    if draft.case_id is not None:
        return Response(headers={"HX-Refresh": "true"})
    photo = own_photo(draft, file_id)
    if photo.busy:
        return render_template("portal/stay/_reading.html", photo=photo, draft=draft)
    return render_template("portal/stay/_read.html", photo=photo)


@stay.post("/stay/<draft_id>/guests")
@needs_citizen
def guests(citizen: Citizen, draft_id: str) -> Any:
    """One guest more."""
    draft = _take(citizen, draft_id)
    if len(guests_in(draft.form)) >= MAX_GUESTS:
        raise TooManyGuests
    key, matter = new_key(), house().catalogue.current.get_matter(MATTER)
    save_fields(draft, f"guest:{key}", {"checked": False}, matter, clock.utc_now())
    return _to(draft, anchor=f"guest-{key}", guest=key)


@stay.post("/stay/<draft_id>/guests/<key>/remove")
@needs_citizen
def unguest(citizen: Citizen, draft_id: str, key: str) -> Any:
    """One guest less."""
    draft = _take(citizen, draft_id)
    if key in guests_in(draft.form):
        remove_guest(draft, key, clock.utc_now())
    return _to(draft, anchor="who")


@stay.post("/stay/<draft_id>/list")
@needs_citizen
@limiter.limit("10 per minute", key_func=by_citizen)
def guest_list(citizen: Citizen, draft_id: str) -> Any:
    """Everybody on an uploaded list."""
    draft = _take(citizen, draft_id)
    take_list(draft, request.files.get("list"), house().catalogue.current, clock.utc_now())
    return _to(draft, anchor="who")


@stay.post("/stay/<draft_id>/phone")
@needs_citizen
@limiter.limit("10 per minute", key_func=by_citizen)
def phone(citizen: Citizen, draft_id: str) -> Any:
    """Send a code to the phone."""
    draft = _take(citizen, draft_id)
    start_phone_check(citizen, request.form.get("phone", ""), clock.utc_now())
    session[CODE_SENT] = request.form.get("phone", "")[:30]
    return jsonify(ok=True, parts=_parts(citizen, draft)) if wants_json() else _to(draft, anchor="visit")


@stay.post("/stay/<draft_id>/phone/confirm")
@needs_citizen
@limiter.limit("20 per minute", key_func=by_citizen)
def phone_code(citizen: Citizen, draft_id: str) -> Any:
    """Confirm the phone by the code."""
    draft = get_own_draft(citizen, draft_id)
    confirm_phone(citizen, request.form.get("code", ""), clock.utc_now())
    session.pop(CODE_SENT, None)
    take_fields(draft, request.form, house().catalogue.current, clock.utc_now())
    return jsonify(ok=True, parts=_parts(citizen, draft)) if wants_json() else _to(draft, anchor="visit")


@stay.post("/stay/<draft_id>/submit")
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen)
def submit(citizen: Citizen, draft_id: str) -> Any:
    """Send it. Sent twice, it is one case; with something missing, the page comes back and says what."""
    draft = get_own_draft(citizen, draft_id)
    if draft.case_id is not None:
        return _to_case(draft)
    draft, rooms = _take(citizen, draft_id), house()
    try:
        case = submit_stay(citizen, draft, rooms.files, rooms.catalogue.current, clock.utc_now())
    except Incomplete:
        return _to(draft, anchor="faults", check=1)
    citizen.lang = page_lang()
    return redirect(url_for("my.case", number=case.number, sent=1), 303)


@stay.post("/stay/<draft_id>/abandon")
@needs_citizen
def abandon(citizen: Citizen, draft_id: str) -> Any:
    """Throw the draft away."""
    abandon_draft(get_own_draft(citizen, draft_id), clock.utc_now())
    return redirect(url_for("stay.home"), 303)


@stay.post("/stay/again/<number>")
@needs_citizen
def again(citizen: Citizen, number: str) -> Any:
    """Register again what a former case says; `moved`: at another address."""
    former = get_own_stay(citizen, get_own_case(citizen, number).id)
    return _to(register_again(citizen, former, clock.utc_now(), moved=request.form.get("moved") == "1"))


def _take(citizen: Citizen, draft_id: str) -> Draft:
    """Return the citizen's draft with everything in it that the page has sent."""
    draft, rooms, now = get_own_draft(citizen, draft_id), house(), clock.utc_now()
    take_photos(citizen, draft, request, rooms.files, now)
    take_fields(draft, request.form, rooms.catalogue.current, now)
    return draft


def _shown(citizen: Citizen, draft: Draft, *, check: bool, opened: str = "") -> dict[str, Any]:
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


def _parts(citizen: Citizen, draft: Draft) -> dict[str, str]:
    """Return what of the page depends on its fields, by the id it has there."""
    shown = _shown(citizen, draft, check=False)
    return {
        name: render_template(f"portal/stay/_{name}.html", **shown) for name in ("clock", "steps", "places", "phone")
    }


def _cards(citizen: Citizen, draft: Draft, wanted: Iterable[str]) -> dict[str, str]:
    """Return the cards of the guests of these keys, and the lease's, by id."""
    cards = {}
    for key in wanted:
        shown = _shown(citizen, draft, check=False, opened=key)
        view = next((guest for guest in _page(shown).guests if guest.key == key), None)
        if view:
            cards[f"guest-{key}"] = render_template("portal/stay/_guest.html", **shown, guest=view)
        elif key == LEASE:
            cards[LEASE] = render_template("portal/stay/_lease.html", **shown)
    return cards


def _read_from_lease(draft: Draft) -> dict[str, Any]:
    """Return what the lease has filled in: field of the draft → value."""
    said = fill(draft)
    values = {f"{name}:{key}": v for name in ("stay", "host") for key, v in getattr(said, name).items()}
    return {name: values[name] for name in said.from_lease}


def _page(shown: dict[str, Any]) -> StayPage:
    page: StayPage = shown["page"]
    return page


def _to(draft: Draft, *, anchor: str = "", **more: Any) -> Any:
    """303: the browser asks for the page anew, and reloading it sends nothing twice."""
    return redirect(url_for("stay.page", draft_id=draft.id, **more, _anchor=anchor or None), 303)


def _to_case(draft: Draft) -> Any:
    return redirect(url_for("my.case", number=find_case(draft.case_id or 0).number), 303)
