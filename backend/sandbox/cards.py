"""Template messages and subscription notices: cards on the phone, and the receipts that follow.

Sources: /doc/service/api/notify/template/api_sendtemplatemessage;
/doc/service/api/notify/notify/api_sendnewsubscribemsg; /doc/service/guide/product/template_message/…
"""

import secrets
from collections.abc import Callable
from typing import Any

from ..clock import Clock
from .envelope import ACCOUNT_ID
from .failing import Failing
from .messages import Fields
from .platform import OK, Json, Platform, TencentSays
from .store import Store, get, put
from .templates import Approved

DEDUPLICATED_SECONDS = 600
HANDLE_CHARACTERS = 32
# The longest value of a field, by the sort in its name. Source: 订阅通知 参数值内容限制说明
LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "name": 20, "time": 40, "date": 40, "number": 32}


class Cards:
    """Methods raise TencentSays. report: delivers an event to the account, without waiting."""

    def __init__(
        self,
        store: Store,
        platform: Platform,
        approved: Approved,
        failing: Failing,
        clock: Clock,
        report: Callable[[Fields], None],
    ):
        self._store = store
        self._platform = platform
        self._approved = approved
        self._failing = failing
        self._clock = clock
        self._report = report

    def agree(self, openid: str) -> int:
        """The citizen agrees to one notice of each kind; return how many kinds there are."""
        templates = self._approved.subscriptions()
        with self._store.begin() as connection:
            left = get(connection, f"agreed:{openid}") or {}
            put(connection, f"agreed:{openid}", {t: left.get(t, 0) + 1 for t in templates})
        return len(templates)

    def send_template(self, message: Any) -> Json:
        openid, template_id, fields = _parts(message)
        self._ensure_follower(openid)
        if not self._approved.has_wechat(template_id, "template_id"):
            raise TencentSays(40037, "invalid template_id")
        self._ensure_new(openid, str(message.get("client_msg_id", "")))
        number = self._show(openid, template_id, fields, str(message.get("url", "")))
        status = "failed: system failed" if self._failing.take("wechat", "undelivered") else "success"
        self._tell(openid, {"Event": "TEMPLATESENDJOBFINISH", "MsgID": number, "Status": status})
        return {**OK, "msgid": number}

    def send_subscription(self, message: Any) -> Json:
        openid, template_id, fields = _parts(message)
        self._ensure_follower(openid)
        if not self._approved.has_wechat(template_id, "subscription_id"):
            raise TencentSays(40037, "invalid template_id")
        self._use_agreement(openid, template_id)
        number = self._show(openid, template_id, fields, str(message.get("page", "")))
        failed = bool(self._failing.take("wechat", "undelivered"))
        one = {"TemplateId": template_id, "MsgID": str(number), "ErrorCode": "1" if failed else "0"}
        one["ErrorStatus"] = "failed" if failed else "success"
        self._tell(openid, {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": {"List": one}})
        return {**OK, "msgid": number}

    def _ensure_follower(self, openid: str) -> None:
        if not self._platform.knows(openid):
            raise TencentSays(40003, "invalid openid")
        if not self._platform.follows(openid):
            raise TencentSays(43004, "require subscribe")

    def _ensure_new(self, openid: str, handle: str) -> None:
        """A repeat of client_msg_id within ten minutes is refused."""
        if not handle:
            return
        if len(handle) > HANDLE_CHARACTERS:
            raise TencentSays(40035, "invalid parameter")
        now = self._clock.now()
        with self._store.begin() as connection:
            name = f"handles:{openid}"
            seen = {h: at for h, at in (get(connection, name) or {}).items() if at > now - DEDUPLICATED_SECONDS}
            if handle in seen:
                raise TencentSays(45065, "clientmsgid exist")
            put(connection, name, {**seen, handle: now})

    def _use_agreement(self, openid: str, template_id: str) -> None:
        with self._store.begin() as connection:
            left = get(connection, f"agreed:{openid}") or {}
            if not left.get(template_id):
                raise TencentSays(43101, "user refuse to accept the msg")
            left[template_id] -= 1
            put(connection, f"agreed:{openid}", left)

    def _show(self, openid: str, template_id: str, fields: dict[str, str], url: str) -> int:
        """Return the id under which the receipt will tell of it."""
        row = {"side": "account", "kind": "card", "pushed": True, "template": template_id, "url": url}
        self._store.add_line(openid, self._clock.now(), {**row, "fields": fields})
        return secrets.randbelow(10**9) + 2 * 10**9

    def _tell(self, openid: str, event: Fields) -> None:
        head: Fields = {"ToUserName": ACCOUNT_ID, "FromUserName": openid, "CreateTime": int(self._clock.now())}
        self._report({**head, "MsgType": "event", **event})


def _parts(message: Any) -> tuple[str, str, dict[str, str]]:
    """Return openid, template and values. Raise TencentSays 47001, 40003, 47003."""
    if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
        raise TencentSays(47001, "data format error")
    openid = message.get("touser")
    if not isinstance(openid, str) or not openid:
        raise TencentSays(40003, "invalid openid")
    fields = {name: _value(name, given) for name, given in message["data"].items()}
    return openid, str(message.get("template_id", "")), fields


def _value(name: str, given: Any) -> str:
    value = given.get("value") if isinstance(given, dict) else None
    longest = LONGEST.get(name.rstrip("0123456789"), 20)
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise TencentSays(47003, f"argument invalid! data.{name}.value invalid")
    return value
