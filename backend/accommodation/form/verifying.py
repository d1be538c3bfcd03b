"""Is a form as it was signed, and by whom?"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from .errors import NoForm


@dataclass(frozen=True)
class Verdict:
    """What a signature proves.

    intact: every byte of the file is as it was signed. valid: intact, and signed with the key of the
    certificate in it. trusted: valid, and that certificate is one of ours; without it anybody may have
    signed. signer, certificate (SHA-256, hex) and signed_at (aware; the signer's own clock, there is no
    time stamp) are None where the file holds no signature.
    """

    valid: bool = False
    intact: bool = False
    trusted: bool = False
    signer: str | None = None
    certificate: str | None = None
    signed_at: datetime | None = None


def verify(pdf: bytes, ours: Collection[str] = ()) -> Verdict:
    """Return what the one signature of `pdf` proves; the empty Verdict where there is none, or no PDF.

    ours: fingerprints (`Signer.fingerprint`) of the bureau's certificates, the present one and earlier
    ones, compared as a whole: no certificate chain is followed and no network asked.
    """
    try:
        return _verify(pdf, ours)
    except Exception:  # a changed file breaks the parsers in ways no list of exceptions covers; all mean: not proven
        return Verdict()


def verify_file(path: Path, ours: Collection[str] = ()) -> dict[str, Any]:
    """Return the verdict on a file as plain values, `signed_at` in ISO 8601, with `file`. Raises NoForm."""
    try:
        verdict = verify(path.read_bytes(), ours)
    except OSError as fault:
        raise NoForm from fault
    signed_at = verdict.signed_at.isoformat() if verdict.signed_at else None
    return {"file": str(path), **asdict(verdict), "signed_at": signed_at}


def _verify(pdf: bytes, ours: Collection[str]) -> Verdict:
    signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
    if len(signatures) != 1:
        return Verdict()
    signature = signatures[0]
    certificate = signature.signer_cert
    signature.compute_integrity_info()
    unchanged, genuine = validate_sig_integrity(signature.signer_info, certificate, "data", signature.compute_digest())
    intact = unchanged and _covers_all(pdf, signature)
    valid = intact and genuine
    return Verdict(
        valid=valid,
        intact=intact,
        trusted=valid and certificate.sha256.hex() in ours,
        signer=str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly),
        certificate=certificate.sha256.hex(),
        signed_at=signature.self_reported_timestamp,
    )


def _covers_all(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Nothing follows the signed revision, and the gap left for the signature holds it and zeros only.

    The gap is not signed: small hexadecimal letters, bytes after the signature, another version number
    or a name in other capitals would change the file and leave every digest right. So the gap must be
    what we would write. Only certificates of authorities beside the signer's own are taken as they are.
    """
    if signature.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        return False
    start, end = _gap(signature)
    written = _rewritten(signature).hex().upper().encode()
    return pdf[start:end] == b"<" + written.ljust(end - start - 2, b"0") + b">"


def _rewritten(signature: EmbeddedPdfSignature) -> bytes:
    """Return the signature (RFC 5652, 5.1) put together anew from its signed and its checked parts."""
    info, certificate = signature.signer_info, signature.signer_cert
    digest = cms.DigestAlgorithm({"algorithm": info["digest_algorithm"]["algorithm"].native})
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", _issuer_and_serial(certificate)),
        "digest_algorithm": digest,
        "signed_attrs": info["signed_attrs"],
        "signature_algorithm": {"algorithm": info["signature_algorithm"]["algorithm"].native},
        "signature": info["signature"],
    }
    signed = {
        "version": "v1",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "data"},
        "certificates": signature.signed_data["certificates"],
        "signer_infos": [signer],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump(force=True))


def _issuer_and_serial(certificate: Any) -> cms.IssuerAndSerialNumber:
    return cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})


def _gap(signature: EmbeddedPdfSignature) -> tuple[int, int]:
    first, length, second, _ = (int(number) for number in signature.byte_range)
    return first + length, second
