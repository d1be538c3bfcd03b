"""The phone: what the citizen does goes to the account, what comes back is shown."""

import threading
from typing import Any

import structlog

from ..clock import Clock
from .caller import Call, Caller
from .envelope import ACCOUNT_ID
from .errors import NotFollowing, NothingToResend
from .media import Album
from .messages import Act, Fields, How, Kind, fields_of
from .platform import Platform
from .store import Store

log = structlog.get_logger()
BANNER = "该公众号暂时无法提供服务，请稍后再试"


class Phone:
    """All phones of the sandbox; each is known by its citizen's openid."""

    def __init__(self, store: Store, platform: Platform, caller: Caller, clock: Clock, album: Album):
        self._store = store
        self._album = album
        self._platform = platform
        self._caller = caller
        self._clock = clock

    def do(self, act: Act) -> int:
        """Show the act, tell the account of it in the background; return the exchange's number.

        Raises NotFollowing where only followers may write.
        """
        if act.kind is not Kind.SUBSCRIBE and not self._platform.follows(act.openid):
            raise NotFollowing
        now = self._clock.now()
        self._platform.notice_act(act.openid, act.kind)
        self._store.add_line(act.openid, now, _line_of(act))
        return self._start(act.openid, fields_of(act, ACCOUNT_ID, int(now), self._album.address), act.how)

    def resend(self, openid: str, how: How) -> int:
        """Call the account again with the last message, MsgId and all. Raises NothingToResend."""
        last = self._store.last_exchange(openid)
        if not last:
            raise NothingToResend
        self._store.add_line(openid, self._clock.now(), {"side": "notice", "text": "腾讯再次发送了上一条消息"})
        return self._start(openid, last["fields"], how)

    def news(self, openid: str, after: int) -> dict[str, Any]:
        """Return what the page shows: `{lines, exchange, follows, menu}`; lines newer than `after`."""
        return {
            "lines": self._store.lines_after(openid, after),
            "exchange": self._store.last_exchange(openid),
            "follows": self._platform.follows(openid),
            "menu": self._platform.find_menu(),
        }

    def _start(self, openid: str, fields: Fields, how: How) -> int:
        body: dict[str, Any] = {"fields": fields, "how": how.model_dump(), "calls": [], "done": False}
        number = self._store.add_exchange(openid, self._clock.now(), body)
        # Not in the request: that would hold a thread the account's own answer may need.
        threading.Thread(target=self._run, args=(number, openid, body, how), daemon=True).start()
        return number

    def _run(self, number: int, openid: str, body: dict[str, Any], how: How) -> None:
        last: Call | None = None
        try:
            for call in self._caller.deliver(body["fields"], how):
                last = call
                body["calls"].append(call.as_json())
                self._store.update_exchange(number, body)
        except Exception as fault:  # a thread's fault reaches nobody: the panel and the log must tell it
            log.error("sandbox_call_failed", exc_info=fault)
            body["fault"] = type(fault).__name__
        finally:
            # The line first: a page that reads `done` must not miss it.
            self._show(openid, body["fields"], last)
            self._store.update_exchange(number, {**body, "done": True})

    def _show(self, openid: str, fields: Fields, call: Call | None) -> None:
        line = _shown(fields, call)
        if line:
            self._store.add_line(openid, self._clock.now(), line)


def _shown(fields: Fields, call: Call | None) -> dict[str, Any] | None:
    """Return what WeChat shows after the last call; nothing for an empty answer."""
    if fields.get("Event") in ("unsubscribe", "VIEW"):
        return None  # WeChat shows no answer to these
    if call and call.outcome == "success":
        return None
    if not call or call.reply is None:
        return {"side": "notice", "text": BANNER}
    reply = call.reply
    kind = str(reply["MsgType"])
    match kind:
        case "text":
            return {"side": "account", "kind": "text", "text": reply["Content"]}
        case "news":
            return {"side": "account", "kind": "news", "articles": reply.get("Articles", [])}
        case "transfer_customer_service":
            return {"side": "notice", "text": "已转接人工客服"}
        case _:
            return {"side": "account", "kind": kind, "text": str(reply.get(kind.capitalize(), ""))}


def _line_of(act: Act) -> dict[str, Any]:
    notices = {
        Kind.SUBSCRIBE: "你关注了该公众号",
        Kind.UNSUBSCRIBE: "你取消关注了该公众号",
        Kind.SCAN: f"你扫了二维码：{act.text}",
        Kind.CLICK: "你点了菜单",
        Kind.VIEW: "你从菜单打开了网页",
    }
    if act.kind in notices:
        return {"side": "notice", "text": notices[act.kind]}
    return {"side": "citizen", "kind": act.kind.value, "text": act.text} | ({"media": act.media} if act.media else {})
