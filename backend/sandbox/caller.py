"""Tencent's patience: up to three calls, five seconds each, the same message each time.

Source: /doc/subscription/guide/product/message/Passive_user_reply_message.html
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import requests

from ..clock import Clock
from .envelope import Account, BadReply, Envelope, read_fields, seal, unseal
from .messages import TEXT_BYTES, Fields, How

PATIENCE_SECONDS = 5.0
CALLS = 3
SHOWN_BYTES = 20_000  # of a raw body in the panel
RETRIED = {"timeout", "unreachable", "late"}


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: str


class Late(Exception):
    """No answer within Tencent's patience."""


class Unreachable(Exception):
    """The connection failed."""


class Transport(Protocol):
    def post(self, address: str, envelope: Envelope, timeout_seconds: float) -> Answer: ...


class Http:
    """The real way: a POST over the loopback, whatever proxy the environment names."""

    def post(self, address: str, envelope: Envelope, timeout_seconds: float) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            try:
                response = session.post(
                    address,
                    params=envelope.params,
                    data=envelope.body,
                    headers=envelope.headers,
                    timeout=timeout_seconds,
                    allow_redirects=False,
                )
            except requests.Timeout:
                raise Late from None
            except requests.RequestException as fault:
                raise Unreachable(type(fault).__name__) from None
        return Answer(response.status_code, response.content.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Call:
    """One call as the panel tells it.

    outcome: replied, success (nothing to show), refused (no 200), malformed, timeout,
    unreachable, late (thrown away on purpose, as if it had come after five seconds).
    """

    outcome: str
    elapsed_ms: float
    status: int = 0
    why: str = ""
    sent: str = ""
    sent_plain: str = ""
    got: str = ""
    got_plain: str = ""
    reply: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        row = asdict(self)
        del row["reply"]
        return row


class Caller:
    """Posts callbacks to the account's address and reads what it answers."""

    def __init__(self, address: str, account: Account, clock: Clock, transport: Transport):
        self._address = address
        self._account = account
        self._clock = clock
        self._transport = transport

    def deliver(self, fields: Fields, how: How) -> Iterator[Call]:
        """Yield each call as it ends; the last one decides what the citizen sees."""
        for number in range(1, CALLS + 1):
            started = self._clock.now()
            call = self._call(fields, how, started)
            if number <= how.lost_calls and call.outcome not in RETRIED:
                self._clock.sleep(max(0.0, PATIENCE_SECONDS - (self._clock.now() - started)))
                call = replace(call, outcome="late", reply=None)
            yield call
            if call.outcome not in RETRIED:
                return

    def tell(self, fields: Fields) -> None:
        """Deliver an event that shows the citizen nothing, as a receipt."""
        for _ in self.deliver(fields, How()):
            pass

    def _call(self, fields: Fields, how: How, started: float) -> Call:
        envelope = seal(fields, self._account, how, started)
        seen: dict[str, Any] = {
            "sent": envelope.body.decode("utf-8", "replace")[:SHOWN_BYTES],
            "sent_plain": envelope.plain,
        }
        try:
            answer = self._transport.post(self._address, envelope, PATIENCE_SECONDS)
        except Late:
            return Call("timeout", self._since(started), **seen)
        except Unreachable as fault:
            return Call("unreachable", self._since(started), why=str(fault), **seen)
        return self._read(answer, fields, how, self._since(started), seen)

    def _since(self, started: float) -> float:
        """Return the milliseconds since `started`."""
        return round((self._clock.now() - started) * 1000, 1)

    def _read(self, answer: Answer, fields: Fields, how: How, elapsed_ms: float, seen: dict[str, Any]) -> Call:
        got: dict[str, Any] = {"status": answer.status, "got": answer.body[:SHOWN_BYTES], **seen}
        if answer.status != 200:
            return Call("refused", elapsed_ms, why=f"HTTP {answer.status}", **got)
        if answer.body in ("", "success"):
            return Call("success", elapsed_ms, **got)
        try:
            plain = unseal(answer.body, self._account, how)
            got["got_plain"] = plain
            reply = read_fields(plain)
            ensure_showable(reply, fields)
        except BadReply as fault:
            return Call("malformed", elapsed_ms, why=str(fault), **got)
        return Call("replied", elapsed_ms, reply=reply, **got)


def ensure_showable(reply: dict[str, Any], fields: Fields) -> None:
    """Raise BadReply for a reply that WeChat would not show."""
    if reply.get("ToUserName") != fields["FromUserName"] or reply.get("FromUserName") != fields["ToUserName"]:
        raise BadReply("ToUserName and FromUserName are not those of the message, exchanged")
    kind = reply.get("MsgType")
    if kind not in ("text", "image", "voice", "video", "music", "news", "transfer_customer_service"):
        raise BadReply(f"{kind!r} is no type of reply")
    if kind == "text" and not reply.get("Content"):
        raise BadReply("the text is empty")
    if kind == "text" and len(str(reply["Content"]).encode()) > TEXT_BYTES:
        raise BadReply(f"the text is longer than {TEXT_BYTES} bytes")
