"""The rules of Tencent's API that the account meets: tokens, openings, the menu.

Sources: /doc/service/api/base/api_getstableaccesstoken; /doc/subscription/guide/product/kf/intro.md;
/doc/service/api/customer/message/api_sendcustommessage; /doc/service/guide/product/menu/intro.html
"""

import secrets
import sqlite3
from typing import Any

from ..clock import Clock
from .envelope import Account
from .messages import TEXT_BYTES, Kind
from .store import Store, get, put

TOKEN_SECONDS = 7200
OLD_TOKEN_SECONDS = 300  # both are valid while one replaces the other
FORCED_APART_SECONDS = 30
FORCED_PER_DAY = 20
DAY_SECONDS = 24 * 3600

# What a citizen's act allows the account to push: how long, how many.
OPENINGS: dict[Kind, tuple[float, int]] = {
    Kind.CLICK: (60, 3),
    Kind.SUBSCRIBE: (60, 3),
    Kind.SCAN: (60, 3),
} | {k: (48 * 3600.0, 5) for k in Kind if not k.event}

Json = dict[str, Any]
OK: Json = {"errcode": 0, "errmsg": "ok"}


class TencentSays(Exception):
    """An error in Tencent's words."""

    def __init__(self, code: int, message: str):
        super().__init__(message)
        self.body: Json = {"errcode": code, "errmsg": f"{message} rid: {secrets.token_hex(4)}"}


class Platform:
    """Tencent's servers, as far as this account can tell. Methods raise TencentSays."""

    def __init__(self, store: Store, account: Account, clock: Clock):
        self._store = store
        self._account = account
        self._clock = clock

    # Tokens

    def stable_token(self, app_id: str, secret: str, force: bool) -> Json:
        """Return the token in use; a forced one ends it at once, at most every 30 seconds."""
        self._ensure_account(app_id, secret)
        now = self._clock.now()
        with self._store.begin() as connection:
            kept = get(connection, "stable") or {"token": "", "until": 0.0, "forced": []}
            forced = [at for at in kept["forced"] if at > now - DAY_SECONDS]
            if force and len(forced) >= FORCED_PER_DAY:
                raise TencentSays(45009, "reach max api daily quota limit")
            forcing = force and not any(at > now - FORCED_APART_SECONDS for at in forced)
            if forcing or kept["until"] - now < OLD_TOKEN_SECONDS:
                kept["token"], kept["until"] = _new_token(connection, now, ended=kept["token"] if forcing else "")
            put(connection, "stable", {**kept, "forced": [*forced, now] if forcing else forced})
        return {"access_token": kept["token"], "expires_in": int(kept["until"] - now)}

    def plain_token(self, app_id: str, secret: str) -> Json:
        """Return a new token; the one before stays valid for five minutes."""
        self._ensure_account(app_id, secret)
        now = self._clock.now()
        with self._store.begin() as connection:
            before = get(connection, "plain")
            token, until = _new_token(connection, now)
            if before:
                tokens = get(connection, "tokens") or {}
                if before in tokens:
                    tokens[before] = min(tokens[before], now + OLD_TOKEN_SECONDS)
                    put(connection, "tokens", tokens)
            put(connection, "plain", token)
        return {"access_token": token, "expires_in": int(until - now)}

    def ensure_token(self, token: str) -> None:
        if not token:
            raise TencentSays(41001, "access_token missing")
        until = (self._store.find("tokens") or {}).get(token)
        if until is None:
            raise TencentSays(40001, "invalid credential, access_token is invalid or not latest")
        if until <= self._clock.now():
            raise TencentSays(42001, "access_token expired")

    def _ensure_account(self, app_id: str, secret: str) -> None:
        if app_id != self._account.app_id:
            raise TencentSays(40013, "invalid appid")
        if not secrets.compare_digest(secret.encode(), self._account.app_secret.encode()):
            raise TencentSays(40125, "invalid appsecret")

    # What a citizen did, and what may be pushed after it

    def notice_act(self, openid: str, kind: Kind) -> None:
        """Remember that the citizen follows or not, and open what the act opens."""
        with self._store.begin() as connection:
            if kind is Kind.UNSUBSCRIBE:
                connection.execute("DELETE FROM opening WHERE openid = ?", (openid,))
                put(connection, f"follows:{openid}", False)
                return
            put(connection, f"follows:{openid}", True)
            if kind in OPENINGS:
                seconds, count = OPENINGS[kind]
                sort = "event:" + kind.value if kind.event else "message"
                row = (openid, sort, self._clock.now() + seconds, count)
                connection.execute("INSERT OR REPLACE INTO opening VALUES (?, ?, ?, ?)", row)

    def follows(self, openid: str) -> bool:
        return bool(self._store.find(f"follows:{openid}"))

    def knows(self, openid: str) -> bool:
        """True for whoever follows the account or once did."""
        return self._store.find(f"follows:{openid}") is not None

    def followers(self) -> list[str]:
        """Return the openids of the phones that follow, the newest first."""
        rows = self._store.rows(
            "SELECT name FROM kept WHERE name LIKE 'follows:%' AND body = 'true' ORDER BY rowid DESC"
        )
        return [str(row[0]).removeprefix("follows:") for row in rows]

    def push(self, message: Any) -> Json:
        """Show a customer-service message on the citizen's phone, if one may be sent."""
        openid, body = _ensure_message(message)
        if not self.knows(openid):
            raise TencentSays(40003, "invalid openid")
        if not self.follows(openid):
            raise TencentSays(43004, "require subscribe")
        self._use_opening(openid)
        self._store.add_line(openid, self._clock.now(), {"side": "account", "pushed": True, **body})
        return OK

    def _use_opening(self, openid: str) -> None:
        now = self._clock.now()
        with self._store.begin() as connection:
            query = "SELECT sort, remaining FROM opening WHERE openid = ? AND until > ? ORDER BY until"
            rows = connection.execute(query, (openid, now)).fetchall()
            if not rows:
                raise TencentSays(45015, "response out of time limit or subscription is canceled")
            sort = next((sort for sort, remaining in rows if remaining > 0), None)
            if sort is None:
                raise TencentSays(45047, "out of response count limit")
            connection.execute(
                "UPDATE opening SET remaining = remaining - 1 WHERE openid = ? AND sort = ?", (openid, sort)
            )

    def typing(self, message: Any) -> Json:
        if not isinstance(message, dict) or message.get("command") not in ("Typing", "CancelTyping"):
            raise TencentSays(40035, "invalid parameter")
        return OK

    # The menu

    def create_menu(self, menu: Any) -> Json:
        self._store.keep("menu", {"button": ensure_menu(menu)})
        return OK

    def get_menu(self) -> Json:
        menu = self._store.find("menu")
        if not menu:
            raise TencentSays(46003, "menu no exist")
        return {"menu": menu}

    def delete_menu(self) -> Json:
        self._store.forget("menu")
        return OK

    def find_menu(self) -> list[Json]:
        """Return the buttons the phone shows, none where nothing was pushed."""
        return (self._store.find("menu") or {"button": []})["button"]


