"""The blueprint of the page, and what its routes share."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from pydantic import ValidationError

from ..config import Settings
from .errors import BadAct
from .guard import ensure_own_page, ensure_this_machine

SETTINGS = "sandbox_settings"
HOLDER = "sandbox_phone"  # the cookie that says whose phone this browser is
HELD_SECONDS = 30 * 24 * 3600
sandbox = Blueprint("sandbox", __name__, url_prefix="/sandbox", template_folder="templates", static_folder="static")
sandbox.before_request(ensure_this_machine)
sandbox.before_request(ensure_own_page)


def settings() -> Settings:
    return current_app.extensions[SETTINGS]  # type: ignore[no-any-return]


def ensure_own_address() -> Any:
    """Return the way to the address the account's links have, None where this is it.

    Cookies of localhost are not those of 127.0.0.1: the phone would forget its owner in the middle of a login.
    """
    ours = settings().public_url
    if request.host == urlsplit(ours).netloc:
        return None
    return redirect(f"{ours}{request.full_path.rstrip('?')}")


def hold(openid: str) -> Response:
    """Answer `{"openid": …}`; from now on this browser is that citizen's phone."""
    answer = jsonify(openid=openid)
    answer.set_cookie(HOLDER, openid, max_age=HELD_SECONDS, path="/sandbox", httponly=True, samesite="Lax")
    return answer


def parse(model: Any, data: Any) -> Any:
    """Raise BadAct, with the first fault."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadAct(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
