"""Tencent's envelope: what is signed, encrypted, or broken on purpose, and opened again.

Source: /doc/subscription/guide/dev/push/encryption.md
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wechatpy.crypto import PrpCrypto

from ..config import Settings
from .messages import Fields, How, from_xml, to_xml

ACCOUNT_ID = "gh_sandbox0000"
OLD_SECONDS = 24 * 3600
OVERSIZE_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Account:
    """The sandbox's account, as mp.weixin.qq.com would know it."""

    app_id: str
    app_secret: str
    token: str
    aes_key: str

    @classmethod
    def of(cls, settings: Settings) -> "Account":
        return cls(
            settings.wechat_app_id,
            settings.wechat_app_secret.get_secret_value(),
            settings.wechat_token.get_secret_value(),
            settings.wechat_aes_key.get_secret_value(),
        )

    @property
    def cipher(self) -> PrpCrypto:
        return PrpCrypto(base64.b64decode(self.aes_key + "="))


@dataclass(frozen=True)
class Envelope:
    """One callback, ready to post. plain: the message inside, for people to read."""

    params: dict[str, str]
    headers: dict[str, str]
    body: bytes
    plain: str


class BadReply(ValueError):
    """What the account answered is nothing WeChat would show."""


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - Tencent's protocol says SHA-1


def seal(fields: Fields, account: Account, how: How, now: float) -> Envelope:
    """Return the callback that carries `fields`. now: seconds since the epoch."""
    timestamp = str(int(now) - (OLD_SECONDS if how.broken == "old-timestamp" else 0))
    nonce = str(secrets.randbelow(10**10))
    plain = to_xml(fields) if how.format == "xml" else _json(fields)
    params = {"signature": sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    outer: Fields = fields if how.mode == "plain" else {"ToUserName": fields["ToUserName"]}
    if how.mode == "compatible":
        outer = dict(fields)
    if how.mode != "plain":
        app_id = "wxsandboxother00" if how.broken == "wrong-appid" else account.app_id
        encrypted = account.cipher.encrypt(plain, app_id).decode()
        outer = {**outer, "Encrypt": encrypted}
        params |= {"encrypt_type": "aes", "msg_signature": sign(account.token, timestamp, nonce, encrypted)}
        params["openid"] = str(fields["FromUserName"])
    if how.broken == "bad-signature":
        params = {k: "0" * 40 if k.endswith("signature") else v for k, v in params.items()}
    body = to_xml(outer) if how.format == "xml" else _json(outer)
    kind = "text/xml" if how.format == "xml" else "application/json"
    return Envelope(params, {"Content-Type": kind}, _spoil(body.encode(), how), plain)


def _spoil(body: bytes, how: How) -> bytes:
    if how.broken == "broken-xml":
        return body[: len(body) // 2]
    if how.broken == "oversize":
        return body + b" " * OVERSIZE_BYTES
    return body


def _json(fields: Fields) -> str:
    return json.dumps(fields, ensure_ascii=False)


def unseal(body: str, account: Account, how: How) -> str:
    """Return the reply inside `body`. Raises BadReply where Tencent would not read it."""
    if how.mode == "plain":
        return body
    outer = _outer(body)
    if how.mode == "compatible" and "Encrypt" not in outer:
        return body
    try:
        encrypted, theirs = outer["Encrypt"], outer["MsgSignature"]
        ours = sign(account.token, str(outer["TimeStamp"]), str(outer["Nonce"]), encrypted)
    except KeyError as missing:
        raise BadReply(f"the encrypted reply lacks {missing}") from None
    if not hmac.compare_digest(ours, theirs):
        raise BadReply("the reply's MsgSignature is wrong")
    return _guarded(lambda: account.cipher.decrypt(encrypted, account.app_id))


def _outer(body: str) -> dict[str, str]:
    return {key: str(value) for key, value in read_fields(body).items()}


def read_fields(reply: str) -> dict[str, Any]:
    """Return the fields of XML or JSON. Raises BadReply."""
    fields = _guarded(lambda: json.loads(reply) if reply.lstrip().startswith("{") else from_xml(reply))
    if not isinstance(fields, dict):
        raise BadReply("the reply is no object")
    return fields


def _guarded(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception as fault:  # wechatpy raises whatever its parts raise on bad ciphertext
        raise BadReply(f"{type(fault).__name__}: {fault}") from None
