"""The sandbox's page and what its script asks."""

from typing import Any

from flask import Blueprint, Flask, current_app, render_template, request
from pydantic import BaseModel, ConfigDict, ValidationError

from ..clock import SystemClock
from ..config import Settings
from .api import init_api
from .caller import Caller, Http
from .envelope import Account
from .errors import BadAct
from .guard import ensure_own_page, ensure_this_machine
from .messages import Act, How, Openid, new_openid
from .phone import Phone
from .platform import Platform
from .store import Store

KEY = "sandbox_phone"
sandbox = Blueprint("sandbox", __name__, url_prefix="/sandbox", template_folder="templates", static_folder="static")
sandbox.before_request(ensure_this_machine)
sandbox.before_request(ensure_own_page)


class Again(BaseModel):
    model_config = ConfigDict(extra="forbid")

    openid: Openid
    how: How = How()


class Since(BaseModel):
    openid: Openid
    after: int = 0


def init_sandbox(app: Flask, settings: Settings) -> None:
    """Open the sandbox. settings: completed by `credentials.provide`; real ones are refused."""
    if not settings.sandbox:
        raise RuntimeError("the sandbox stays closed where a real account is configured")
    clock, account = SystemClock(), Account.of(settings)
    store = Store(settings.data_dir / "sandbox.sqlite")
    platform = Platform(store, account, clock)
    caller = Caller(f"{settings.public_url}/wechat", account, clock, Http())
    app.extensions[KEY] = Phone(store, platform, caller, clock)
    init_api(app, platform)
    app.register_blueprint(sandbox)


@sandbox.get("")
def page() -> str:
    return render_template("sandbox/page.html")


@sandbox.post("/citizen")
def citizen() -> Any:
    """A new citizen's openid: `{"openid": …}`."""
    return {"openid": new_openid()}


@sandbox.post("/do")
def do() -> Any:
    return {"exchange": _phone().do(_parse(Act, request.get_json()))}


@sandbox.post("/resend")
def resend() -> Any:
    again = _parse(Again, request.get_json())
    return {"exchange": _phone().resend(again.openid, again.how)}


@sandbox.get("/news")
def news() -> Any:
    since = _parse(Since, request.args.to_dict())
    return _phone().news(since.openid, since.after)


def _phone() -> Phone:
    return current_app.extensions[KEY]


def _parse(model: Any, data: Any) -> Any:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadAct(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
