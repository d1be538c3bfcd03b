"""From a callback to its message and back: signature, age, encryption, format.

With an EncodingAESKey only what is encrypted and signed by msg_signature counts; the clear
fields of compatible mode are ignored. Without one, plain mode.
Source: /doc/subscription/guide/dev/push/encryption.md
"""

import json
from dataclasses import dataclass

from wechatpy.messages import BaseMessage

from ..clock import Clock
from ..config import Settings
from .cipher import Crypto, signed_by
from .errors import BadCallback
from .parsing import as_xml, clean, encrypted_part, is_json, parse_xml, read_text
from .rendering import fit, render_json, render_xml


@dataclass(frozen=True)
class Query:
    """The arguments in the address of a callback."""

    timestamp: str = ""
    nonce: str = ""
    signature: str = ""
    msg_signature: str = ""


@dataclass(frozen=True)
class Opened:
    """A callback that is WeChat's. xml: the message in the clear.

    crypto: the key it came under, and that its reply must be sealed with (during a
    rotation WeChat may still use the previous one); None in plain mode.
    """

    message: BaseMessage
    xml: str
    json: bool
    crypto: Crypto | None


class Codec:
    """Opens callbacks and seals replies for one account; made once a process."""

    def __init__(self, settings: Settings, clock: Clock):
        self._token = settings.wechat_token.get_secret_value()
        self._max_age_seconds = settings.wechat_max_age_seconds
        self._clock = clock
        keys = (settings.wechat_aes_key, settings.wechat_previous_aes_key)
        self._cryptos = [
            Crypto(self._token, key.get_secret_value(), settings.wechat_app_id)
            for key in keys
            if key.get_secret_value()
        ]

    def check(self, query: Query) -> None:
        """Raise BadCallback (bad_signature, stale) unless `signature` is WeChat's and fresh."""
        self._ensure_signed(query, query.signature)

    def open(self, query: Query, body: bytes) -> Opened:
        """Raise BadCallback where the callback is not WeChat's or cannot be read."""
        return self._open_sealed(query, body) if self._cryptos else self._open_clear(query, body)

    def seal(self, opened: Opened, text: str) -> str:
        """Return the body of the reply: `text` in the format and mode of the callback."""
        now, text = int(self._clock.now()), fit(text)
        render = render_json if opened.json else render_xml
        body = render(opened.message, text, now)
        if not opened.crypto:
            return body
        if opened.json:
            return json.dumps(opened.crypto.seal_fields(body, str(now)))
        return opened.crypto.seal_xml(body, str(now))

    def _open_clear(self, query: Query, body: bytes) -> Opened:
        self.check(query)
        text = read_text(body)
        xml = as_xml(text)
        message = parse_xml(xml) if "<Encrypt>" not in xml or "<MsgType>" in xml else None
        if message is None:
            raise BadCallback("no_key")
        return Opened(message, xml, is_json(text), None)

    def _open_sealed(self, query: Query, body: bytes) -> Opened:
        outer = read_text(body)
        encrypted = encrypted_part(outer)
        self._ensure_signed(query, query.msg_signature, encrypted)
        inner, crypto = self._decrypt(encrypted)
        xml = as_xml(clean(inner))
        return Opened(parse_xml(xml), xml, is_json(outer), crypto)

    def _decrypt(self, encrypted: str) -> tuple[str, Crypto]:
        """Try the present key, then the one before the last change."""
        for crypto in self._cryptos[:-1]:
            try:
                return crypto.open(encrypted), crypto
            except BadCallback as fault:
                if fault.code != "bad_cipher":
                    raise
        return self._cryptos[-1].open(encrypted), self._cryptos[-1]

    def _ensure_signed(self, query: Query, signature: str, *more: str) -> None:
        if not signed_by(signature, self._token, query.timestamp, query.nonce, *more):
            raise BadCallback("bad_signature")
        if not (query.timestamp.isascii() and query.timestamp.isdigit() and len(query.timestamp) <= 12):
            raise BadCallback("stale")
        if abs(self._clock.now() - int(query.timestamp)) > self._max_age_seconds:
            raise BadCallback("stale")
