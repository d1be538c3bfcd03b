"""Who a citizen is, told with one-time codes: the web's OAuth2 and the mini-program's login.

Sources: /doc/service/guide/h5/auth.html; /doc/service/api/webdev/access/api_snsaccesstoken;
/miniprogram/dev/server/API/user-login/api_code2session
"""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from ..clock import Clock
from .envelope import Account
from .errors import BadRedirect
from .platform import Json, TencentSays
from .store import Store, get, put

CODE_SECONDS = 300
FORGOTTEN_SECONDS = 24 * 3600  # an old code is "used" or "expired" for a day, then unknown
WEB_TOKEN_SECONDS = 7200
SCOPES = ("snsapi_base", "snsapi_userinfo")
MINI = "mini-program"
CODES, TOKENS = "oauth-codes", "oauth-tokens"


class Logins:
    """Codes and web tokens. Methods that answer the account raise TencentSays."""

    def __init__(self, store: Store, account: Account, clock: Clock, public_url: str):
        self._store = store
        self._account = account
        self._clock = clock
        self._public_url = public_url

    def ensure_request(self, app_id: str, redirect_uri: str, response_type: str, scope: str) -> None:
        """Raise BadRedirect, in the words of Tencent's page, where the browser would not be sent on."""
        if app_id != self._account.app_id:
            raise BadRedirect("AppID 不对（40013）")
        if response_type != "code" or scope not in SCOPES:
            raise BadRedirect("response_type 要是 code，scope 要是 snsapi_base 或 snsapi_userinfo（10005）")
        given, ours = urlsplit(redirect_uri), urlsplit(self._public_url)
        if (given.scheme, given.netloc) != (ours.scheme, ours.netloc):
            raise BadRedirect("redirect_uri 域名与后台配置不一致（10003）")

    def grant(self, openid: str, scope: str) -> str:
        """Return a code that tells once, within five minutes, who this is."""
        code, now = secrets.token_urlsafe(24), self._clock.now()
        with self._store.begin() as connection:
            kept = {c: row for c, row in (get(connection, CODES) or {}).items() if row["at"] > now - FORGOTTEN_SECONDS}
            kept[code] = {"openid": openid, "scope": scope, "at": now, "used": False}
            put(connection, CODES, kept)
        return code

    def web_token(self, app_id: str, secret: str, code: str) -> Json:
        """Return the openid behind a code of the web, and a token for `user_info`."""
        row = self._redeem(app_id, secret, code, lambda scope: scope in SCOPES)
        token, now = secrets.token_urlsafe(64), self._clock.now()
        with self._store.begin() as connection:
            kept = {t: one for t, one in (get(connection, TOKENS) or {}).items() if one["until"] > now}
            kept[token] = {"openid": row["openid"], "scope": row["scope"], "until": now + WEB_TOKEN_SECONDS}
            put(connection, TOKENS, kept)
        return {
            "access_token": token, "expires_in": WEB_TOKEN_SECONDS, "refresh_token": secrets.token_urlsafe(64),
            "openid": row["openid"], "scope": row["scope"],
        }  # fmt: skip

    def mini_session(self, app_id: str, secret: str, code: str) -> Json:
        """Return the openid behind a code of the mini-program."""
        row = self._redeem(app_id, secret, code, lambda scope: scope == MINI)
        return {"openid": row["openid"], "session_key": secrets.token_urlsafe(16)}

    def user_info(self, token: str, openid: str) -> Json:
        """Return the nickname, where the person has agreed to that."""
        row = (self._store.find(TOKENS) or {}).get(token)
        if row is None or row["until"] <= self._clock.now():
            raise TencentSays(40001, "invalid credential, access_token is invalid or not latest")
        if row["openid"] != openid:
            raise TencentSays(40003, "invalid openid")
        if row["scope"] != "snsapi_userinfo":
            raise TencentSays(48001, "api unauthorized")
        return {"openid": openid, "nickname": "微信用户", "sex": 0, "headimgurl": "", "privilege": []}

    def _redeem(self, app_id: str, secret: str, code: str, fits: Callable[[str], bool]) -> Json:
        """Return what a code stands for, and use it up."""
        if app_id != self._account.app_id:
            raise TencentSays(40013, "invalid appid")
        if not secrets.compare_digest(secret.encode(), self._account.app_secret.encode()):
            raise TencentSays(40125, "invalid appsecret")
        if not code:
            raise TencentSays(41008, "missing code")
        with self._store.begin() as connection:
            kept = get(connection, CODES) or {}
            row = kept.get(code)
            if row is None or not fits(row["scope"]):
                raise TencentSays(40029, "invalid code")
            if row["used"]:
                raise TencentSays(40163, "code been used")
            if row["at"] + CODE_SECONDS <= self._clock.now():
                raise TencentSays(42003, "code expired")
            kept[code] = {**row, "used": True}
            put(connection, CODES, kept)
        return dict(row)
