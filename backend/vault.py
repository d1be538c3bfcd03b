"""What is kept about a person, made unreadable in the database."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Unreadable(Exception):
    """The secret key has changed since this was sealed, or somebody changed what was sealed."""


class Vault:
    """Seals with AES-256-GCM under keys derived from the secret key, another one for each room."""

    def __init__(self, secret: str, room: str):
        self._cipher = AESGCM(derive(secret, f"{room} at rest"))
        self._lookup_key = derive(secret, f"{room} lookup")

    def seal(self, clear: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, clear, None)

    def open(self, sealed: bytes) -> bytes:
        """Raise Unreadable where it was sealed with another secret key, or changed."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def key_of(self, value: str) -> str:
        """Return what `value` is looked up by: 64 hex digits, not reversible without the secret."""
        return hmac.new(self._lookup_key, value.encode(), hashlib.sha256).hexdigest()


def derive(secret: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose; those of another purpose tell nothing about them."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
