"""Login through WeChat. Outside WeChat there is no login: the page says so and shows where to go."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for

from ..accommodation.service import qr_of
from ..house import house
from ..identity.errors import LoginExpired
from ..identity.service import citizen_for_openid
from ..identity.wechat_login import finish_login, start_login
from ..web import limiter
from .citizen import log_in, log_out, own_path
from .language import page_lang, remember_choices

login = Blueprint("login", __name__)
login.after_request(remember_choices)
STARTED, TRIED = "login", "login_tried"


@login.get("/login")
@limiter.limit("30 per minute; 300 per hour")
def start() -> Any:
    """To WeChat's page and back to `next`, one of our own paths. Silent: WeChat asks the person nothing."""
    settings, back_to = house().settings, own_path(request.args.get("next"))
    if not (settings.sandbox or "MicroMessenger" in request.user_agent.string):
        address = f"{settings.public_url}{back_to}"
        return render_template("portal/outside.html", address=address, qr=qr_of(address))
    way = start_login(settings, settings.public_url + url_for("login.back"))
    session[STARTED] = {"state": way.state, "next": back_to}
    return redirect(way.address)


@login.get("/login/wechat/back")
@limiter.limit("30 per minute; 300 per hour")
def back() -> Any:
    """Where WeChat sends the browser. A code that is used up or too old starts the way anew, once."""
    started = session.pop(STARTED, None) or {}
    back_to = own_path(started.get("next"))
    try:
        openid = finish_login(
            house().settings,
            code=request.args.get("code", ""),
            state=request.args.get("state", ""),
            expected_state=started.get("state"),
        )
    except LoginExpired:
        if session.pop(TRIED, None):
            raise
        session[TRIED] = True
        return redirect(url_for("login.start", next=back_to))
    session.pop(TRIED, None)
    citizen = citizen_for_openid(openid, page_lang())
    citizen.lang = page_lang()  # messages come in the language of the pages
    log_in(citizen)
    return redirect(back_to)


@login.post("/logout")
def leave() -> Any:
    """End the citizen's session; an officer's in the same browser stays."""
    log_out()
    return redirect(url_for("portal.home"))
