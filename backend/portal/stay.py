"""Registering a stay: one page, every field kept as it is typed, sent once.

The page is one form. Whatever button is pressed, everything in it is kept first, so that nothing
typed is lost without scripts either; a script sends fields one by one as they change (`stay_acts`).
"""

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from .. import clock
from ..accommodation.service import (
    MATTER,
    Incomplete,
    Relation,
    get_own_stay,
    make_template,
    open_draft,
    register_again,
    stays_of,
    submit_stay,
)
from ..cases.service import abandon_draft, cases_of, drafts_of, get_own_case, get_own_draft
from ..house import house
from ..identity.models import Citizen
from ..web import limiter
from .citizen import by_citizen, needs_citizen
from .language import page_lang
from .stay_photos import put_chat_photo
from .stay_room import shown, stay, take_all, to_case, to_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        now=clock.utc_now(),
    )


@stay.post("/stay")
@needs_citizen
def start(citizen: Citizen) -> Any:
    """Open the unfinished registration, or a new one."""
    by = request.form.get("by", Relation.SELF)
    draft = open_draft(citizen, clock.utc_now(), Relation(by) if by in set(Relation) else Relation.SELF)
    return to_page(draft)


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
    return to_page(put_chat_photo(citizen, token))


@stay.get("/stay/<draft_id>")
@needs_citizen
def page(citizen: Citizen, draft_id: str) -> Any:
    """The page; `check`: with what is missing; `guest`: the one to open. A submitted one shows its case."""
    draft = get_own_draft(citizen, draft_id)
    if draft.case_id is not None:
        return to_case(draft)
    return render_template("portal/stay/page.html", **shown(citizen, draft, check="check" in request.args))


@stay.post("/stay/<draft_id>/submit")
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen)
def submit(citizen: Citizen, draft_id: str) -> Any:
    """Send it. Sent twice, it is one case; with something missing, the page comes back and says what."""
    draft = get_own_draft(citizen, draft_id)
    if draft.case_id is not None:
        return to_case(draft)
    draft, rooms = take_all(citizen, draft_id), house()
    try:
        case = submit_stay(citizen, draft, rooms.files, rooms.catalogue.current, clock.utc_now())
    except Incomplete:
        return to_page(draft, anchor="faults", check=1)
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
    return to_page(register_again(citizen, former, clock.utc_now(), moved=request.form.get("moved") == "1"))
