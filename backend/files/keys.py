"""A key for every file, wrapped by the master key; the master key can be changed.

What lies in the store is AES-256-GCM under the file's own key. That key lies in the file's row, wrapped
(AES-256-GCM again) by the master key whose fingerprint stands beside it, so that a change of the master
key rewrites rows, never contents. Both are bound to the file's id: contents cannot be exchanged.
"""

import base64
import binascii
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..config import BadSettings, Settings
from ..vault import NONCE_BYTES
from .errors import ContentLost

KEY_BYTES = 32
MAGIC = b"EPF1"  # the first bytes of every content; a later way of sealing gets another number


class Keyring:
    """The master key that wraps, and those that still unwrap."""

    def __init__(self, master: bytes, previous: bytes | None = None):
        self.current_id = fingerprint(master)
        self._masters = {fingerprint(key): AESGCM(key) for key in (previous, master) if key}

    def wrap(self, key: bytes, file_id: str) -> bytes:
        """Return `key` wrapped by the current master key."""
        return _seal(self._masters[self.current_id], key, f"key of {file_id}")

    def unwrap(self, key_id: str, wrapped: bytes, file_id: str) -> bytes:
        """Return the file's key. Raise ContentLost where its master key is not configured, or it was changed."""
        if key_id not in self._masters:
            raise ContentLost
        return _open(self._masters[key_id], wrapped, f"key of {file_id}")


def make_keyring(settings: Settings) -> Keyring:
    """Return the keyring of the settings. Raise BadSettings, which stops the start, where a key is wrong."""
    master = parse_master_key("EPOLICE_FILES_MASTER_KEY", settings.files_master_key.get_secret_value())
    if master is None:
        raise BadSettings(f"EPOLICE_FILES_MASTER_KEY is missing: {HOW_TO_MAKE_ONE}")
    previous = settings.files_previous_master_key.get_secret_value()
    return Keyring(master, parse_master_key("EPOLICE_FILES_PREVIOUS_MASTER_KEY", previous))


HOW_TO_MAKE_ONE = "it must be 32 random bytes in Base64; `openssl rand -base64 32` makes one"


def parse_master_key(setting: str, text: str) -> bytes | None:
    """Return the 32 bytes written in Base64, None for an empty text; raise BadSettings for anything else."""
    if not text.strip():
        return None
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSettings(f"{setting} cannot be used: {HOW_TO_MAKE_ONE}")
    return key


def fingerprint(master: bytes) -> str:
    """Return 16 hex digits that name a master key and tell nothing about it."""
    return hashlib.sha256(b"epolice files master key" + master).hexdigest()[:16]


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def seal_content(key: bytes, clear: bytes, file_id: str) -> bytes:
    return MAGIC + _seal(AESGCM(key), clear, f"content of {file_id}")


def open_content(key: bytes, sealed: bytes, file_id: str) -> bytes:
    """Return what was sealed. Raise ContentLost where it was changed, cut, or belongs to another file."""
    if not sealed.startswith(MAGIC):
        raise ContentLost
    return _open(AESGCM(key), sealed[len(MAGIC) :], f"content of {file_id}")


def _seal(cipher: AESGCM, clear: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, clear, bound_to.encode())


def _open(cipher: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise ContentLost from None
