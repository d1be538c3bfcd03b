"""The sandbox's page and what its script asks."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, redirect, render_template, request
from pydantic import BaseModel, ConfigDict

from ..clock import SystemClock
from ..config import Settings
from . import api, sms_api, story_views
from .caller import Caller, Http
from .envelope import Account
from .failing import MODES, Switch
from .machines import KEY as MACHINES
from .machines import api as servers
from .machines import machines, make_machines
from .media import MAX_BYTES
from .messages import Act, How, Openid, new_openid
from .oauth import MINI
from .officers import list_officers
from .page import HOLDER, SETTINGS, ensure_own_address, hold, parse, sandbox, settings
from .phone import Phone
from .platform import TencentSays
from .store import Store
from .story.teller import Teller, cast_shown
from .story_views import KEY as TELLER

ROUTES = (api, sms_api, story_views)  # importing them registers their routes
KEY = "sandbox_phone"


class Whose(BaseModel):
    model_config = ConfigDict(extra="forbid")

    openid: Openid


class Again(Whose):
    how: How = How()


class Since(BaseModel):
    openid: Openid
    after: int = 0


def init_sandbox(app: Flask, own: Settings) -> None:
    """Open the sandbox. own: completed by `credentials.provide`; real ones are refused."""
    if not own.sandbox:
        raise RuntimeError("the sandbox stays closed where a real account is configured")
    clock, store = SystemClock(), Store(own.data_dir / "sandbox.sqlite")
    caller = Caller(f"{own.public_url}/wechat", Account.of(own), clock, Http())
    made = make_machines(own, store, caller, clock)
    phone = Phone(store, made.platform, caller, clock, made.album)
    teller = Teller(store, phone, made.sms, clock, own, holder=HOLDER)
    app.extensions.update({SETTINGS: own, MACHINES: made, KEY: phone, TELLER: teller})
    app.register_blueprint(servers)
    app.register_blueprint(sandbox)


@sandbox.get("")
def page() -> Any:
    return ensure_own_address() or render_template("sandbox/page.html", modes=MODES, cast=cast_shown(), tab="")


@sandbox.post("/citizen")
def citizen() -> Any:
    """A new citizen's openid: `{"openid": …}`; from now on this browser is their phone."""
    return hold(new_openid())


@sandbox.post("/hold")
def hold_phone() -> Any:
    """Make this browser the phone of a citizen already known."""
    return hold(parse(Whose, request.get_json()).openid)


@sandbox.post("/do")
def do() -> Any:
    return {"exchange": _phone().do(parse(Act, request.get_json()))}


@sandbox.post("/agree")
def agree() -> Any:
    """The citizen agrees to the account's notices, once each."""
    return {"kinds": machines().cards.agree(parse(Whose, request.get_json()).openid)}


@sandbox.post("/photo")
def photo() -> Any:
    """Put a picture into the phone's album; `{"media": …}` goes into the act that sends it."""
    return {"media": machines().album.keep(request.get_data())}


@sandbox.url_value_preprocessor
def _let_photos_in(endpoint: str | None, _: dict[str, Any] | None) -> None:
    if endpoint == "sandbox.photo":
        request.max_content_length = MAX_BYTES + 1


@sandbox.get("/picture/<media_id>")
def picture(media_id: str) -> Response:
    """What PicUrl leads to."""
    try:
        found = machines().album.get(media_id)
    except TencentSays:
        return Response(status=404)
    return Response(found.data, mimetype=found.media_type)


@sandbox.post("/resend")
def resend() -> Any:
    again = parse(Again, request.get_json())
    return {"exchange": _phone().resend(again.openid, again.how)}


@sandbox.get("/news")
def news() -> Any:
    since = parse(Since, request.args.to_dict())
    return _phone().news(since.openid, since.after)


@sandbox.get("/inbox")
def inbox() -> Any:
    """The short messages that have arrived, newest first."""
    shown = ("number", "at", "sign", "text")
    return {"sms": [{name: getattr(sms, name) for name in shown} for sms in machines().sms.inbox()]}


@sandbox.get("/officers")
def officers() -> Any:
    """The demo officers with their passwords and codes of the moment."""
    now = machines().clock.now()
    return {"officers": [officer.shown(now) for officer in list_officers(settings().data_dir)]}


@sandbox.get("/failing")
def failing() -> Any:
    return machines().failing.state()


@sandbox.post("/failing")
def fail() -> Any:
    machines().failing.switch(parse(Switch, request.get_json()))
    return machines().failing.state()


@sandbox.post("/js-code")
def js_code() -> Any:
    """What wx.login() gives the mini-program on this phone."""
    return {"code": machines().logins.grant(parse(Whose, request.get_json()).openid, MINI)}


@sandbox.get("/tencent/connect/oauth2/authorize")
def authorize() -> Any:
    """WeChat's page: the phone of this browser agrees by itself; without one, somebody is chosen first."""
    asked, logins = request.args, machines().logins
    back_to, scope = asked.get("redirect_uri", ""), asked.get("scope", "")
    logins.ensure_request(asked.get("appid", ""), back_to, asked.get("response_type", ""), scope)
    chosen = asked.get("openid") or request.cookies.get(HOLDER, "")
    if not machines().platform.knows(chosen):
        ways = [(openid, _with(openid=openid)) for openid in machines().platform.followers()[:8]]
        return render_template("sandbox/authorize.html", ways=ways)
    code = logins.grant(chosen, scope)
    query = urlencode({"code": code, "state": asked.get("state", "")})
    return redirect(f"{back_to}{'&' if urlsplit(back_to).query else '?'}{query}")


def _with(**more: str) -> str:
    return f"{request.path}?{urlencode(request.args.to_dict() | more)}"


def _phone() -> Phone:
    return current_app.extensions[KEY]  # type: ignore[no-any-return]
