"""What a registration's page does while it is filled in: fields, photos, guests, the telephone."""

from typing import Any

from flask import Response, jsonify, render_template, request, session

from .. import clock
from ..accommodation.service import MATTER, MAX_GUESTS, TooManyGuests, guests_in, new_key, remove_guest, save_fields
from ..cases.service import get_own_draft
from ..house import house
from ..identity.models import Citizen
from ..identity.service import confirm_phone, start_phone_check
from ..web import limiter
from .citizen import by_citizen, needs_citizen, wants_json
from .stay import stay  # with its pages: whoever takes the blueprint from here has all of it
from .stay_photos import own_photo
from .stay_posts import take_fields, take_list
from .stay_room import CODE_SENT, LEASE, cards_of, parts_of, read_from_lease, take_all, to_page


@stay.post("/stay/<draft_id>/fields")
@needs_citizen
@limiter.limit("240 per minute", key_func=by_citizen)
def fields(citizen: Citizen, draft_id: str) -> Any:
    """Keep what was typed. For a script: JSON with the parts of the page that depend on it, by id."""
    draft = take_all(citizen, draft_id)
    if wants_json():
        return jsonify(ok=True, parts=parts_of(citizen, draft))
    return to_page(draft, anchor=request.form.get("at", ""))


@stay.get("/stay/<draft_id>/fields")
@needs_citizen
def card(citizen: Citizen, draft_id: str) -> Any:
    """For a script: what a photo has filled in, as parts of the page. `card`: a guest's key, or "lease"."""
    draft = get_own_draft(citizen, draft_id)
    wanted = request.args.get("card", "")
    parts = parts_of(citizen, draft) | cards_of(citizen, draft, [wanted])
    return jsonify(ok=True, parts=parts, fields=read_from_lease(draft) if wanted == LEASE else {})


@stay.post("/stay/<draft_id>/photos")
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen)
def photos(citizen: Citizen, draft_id: str) -> Any:
    """Take photos. For a script: JSON with the guest's card, or the lease's, as it is now."""
    draft = take_all(citizen, draft_id)
    if wants_json():
        keys = {name.rpartition(":")[2] for name in request.files}
        return jsonify(ok=True, parts=parts_of(citizen, draft) | cards_of(citizen, draft, keys))
    return to_page(draft, anchor="who")


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
    draft = take_all(citizen, draft_id)
    if len(guests_in(draft.form)) >= MAX_GUESTS:
        raise TooManyGuests
    key, matter = new_key(), house().catalogue.current.get_matter(MATTER)
    save_fields(draft, f"guest:{key}", {"checked": False}, matter, clock.utc_now())
    return to_page(draft, anchor=f"guest-{key}", guest=key)


@stay.post("/stay/<draft_id>/guests/<key>/remove")
@needs_citizen
def unguest(citizen: Citizen, draft_id: str, key: str) -> Any:
    """One guest less."""
    draft = take_all(citizen, draft_id)
    if key in guests_in(draft.form):
        remove_guest(draft, key, clock.utc_now())
    return to_page(draft, anchor="who")


@stay.post("/stay/<draft_id>/list")
@needs_citizen
@limiter.limit("10 per minute", key_func=by_citizen)
def guest_list(citizen: Citizen, draft_id: str) -> Any:
    """Everybody on an uploaded list."""
    draft = take_all(citizen, draft_id)
    take_list(draft, request.files.get("list"), house().catalogue.current, clock.utc_now())
    return to_page(draft, anchor="who")


@stay.post("/stay/<draft_id>/phone")
@needs_citizen
@limiter.limit("10 per minute", key_func=by_citizen)
def phone(citizen: Citizen, draft_id: str) -> Any:
    """Send a code to the phone."""
    draft = take_all(citizen, draft_id)
    start_phone_check(citizen, request.form.get("phone", ""), clock.utc_now())
    session[CODE_SENT] = request.form.get("phone", "")[:30]
    return jsonify(ok=True, parts=parts_of(citizen, draft)) if wants_json() else to_page(draft, anchor="visit")


@stay.post("/stay/<draft_id>/phone/confirm")
@needs_citizen
@limiter.limit("20 per minute", key_func=by_citizen)
def phone_code(citizen: Citizen, draft_id: str) -> Any:
    """Confirm the phone by the code."""
    draft = get_own_draft(citizen, draft_id)
    confirm_phone(citizen, request.form.get("code", ""), clock.utc_now())
    session.pop(CODE_SENT, None)
    take_fields(draft, request.form, house().catalogue.current, clock.utc_now())
    return jsonify(ok=True, parts=parts_of(citizen, draft)) if wants_json() else to_page(draft, anchor="visit")
