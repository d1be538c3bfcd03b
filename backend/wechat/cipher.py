"""WeChat's message encryption, on wechatpy's, with the checks wechatpy leaves out.

wechatpy 1.8.18 does not validate the padding, compares signatures with `!=`, draws the
sixteen random bytes from `random`, and builds its cipher anew for every message.
Source: /doc/subscription/guide/dev/push/encryption.md (AES-256-CBC, PKCS7 to 32 bytes,
plaintext = 16 random + 4-byte big-endian length + message + appid).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any

from wechatpy.crypto import PrpCrypto, WeChatCrypto

from .errors import BadCallback

BLOCK_BYTES = 32
HEAD_BYTES = 20  # 16 random bytes and the length


class Cipher(PrpCrypto):
    """One AES key. Safe to share between threads: each call makes its own AES context."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)

    def decrypt(self, text: str, app_id: str) -> str:
        """Return the message. Raise BadCallback: bad_cipher, wrong_appid."""
        try:
            plain = self.cipher.decrypt(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            raise BadCallback("bad_cipher") from None
        body = _unpad(plain)
        size = int.from_bytes(body[16:HEAD_BYTES], "big")
        if len(body) < HEAD_BYTES or size > len(body) - HEAD_BYTES:
            raise BadCallback("bad_cipher")
        message, owner = body[HEAD_BYTES : HEAD_BYTES + size], body[HEAD_BYTES + size :]
        if not hmac.compare_digest(owner, app_id.encode()):
            raise BadCallback("wrong_appid")
        try:
            return message.decode()
        except UnicodeDecodeError:
            raise BadCallback("bad_cipher") from None


class Crypto(WeChatCrypto):
    """Both directions for one EncodingAESKey, its cipher made once."""

    def __init__(self, token: str, aes_key: str, app_id: str):
        super().__init__(token, aes_key, app_id)
        self._cipher = Cipher(self.key)

    def open(self, encrypted: str) -> str:
        """Return the message; its signature was checked before. Raise BadCallback."""
        return self._cipher.decrypt(encrypted, self.app_id)

    def seal_xml(self, message: str, timestamp: str) -> str:
        nonce = secrets.token_hex(8)
        return self._encrypt_message(message, nonce, timestamp, lambda _: self._cipher)

    def seal_fields(self, message: str, timestamp: str) -> dict[str, Any]:
        """Return the four fields of an encrypted JSON reply."""
        nonce = secrets.token_hex(8)
        encrypted = self._cipher.encrypt(message, self.app_id).decode()
        signature = sign(self.token, timestamp, nonce, encrypted)
        return {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": int(timestamp), "Nonce": nonce}


def sign(*parts: str) -> str:
    """Return WeChat's signature: SHA-1 over the sorted parts, in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def signed_by(signature: str, *parts: str) -> bool:
    """Compare in constant time; False for anything that is no signature."""
    try:
        return hmac.compare_digest(sign(*parts).encode(), signature.encode())
    except UnicodeEncodeError:
        return False


def _unpad(plain: bytes) -> bytes:
    count = plain[-1] if plain else 0
    if not 1 <= count <= BLOCK_BYTES or plain[-count:] != bytes([count]) * count:
        raise BadCallback("bad_cipher")
    return plain[:-count]
