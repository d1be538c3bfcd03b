"""Calls to Tencent's API: wechatpy's client with our token, time-outs and kinds of fault.

wechatpy's own retry after 40001 recurses without limit, so it is off: one other token is
tried here, once.
"""

from collections.abc import Callable
from typing import Any

import requests
import structlog
from urllib3.exceptions import NewConnectionError
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from ..clock import Clock
from ..config import Settings
from .errors import WechatFault
from .token import BUSY, BUSY_WAITS_SECONDS, Tokens, loopback

log = structlog.get_logger()

TOKEN_REFUSED = (40001, 40014, 42001)
# Worth another attempt later: busy, call frequency, and a token that another process replaces.
PASSING = (BUSY, 45009, 45011, *TOKEN_REFUSED)
SAYS = {
    45015: "市民超过四十八小时没有来信，微信不再允许主动回复。",
    45047: "微信允许的客服消息条数已经用完，要等市民再来信。",
    48001: "公众号没有这个接口的权限，请检查是否已认证。",
}


class _Client(WeChatClient):
    """wechatpy's client for one call, with the token it is given."""

    def __init__(self, settings: Settings, token: str):
        timeout_seconds = settings.wechat_api_timeout_seconds
        super().__init__(settings.wechat_app_id, "", timeout=timeout_seconds, auto_retry=False)
        self.API_BASE_URL = f"{settings.wechat_api_url}/cgi-bin/"
        self._token = token
        self._http.trust_env = not loopback(settings.wechat_api_url)

    @property
    def access_token(self) -> str:
        return self._token


class Wechat:
    """What the rest of the room may ask of Tencent. Every method raises WechatFault."""

    def __init__(self, settings: Settings, tokens: Tokens, clock: Clock):
        self._settings = settings
        self._tokens = tokens
        self._clock = clock

    def send_customer_text(self, openid: str, text: str) -> None:
        """Push a customer-service message: at most 5 within 48 h of the citizen's own.

        Source: /doc/service/api/customer/message/api_sendcustommessage
        """
        self._call(lambda client: client.message.send_text(openid, text))

    def send_template(
        self, openid: str, template_id: str, fields: dict[str, str], *, url: str, client_msg_id: str
    ) -> str | None:
        """Send a template message; return the id under which WeChat reports its delivery.

        client_msg_id: at most 32 characters; a repeat within ten minutes is dropped.
        wechatpy's own method lacks it. Source: /doc/service/api/notify/template/api_sendtemplatemessage
        """
        body = {"touser": openid, "template_id": template_id, "url": url, "client_msg_id": client_msg_id}
        return self._sent_id("message/template/send", body | {"data": _values(fields)})

    def send_subscription(self, openid: str, template_id: str, fields: dict[str, str], *, page: str) -> str | None:
        """Send a subscription notice the citizen has agreed to; return its id where WeChat names one.

        Source: /doc/service/api/notify/notify/api_sendnewsubscribemsg
        """
        body = {"touser": openid, "template_id": template_id, "page": page, "data": _values(fields)}
        return self._sent_id("message/subscribe/bizsend", body)

    def download_media(self, media_id: str) -> bytes:
        """Return a picture the citizen has sent; WeChat keeps it three days.

        Source: /doc/service/api/material/temporary/api_getmedia
        """
        answer = self._call(lambda client: {"content": _content(client.media.download(media_id))})
        return bytes(answer["content"])

    def _sent_id(self, path: str, body: dict[str, Any]) -> str | None:
        answer = self._call(lambda client: client.post(path, data=body))
        found = (answer or {}).get("msgid")
        return None if found is None else str(found)

    def get_menu(self) -> dict[str, Any] | None:
        """Return the menu WeChat shows, None where there is none."""
        return self._call(lambda client: client.menu.get())

    def create_menu(self, menu: dict[str, Any]) -> None:
        self._call(lambda client: client.menu.create(menu))

    def _call(self, ask: Callable[[WeChatClient], Any]) -> Any:
        """Ask with patience: again while busy, once more with another token."""
        waits = list(BUSY_WAITS_SECONDS)
        token, replaced = self._tokens.get(), False
        while True:
            try:
                return _understood(ask(_Client(self._settings, token)))
            except (WeChatClientException, requests.RequestException, ValueError) as error:
                fault = _fault(error)
            if fault.errcode in TOKEN_REFUSED and not replaced:
                token, replaced = self._tokens.replace(token), True
            elif fault.errcode == BUSY and waits:
                self._clock.sleep(waits.pop(0))
            else:
                log.warning("wechat_call_failed", errcode=fault.errcode, permanent=fault.permanent)
                raise fault from None


def _values(fields: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": value} for name, value in fields.items()}


def _content(answer: Any) -> bytes:
    """Raise ValueError where no file came."""
    if not isinstance(answer, requests.Response):
        raise ValueError("not a file")
    return answer.content


def _understood(answer: Any) -> Any:
    """Raise ValueError where a page came instead of JSON; wechatpy passes that on as success."""
    if answer is not None and not isinstance(answer, dict):
        raise ValueError("not JSON")
    return answer


def _fault(error: Exception) -> WechatFault:
    """Name what went wrong. Tencent's words stay out: they may repeat an openid."""
    errcode = getattr(error, "errcode", None)
    if errcode is None:  # no answer, or none that can be read
        return WechatFault(None, unsure=_went_out(error))
    return WechatFault(errcode, SAYS.get(errcode), permanent=errcode not in PASSING)


def _went_out(error: Exception) -> bool:
    """True where the request was sent and the connection ended without an answer.

    A gateway's error page is an answer: it says that the request went no further.
    """
    if isinstance(error, requests.ConnectTimeout):
        return False
    if isinstance(error, requests.ConnectionError):
        return not isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)
    return isinstance(error, requests.Timeout | requests.exceptions.ChunkedEncodingError)
