"""The access token, one for all processes, kept in the database.

Fetched with stable_token, which in normal mode repeats the same token and, in the last
five minutes, gives a new one while the old stays valid. A forced refresh is allowed 20
times a day, 30 seconds apart. Source: /doc/service/api/base/api_getstableaccesstoken
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
import structlog
from sqlalchemy import Engine, Row, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..clock import Clock
from ..config import Settings
from ..vault import Unreadable, Vault
from .errors import WechatFault
from .models import WechatToken

log = structlog.get_logger()

RENEW_BEFORE_SECONDS = 300.0
FORCE_APART_SECONDS = 30.0
FORCES_A_DAY = 20
BUSY = -1
BUSY_WAITS_SECONDS = (0.3, 1.0)
WAIT_FOR_OTHER_SECONDS = 6.0
POLL_SECONDS = 0.1
NOT_ON_WHITE_LIST = (40164, 61004)
SAYS = {
    40001: "AppSecret 不正确，请在公众平台核对后更新配置。",
    40013: "AppID 不正确，请核对配置。",
    40125: "AppSecret 不正确，请在公众平台核对后更新配置。",
    40243: "AppSecret 已被冻结，请在公众平台解冻。",
}

table: Table = WechatToken.__table__  # type: ignore[assignment]
_this = table.c.app_id == bindparam("app")
_FIND = select(table).where(_this)
_CHANGE = update(table).where(_this)
_LEASE = update(table).where(_this, table.c.lease_until <= bindparam("now"))


@dataclass(frozen=True)
class Fetched:
    token: str
    expires_in_seconds: float


def loopback(url: str) -> bool:
    """True for the sandbox's address: a proxy from the environment must not be asked."""
    return re.match(r"https?://(127\.0\.0\.1|localhost|\[::1\])[:/]", url + "/") is not None


def fetch_stable_token(settings: Settings, *, force: bool) -> Fetched:
    """Ask Tencent once. Raise WechatFault; that of the IP white list names our address."""
    session = requests.Session()
    session.trust_env = not loopback(settings.wechat_api_url)
    asked: Any = {
        "grant_type": "client_credential",
        "appid": settings.wechat_app_id,
        "secret": settings.wechat_app_secret.get_secret_value(),
        "force_refresh": force,
    }
    try:
        with session:
            address = f"{settings.wechat_api_url}/cgi-bin/stable_token"
            answer = session.post(address, json=asked, timeout=settings.wechat_api_timeout_seconds)
        answer.raise_for_status()
        return _read(answer.json())
    except (requests.RequestException, ValueError, TypeError, AttributeError):
        raise WechatFault(None) from None


def _read(body: dict[str, Any]) -> Fetched:
    errcode = int(body.get("errcode") or 0)
    token = body.get("access_token")
    if errcode == 0 and isinstance(token, str) and token:
        return Fetched(token, float(body.get("expires_in") or 7200))
    if errcode in NOT_ON_WHITE_LIST:
        seen = re.search(r"\d{1,3}(\.\d{1,3}){3}", str(body.get("errmsg", "")))
        address = seen.group() if seen else "未知"
        raise WechatFault(errcode, f"微信看到的服务器地址 {address} 不在 IP 白名单里。", permanent=True)
    raise WechatFault(errcode or None, SAYS.get(errcode), permanent=errcode in SAYS)


class Tokens:
    """The account's access token, whoever fetched it. Safe across threads and processes."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock, settings: Settings):
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._settings = settings
        self._app_id = settings.wechat_app_id

    def get(self) -> str:
        """Return a token good for some minutes. Raise WechatFault."""
        row = self._row()
        held = self._held(row)
        if held and self._fresh(row):
            return held
        return self._renewed(held if row.expires_at > self._clock.now() else "", force=False)

    def replace(self, refused: str) -> str:
        """Return another token than `refused`, which Tencent called invalid (40001).

        At most one forced refresh, and none where another process has already renewed.
        Raise WechatFault, not permanent, where forcing is not allowed yet.
        """
        row = self._row()
        held = self._held(row)
        if held and held != refused:
            return held
        now, today = self._clock.now(), self._today()
        used = row.forced_count if row.forced_on == today else 0
        if now - row.forced_at < FORCE_APART_SECONDS or used >= FORCES_A_DAY:
            raise WechatFault(40001)
        return self._renewed("", force=True, forced_count=used + 1)

    def _renewed(self, meanwhile: str, *, force: bool, forced_count: int = 0) -> str:
        """Fetch, if nobody else is fetching; `meanwhile` is the token that still works."""
        now = self._clock.now()
        lease_until = now + 3 * self._settings.wechat_api_timeout_seconds + sum(BUSY_WAITS_SECONDS)
        with self._engine.begin() as connection:
            given = {"app": self._app_id, "now": now, "lease_until": lease_until}
            ours = connection.execute(_LEASE, given).rowcount == 1
        if not ours:
            return meanwhile or self._await_other(now)
        changed: dict[str, Any] = {"lease_until": 0.0}
        if force:
            changed |= {"forced_at": now, "forced_on": self._today(), "forced_count": forced_count}
        try:
            row = self._row()
            if not force and self._fresh(row) and (held := self._held(row)):
                return held  # somebody fetched between our look and our lease
            fetched = self._fetch(force=force)
            changed |= {"token": self._vault.seal(fetched.token.encode())}
            changed |= {"expires_at": now + fetched.expires_in_seconds}
            return fetched.token
        except WechatFault as fault:
            log.warning("access_token_failed", errcode=fault.errcode, permanent=fault.permanent)
            if meanwhile:
                return meanwhile
            raise
        finally:
            with self._engine.begin() as connection:
                connection.execute(_CHANGE, {"app": self._app_id} | changed)

    def _fetch(self, *, force: bool) -> Fetched:
        """Ask, and ask again a little later while Tencent says it is busy."""
        for wait_seconds in BUSY_WAITS_SECONDS:
            try:
                return fetch_stable_token(self._settings, force=force)
            except WechatFault as fault:
                if fault.errcode != BUSY:
                    raise
            self._clock.sleep(wait_seconds)
        return fetch_stable_token(self._settings, force=force)

    def _await_other(self, since: float) -> str:
        while self._clock.now() - since < WAIT_FOR_OTHER_SECONDS:
            self._clock.sleep(POLL_SECONDS)
            row = self._row()
            held = self._held(row)
            if held and row.lease_until <= self._clock.now() < row.expires_at:
                return held
        raise WechatFault(None)

    def _fresh(self, row: Row[Any]) -> bool:
        return row.expires_at - self._clock.now() > RENEW_BEFORE_SECONDS

    def _held(self, row: Row[Any]) -> str:
        try:
            return self._vault.open(row.token).decode() if row.token else ""
        except Unreadable:  # the secret key was changed: fetch anew
            return ""

    def _row(self) -> Row[Any]:
        with self._engine.connect() as connection:
            row = connection.execute(_FIND, {"app": self._app_id}).one_or_none()
        if row is not None:
            return row
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(table), {"app_id": self._app_id})
        except IntegrityError:
            pass  # another process opened the row first
        with self._engine.connect() as connection:
            return connection.execute(_FIND, {"app": self._app_id}).one()

    def _today(self) -> str:
        return datetime.fromtimestamp(self._clock.now(), UTC).date().isoformat()
