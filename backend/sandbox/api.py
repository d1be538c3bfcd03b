"""The routes of Tencent's API, as the account's push client calls them."""

import json
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request

from .guard import ensure_no_browser, ensure_this_machine
from .platform import Json, Platform, TencentSays

KEY = "sandbox_platform"
api = Blueprint("sandbox_api", __name__, url_prefix="/sandbox/tencent/cgi-bin")
api.before_request(ensure_this_machine)
api.before_request(ensure_no_browser)


def init_api(app: Flask, platform: Platform) -> None:
    app.extensions[KEY] = platform
    app.register_blueprint(api)


@api.errorhandler(TencentSays)
def says(fault: TencentSays) -> Response:
    """Tencent's errors come with status 200."""
    return _json(fault.body)


@api.post("/stable_token")
def stable_token() -> Response:
    asked = _body()
    if not isinstance(asked, dict):
        raise TencentSays(47001, "data format error")
    _ensure_grant(str(asked.get("grant_type", "")))
    app_id, secret = str(asked.get("appid", "")), str(asked.get("secret", ""))
    return _json(_platform().stable_token(app_id, secret, asked.get("force_refresh") is True))


@api.get("/token")
def token() -> Response:
    _ensure_grant(request.args.get("grant_type", ""))
    return _json(_platform().plain_token(request.args.get("appid", ""), request.args.get("secret", "")))


@api.post("/message/custom/send")
def send() -> Response:
    return _json(_with_token().push(_body()))


@api.post("/message/custom/typing")
def typing() -> Response:
    return _json(_with_token().typing(_body()))


@api.post("/menu/create")
def create_menu() -> Response:
    return _json(_with_token().create_menu(_body()))


@api.get("/menu/get")
def get_menu() -> Response:
    return _json(_with_token().get_menu())


@api.get("/menu/delete")
def delete_menu() -> Response:
    return _json(_with_token().delete_menu())


@api.route("/<path:name>", methods=["GET", "POST"])
def unknown(name: str) -> Response:
    raise TencentSays(40066, f"invalid url {name}")


def _platform() -> Platform:
    return current_app.extensions[KEY]


def _with_token() -> Platform:
    _platform().ensure_token(request.args.get("access_token", ""))
    return _platform()


def _ensure_grant(grant: str) -> None:
    if grant != "client_credential":
        raise TencentSays(40002, "invalid grant_type")


def _body() -> Any:
    try:
        return json.loads(request.get_data())
    except ValueError:
        raise TencentSays(47001, "data format error") from None


def _json(body: Json) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json; encoding=utf-8")
