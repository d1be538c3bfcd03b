"""Login through WeChat: the web's OAuth2, and the mini-program's code.

The face keeps `state` in the browser's session and hands both back here: a link somebody
else made does not log a person into a stranger's account. A code is good once; walking
back or reloading is answered with "start anew", never with an error page.
Source: /doc/service/… webpage authorization; /miniprogram/dev/server/API/user-login/api_code2session
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from wechatpy.exceptions import WeChatOAuthException
from wechatpy.oauth import WeChatOAuth

from ..config import Settings
from .errors import LoginExpired, SnapshotUser, WechatBlocked, WechatLoginDown

log = structlog.get_logger()

CODE_IS_NOT_GOOD = (40029, 40163, 41008, 42003)  # invalid, used, missing, too old
BUSY = (-1, 45009, 45011)
BLOCKED = 40226
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class LoginStart:
    """Where to send the browser; the face keeps `state` in its session until it comes back."""

    address: str
    state: str


class _OAuth(WeChatOAuth):
    """wechatpy's client with our addresses, a time-out, and the proxy left out on this machine."""

    def __init__(self, settings: Settings, redirect_uri: str, state: str = ""):
        secret = settings.wechat_app_secret.get_secret_value()
        super().__init__(settings.wechat_app_id, secret, redirect_uri, "snsapi_base", state)
        self.API_BASE_URL = f"{settings.wechat_api_url}/"
        self._timeout_seconds = settings.wechat_api_timeout_seconds
        self._http.trust_env = urlsplit(settings.wechat_api_url).hostname not in LOOPBACK

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """Raise LoginExpired, WechatBlocked or WechatLoginDown instead of whatever went wrong."""
        try:
            with self._http:
                answer = super()._request(method, url_or_endpoint, timeout=self._timeout_seconds, **kwargs)
        except WeChatOAuthException as fault:
            raise _understood(fault.errcode) from None
        except (requests.RequestException, ValueError, KeyError, TypeError):
            raise _understood(None) from None  # no answer, or a page instead of JSON
        if not isinstance(answer, dict) or not isinstance(answer.get("openid"), str) or not answer["openid"]:
            raise _understood(None)
        return answer


def start_login(settings: Settings, redirect_uri: str) -> LoginStart:
    """Return the way to WeChat's page. redirect_uri: our address that `finish_login` will serve."""
    state = secrets.token_urlsafe(24)
    address = _OAuth(settings, redirect_uri, state).authorize_url
    query = address.partition("?")[2]
    return LoginStart(f"{settings.wechat_login_url}?{query}", state)


def finish_login(settings: Settings, *, code: str, state: str, expected_state: str | None) -> str:
    """Return the openid of the person who came back with `code`.

    state: of the address; expected_state: of the session, which the face has taken out of
    it already. Raise LoginExpired (start anew), SnapshotUser, WechatBlocked, WechatLoginDown.
    """
    ours = expected_state is not None and hmac.compare_digest(state.encode(), expected_state.encode())
    if not code or not ours:
        raise LoginExpired
    answer = _OAuth(settings, "")._get(
        "sns/oauth2/access_token", params=_asked(settings, code=code, grant_type="authorization_code")
    )
    if str(answer.get("is_snapshotuser", "0")) == "1":
        raise SnapshotUser
    return str(answer["openid"])


def code2session(settings: Settings, code: str) -> str:
    """Return the mini-program's openid for a code of wx.login(); its session_key is dropped.

    It is another openid than the account's: the same person is found by phone or document.
    Raise LoginExpired, WechatBlocked, WechatLoginDown.
    """
    if not code:
        raise LoginExpired
    asked = _asked(settings, js_code=code, grant_type="authorization_code")
    return str(_OAuth(settings, "")._get("sns/jscode2session", params=asked)["openid"])


def _asked(settings: Settings, **more: str) -> dict[str, str]:
    return {"appid": settings.wechat_app_id, "secret": settings.wechat_app_secret.get_secret_value(), **more}


def _understood(errcode: int | None) -> LoginExpired | WechatBlocked | WechatLoginDown:
    """Name what went wrong. Tencent's words stay out: they may repeat a code or an openid."""
    if errcode in CODE_IS_NOT_GOOD:
        return LoginExpired()
    if errcode == BLOCKED:
        return WechatBlocked()
    log.warning("wechat_login_failed", errcode=errcode)
    return WechatLoginDown(permanent=errcode is not None and errcode not in BUSY)