def _new_token(connection: sqlite3.Connection, now: float, ended: str = "") -> tuple[str, float]:
    tokens = {t: until for t, until in (get(connection, "tokens") or {}).items() if until > now - DAY_SECONDS}
    tokens.pop(ended, None)
    token = secrets.token_urlsafe(102)  # 136 characters, as long as the real ones
    tokens[token] = now + TOKEN_SECONDS
    put(connection, "tokens", tokens)
    return token, tokens[token]


def _ensure_message(message: Any) -> tuple[str, Json]:
    """Return the openid and the line to show. Knows text, msgmenu, news and image."""
    if not isinstance(message, dict):
        raise TencentSays(47001, "data format error")
    openid, kind = message.get("touser"), message.get("msgtype")
    if not isinstance(openid, str) or not openid:
        raise TencentSays(40003, "invalid openid")
    if kind not in ("text", "msgmenu", "news", "image"):
        raise TencentSays(40008, "invalid message type")
    content = message.get(kind)
    if not isinstance(content, dict):
        raise TencentSays(47001, "data format error")
    return openid, _line_of(kind, content)


def _line_of(kind: str, content: Json) -> Json:
    if kind == "text":
        text = content.get("content")
        if not isinstance(text, str) or not text:
            raise TencentSays(44004, "empty content")
        if len(text.encode()) > TEXT_BYTES + 1:
            raise TencentSays(45002, "content size out of limit")
        return {"kind": "text", "text": text}
    if kind == "msgmenu":
        rows = [str(row.get("content", "")) for row in content.get("list", []) if isinstance(row, dict)]
        parts = [str(content.get("head_content", "")), *rows, str(content.get("tail_content", ""))]
        return {"kind": "text", "text": "\n".join(p for p in parts if p), "choices": rows}
    if kind == "news":
        articles = content.get("articles")
        if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
            raise TencentSays(45008, "article size out of limit")
        keys = {"title": "Title", "description": "Description", "url": "Url", "picurl": "PicUrl"}
        return {"kind": "news", "articles": [{keys[k]: str(v) for k, v in articles[0].items() if k in keys}]}
    return {"kind": "image", "text": str(content.get("media_id", ""))}


def ensure_menu(menu: Any) -> list[Json]:
    """Return the buttons of a menu within Tencent's limits: 3 columns of at most 5 entries."""
    buttons = menu.get("button") if isinstance(menu, dict) else None
    if not isinstance(buttons, list):
        raise TencentSays(47001, "data format error")
    if not 1 <= len(buttons) <= 3:
        raise TencentSays(40016, "invalid button size")
    for button in buttons:
        _ensure_button(button, name_bytes=16)
        below = button.get("sub_button") or []
        if not isinstance(below, list) or len(below) > 5:
            raise TencentSays(40023, "invalid sub button size")
        for entry in below:
            _ensure_button(entry, name_bytes=60)
        if not below:
            _ensure_action(button)
        for entry in below:
            _ensure_action(entry)
    return buttons


def _ensure_button(button: Any, name_bytes: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= name_bytes:
        raise TencentSays(40018, "invalid button name size")


def _ensure_action(button: Json) -> None:
    if button.get("type") == "click":
        if not 1 <= len(str(button.get("key", "")).encode()) <= 128:
            raise TencentSays(40019, "invalid button key size")
    elif button.get("type") == "view":
        if not 1 <= len(str(button.get("url", "")).encode()) <= 1024:
            raise TencentSays(40020, "invalid button url size")
    else:
        raise TencentSays(40017, "invalid button type")
