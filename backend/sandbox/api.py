"""The routes of Tencent's API, as the account calls them. `machines.py` gathers what they play on."""

import json
from typing import Any

from flask import Response, request

from .machines import api, machines
from .platform import Json, Platform, TencentSays

CGI, SNS = "/tencent/cgi-bin", "/tencent/sns"


@api.errorhandler(TencentSays)
def says(fault: TencentSays) -> Response:
    """Tencent's errors come with status 200."""
    return _json(fault.body)


@api.post(f"{CGI}/stable_token")
def stable_token() -> Response:
    asked = _body()
    if not isinstance(asked, dict):
        raise TencentSays(47001, "data format error")
    _ensure_grant(str(asked.get("grant_type", "")))
    app_id, secret = str(asked.get("appid", "")), str(asked.get("secret", ""))
    return _json(machines().platform.stable_token(app_id, secret, asked.get("force_refresh") is True))


@api.get(f"{CGI}/token")
def token() -> Response:
    _ensure_grant(_asked("grant_type"))
    return _json(machines().platform.plain_token(_asked("appid"), _asked("secret")))


@api.post(f"{CGI}/message/custom/send")
def send() -> Response:
    return _json(_with_token().push(_body()))


@api.post(f"{CGI}/message/custom/typing")
def typing() -> Response:
    return _json(_with_token().typing(_body()))


@api.post(f"{CGI}/message/template/send")
def send_template() -> Response:
    _with_token()
    return _json(machines().cards.send_template(_body()))


@api.post(f"{CGI}/message/subscribe/bizsend")
def send_subscription() -> Response:
    _with_token()
    return _json(machines().cards.send_subscription(_body()))


@api.get(f"{CGI}/media/get")
def get_media() -> Response:
    """The picture itself; an error comes as JSON."""
    _with_token()
    picture = machines().album.get(_asked("media_id"))
    headers = {"Content-Disposition": 'attachment; filename="picture.jpg"'}
    return Response(picture.data, mimetype=picture.media_type, headers=headers)


@api.post(f"{CGI}/menu/create")
def create_menu() -> Response:
    return _json(_with_token().create_menu(_body()))


@api.get(f"{CGI}/menu/get")
def get_menu() -> Response:
    return _json(_with_token().get_menu())


@api.get(f"{CGI}/menu/delete")
def delete_menu() -> Response:
    return _json(_with_token().delete_menu())


@api.get(f"{SNS}/oauth2/access_token")
def web_token() -> Response:
    _ensure_grant(_asked("grant_type"), "authorization_code")
    return _json(machines().logins.web_token(_asked("appid"), _asked("secret"), _asked("code")))


@api.get(f"{SNS}/userinfo")
def user_info() -> Response:
    return _json(machines().logins.user_info(_asked("access_token"), _asked("openid")))


@api.get(f"{SNS}/jscode2session")
def mini_session() -> Response:
    _ensure_grant(_asked("grant_type"), "authorization_code")
    return _json(machines().logins.mini_session(_asked("appid"), _asked("secret"), _asked("js_code")))


@api.route(f"{CGI}/<path:name>", methods=["GET", "POST"])
def unknown(name: str) -> Response:
    raise TencentSays(40066, f"invalid url {name}")


def _with_token() -> Platform:
    machines().platform.ensure_token(_asked("access_token"))
    return machines().platform


def _asked(name: str) -> str:
    return request.args.get(name, "")


def _ensure_grant(grant: str, wanted: str = "client_credential") -> None:
    if grant != wanted:
        raise TencentSays(40002, "invalid grant_type")


def _body() -> Any:
    try:
        return json.loads(request.get_data())
    except ValueError:
        raise TencentSays(47001, "data format error") from None


def _json(body: Json) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json; encoding=utf-8")
