"""The public pages about forms and personal data: does a form hold, and what we do with what we are told."""

from flask import Blueprint, Response, render_template

from .. import clock
from ..accommodation.service import NoSuchForm, check_form
from ..house import house
from ..web import limiter
from .language import remember_choices
from .moments import day_of

check = Blueprint("check", __name__)
check.after_request(remember_choices)


@check.get("/check/<token>")
@limiter.limit("20 per minute; 200 per hour")
def form(token: str) -> Response:
    """What anybody may learn from a form's QR code. Both languages at once: nobody chooses at a door.

    An unknown code is a page of its own with status 404; nothing tells how near a guess was.
    """
    try:
        checked, status = check_form(token, day_of(clock.utc_now())), 200
    except NoSuchForm:
        checked, status = None, 404
    page = render_template("portal/check.html", checked=checked, bureau_name=house().catalogue.current.bureau.name)
    response = Response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@check.get("/privacy")
def privacy() -> str:
    """What happens with personal data: what, why, how long, who sees it, one's rights."""
    return render_template("portal/privacy.html")
