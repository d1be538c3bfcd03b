"""What the room keeps about a citizen, made unreadable in the database."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """The secret key has changed since this was sealed."""


NONCE_BYTES = 12


class Vault:
    """Seals with AES-256-GCM under keys derived from the secret key, one key a purpose."""

    def __init__(self, secret: str):
        self._cipher = AESGCM(_derive(secret, b"wechat at rest"))
        self._citizen_key = _derive(secret, b"wechat citizen")

    def seal(self, clear: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, clear, None)

    def open(self, sealed: bytes) -> bytes:
        """Raise Unreadable where it was sealed with another secret key, or changed."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def citizen_key(self, openid: str) -> str:
        """Return the name other rooms know a citizen by: 64 hex digits, not reversible."""
        return hmac.new(self._citizen_key, openid.encode(), hashlib.sha256).hexdigest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
