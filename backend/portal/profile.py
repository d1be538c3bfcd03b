"""The page about a citizen: what we know of her, and how she corrects it."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from .. import clock
from ..errors import Invalid
from ..identity.errors import TooManyCodes
from ..identity.models import Citizen
from ..identity.service import record
from ..web import limiter
from . import profile_words
from .citizen import by_citizen, needs_citizen
from .my import my  # with its pages: whoever takes the blueprint from here has all of it
from .profile_posts import ACTS, Faults
from .stay_room import CODE_SENT

ECHOED_CHARACTERS = 100


class NoSuchAct(Invalid):
    code = "portal.no_such_act"


@dataclass(frozen=True)
class AboutMe:
    """number, phone, asked: hidden but for their ends. sent: what was typed, to be corrected; empty where all is well.

    asked: the phone a code has been sent to and not yet come back from.
    """

    name: str
    document: Any
    number: str
    phone: str
    asked: str
    sent: dict[str, str]
    faults: Faults

    def fault(self, path: str) -> str:
        return self.faults.get(path, "")


@my.route("/me", methods=["GET", "POST"])
@needs_citizen
@limiter.limit("30 per minute", key_func=by_citizen, methods=["POST"])
def me(citizen: Citizen) -> Any:
    """Look, or send one of the forms (`act`): 303 back here, or the page again with what is wrong in it."""
    if request.method != "POST":
        return _page(citizen, {})
    name = request.form.get("act", "")
    if name not in ACTS:
        raise NoSuchAct
    faults = ACTS[name](citizen, clock.utc_now())
    if faults:
        return _page(citizen, faults), 429 if TooManyCodes.code in faults.values() else 400
    # At the next login messages take the pages' language: whoever chooses one here chooses it for both.
    return redirect(url_for("my.me", done=name, lang=citizen.lang if name == "messages" else None), 303)


def _page(citizen: Citizen, faults: Faults) -> Response:
    """Show it and write the look down; kept by no cache."""
    record(citizen.actor(), "citizen.look", f"citizen:{citizen.id}")
    html = render_template(
        "portal/my/me.html",
        page=_about(citizen, faults),
        words=profile_words,
        citizen=citizen,
        done=profile_words.DONE.get(request.args.get("done", "")),
    )
    response = Response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


def _about(citizen: Citizen, faults: Faults) -> AboutMe:
    return AboutMe(
        name=citizen.name or "",
        document=profile_words.DOCUMENTS.get(citizen.document_type or "", citizen.document_type or ""),
        number=profile_words.hidden(citizen.document_number or ""),
        phone=profile_words.hidden_phone(citizen.phone or "") if citizen.phone_confirmed_at else "",
        asked=profile_words.hidden_phone(session.get(CODE_SENT, "")),
        sent=_typed(faults),
        faults=faults,
    )


def _typed(faults: Faults) -> dict[str, str]:
    """Return what was typed; of numbers only those that are wrong: a right one is never in the page whole."""
    if not faults:
        return {}
    typed = {name: text[:ECHOED_CHARACTERS] for name, text in request.form.items() if name != "code"}
    for number in {"document_number", "phone"} - faults.keys():
        typed.pop(number, None)
    if faults.get("phone") == TooManyCodes.code:  # the phone itself may be right
        typed.pop("phone", None)
    return typed
