"""Where the signing key comes from: the bureau's PKCS #12 file, or in the sandbox one made here."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import SimpleSigner

from .errors import CertificateUnusable

log = structlog.get_logger()

DEVELOPMENT_NAME = "智慧e警务 沙箱 DEVELOPMENT ONLY"
DEVELOPMENT_FILE = "form-dev.p12"
DEVELOPMENT_DAYS = 730


def load_pkcs12(path: Path, password: str) -> SimpleSigner:
    """Return what signs. Raises CertificateUnusable: no such file, another password, or no key in it."""
    try:
        return SimpleSigner.load_pkcs12_data(path.read_bytes(), [], password.encode() or None)
    except (OSError, ValueError, AttributeError) as fault:  # the last: an archive without a key
        log.error("certificate_unusable", file=str(path), fault=type(fault).__name__)
        raise CertificateUnusable from fault


def ensure_development(folder: Path, password: str, now: datetime) -> Path:
    """Return the sandbox's own certificate, made at first use; two processes at once end with the same one.

    After its two years, or with a new password, the file is to be removed by hand: forms signed
    with it are then no longer ours.
    """
    path = folder / DEVELOPMENT_FILE
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{DEVELOPMENT_FILE}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_make_development(password, now))
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: who comes second finds the first one's file and keeps it.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path


def _make_development(password: str, now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DEVELOPMENT_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_only_signing(), critical=True)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(password.encode())
    return serialization.pkcs12.serialize_key_and_certificates(b"form", key, certificate, None, locked)


def _only_signing() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
