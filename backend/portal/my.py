"""A citizen's own cases, drafts, files and forms. What is another's is not there."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from .. import clock
from ..accommodation.service import (
    MATTER,
    IssuedForm,
    NoSuchForm,
    correct,
    find_own_stay,
    form_picture,
    forms_of,
    get_own_stay,
    move_out,
    qr_of,
    read_form,
)
from ..cases.service import Case, can_resubmit, can_withdraw, cases_of, drafts_of, get_own_case, progress, withdraw
from ..errors import Unavailable
from ..files.service import NoSuchFile, get_file
from ..house import house
from ..identity.models import Citizen
from ..identity.service import record
from ..matters.service import Snapshot
from ..web import limiter
from . import stay_words
from .citizen import by_citizen, needs_citizen
from .language import page_lang, remember_choices
from .moments import day_of, moment_label

my = Blueprint("my", __name__, url_prefix="/my")
my.after_request(remember_choices)
WIDTHS = {"small": 480, "large": 1600}


class FormInTheMaking(Unavailable):
    code = "portal.form_in_the_making"
    says = "登记表正在生成，请过几秒再打开。 The form is being made; please try again in a few seconds."


@my.context_processor
def _words() -> dict[str, Any]:
    return {"words": stay_words, "moment_label": moment_label}


@my.get("")
@needs_citizen
def home(citizen: Citizen) -> str:
    """Everything the citizen has with us: what is unfinished, what is under way, what is done."""
    snapshot = house().catalogue.current
    return render_template(
        "portal/my/home.html",
        drafts=[(draft, _name(snapshot, draft.matter_id)) for draft in drafts_of(citizen)],
        cases=cases_of(citizen),
        citizen=citizen,
        now=clock.utc_now(),
        online=[m for m in snapshot.matters.values() if m.online.apply],
    )


@my.get("/cases/<number>")
@needs_citizen
def case(citizen: Citizen, number: str) -> str:
    """Where one case stands, what is awaited, what happened, the forms."""
    own = get_own_case(citizen, number)
    stay = find_own_stay(citizen, own.id)
    record(citizen.actor(), "case.look", f"case:{own.id}")
    return render_template(
        "portal/my/case.html",
        case=own,
        progress=progress(own, house().catalogue.current, page_lang()),
        stay=stay,
        visit=stay.visits[-1] if stay and stay.visits else None,
        forms=[(form, qr_of(_check_address(form))) for form in forms_of(own)] if stay else [],
        may_correct=can_resubmit(citizen, own) and own.matter_id == MATTER,
        may_withdraw=can_withdraw(citizen, own),
        today=day_of(clock.utc_now()),
        sent="sent" in request.args,
    )


@my.post("/cases/<number>/withdraw")
@needs_citizen
def take_back(citizen: Citizen, number: str) -> Any:
    withdraw(citizen, get_own_case(citizen, number), clock.utc_now())
    return _to(number)


@my.post("/cases/<number>/correct")
@needs_citizen
def correct_case(citizen: Citizen, number: str) -> Any:
    """Open what was returned as a draft; one already begun goes on."""
    own = get_own_case(citizen, number)
    begun = next((draft for draft in drafts_of(citizen) if draft.form.get("corrects") == own.id), None)
    draft = begun or correct(citizen, own, clock.utc_now())
    return redirect(url_for("stay.page", draft_id=draft.id), 303)


@my.post("/cases/<number>/out")
@needs_citizen
def move_away(citizen: Citizen, number: str) -> Any:
    """The stay has ended; without a day, today."""
    stay = get_own_stay(citizen, get_own_case(citizen, number).id)
    move_out(citizen, stay, _day(request.form.get("on", "")) or day_of(clock.utc_now()))
    return _to(number)


@my.get("/cases/<number>/forms/<form_number>.pdf")
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen)
def form_pdf(citizen: Citizen, number: str, form_number: str) -> Response:
    form = _own_form(citizen, number, form_number)
    return _sent(read_form(house().files, form), "application/pdf", f"{form.number}.pdf")


@my.get("/cases/<number>/forms/<form_number>.jpg")
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen)
def form_image(citizen: Citizen, number: str, form_number: str) -> Response:
    """The form for the phone's album: a long press saves it."""
    form = _own_form(citizen, number, form_number)
    return _sent(form_picture(house().files, form), "image/jpeg", f"{form.number}.jpg")


@my.get("/files/<file_id>")
@needs_citizen
@limiter.limit("120 per minute", key_func=by_citizen)
def file(citizen: Citizen, file_id: str) -> Response:
    """A picture the citizen has handed in. Another's is not there."""
    stored = get_file(file_id)
    if stored.owner != f"citizen:{citizen.id}":
        raise NoSuchFile
    record(citizen.actor(), "file.look", f"file:{stored.id}")
    width = WIDTHS.get(request.args.get("size", ""), WIDTHS["large"])
    return _sent(house().files.picture(stored, width=width), "image/jpeg", "")


def _own_form(citizen: Citizen, number: str, form_number: str) -> IssuedForm:
    """Return a form of the citizen's own case and write the look down. Raise NoSuchCase, NoSuchForm."""
    own: Case = get_own_case(citizen, number)
    form = next((one for one in forms_of(own) if one.number == form_number), None)
    if form is None:
        raise NoSuchForm
    record(citizen.actor(), "form.look", f"form:{form.number}")
    return form


def _sent(data: bytes | None, media_type: str, name: str) -> Response:
    if data is None:
        raise FormInTheMaking
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    if name:
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _check_address(form: IssuedForm) -> str:
    return house().settings.public_url + url_for("check.form", token=form.token)


def _name(snapshot: Snapshot, matter_id: str) -> Any:
    matter = snapshot.matters.get(matter_id)
    return matter.name if matter else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _to(number: str) -> Any:
    return redirect(url_for("my.case", number=number), 303)
