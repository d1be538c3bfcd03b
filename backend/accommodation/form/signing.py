"""The signature on a form: PAdES baseline B, visible, and certifying that nothing may change after it."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Self

from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle

from .certificates import DEVELOPMENT_NAME, ensure_development, load_pkcs12
from .content import FormContent
from .errors import CertificateUnusable
from .pdf import PAGE, SEAL
from .seal import render_seal
from .sheet import MM_A_POINT

FIELD = "Signature"


@dataclass(frozen=True)
class Signer:
    """Signs forms with one certificate."""

    _key: SimpleSigner

    @classmethod
    def from_pkcs12(cls, path: Path, password: str) -> Self:
        """Return the signer of the bureau's certificate (RSA or ECDSA). Raises CertificateUnusable."""
        return cls(load_pkcs12(path, password))

    @classmethod
    def for_development(cls, data_dir: Path, password: str, *, allow_development: bool, now: datetime) -> Self:
        """Return the signer of the sandbox's own certificate, made at first use in `data_dir`.

        Raises CertificateUnusable where `allow_development` is false: a real bureau never signs with it.
        """
        if not allow_development:
            raise CertificateUnusable
        return cls(load_pkcs12(ensure_development(data_dir, password, now), password))

    @property
    def name(self) -> str:
        return str(self._certificate.subject.native.get("common_name") or self._certificate.subject.human_friendly)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, 64 hex digits: what `verify` is told to accept."""
        return self._certificate.sha256.hex()

    @property
    def is_development(self) -> bool:
        return self.name == DEVELOPMENT_NAME

    @property
    def valid_until(self) -> datetime:
        """Aware, UTC."""
        return self._certificate.not_valid_after

    def sign(self, pdf: bytes, content: FormContent, now: datetime) -> bytes:
        """Return `pdf`, as `render_pdf(content)` made it, with a signature in its place for one.

        now: aware; the moment that is printed and signed. Not inside a running event loop.
        Raises CertificateUnusable where the certificate is not valid at `now`.
        """
        if not self._certificate.not_valid_before <= now <= self._certificate.not_valid_after:
            raise CertificateUnusable
        seal = render_seal(content, now, development=self.is_development)
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        signer = _PdfSigner(_metadata(content), self._key, stamp_style=_style(seal), new_field_spec=_place())
        signer.now = now
        return signer.sign_pdf(writer).getvalue()

    @property
    def _certificate(self) -> Any:
        return self._key.signing_cert


class _PdfSigner(PdfSigner):
    """A PdfSigner that takes the time from outside; its own asks the machine."""

    now: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.now
        return session


class _SealPage(ImportedPdfPage):
    """The seal from memory; the library's own reads a file."""

    def __init__(self, pdf: bytes):
        super().__init__("")
        self._pdf = pdf

    def render(self) -> bytes:
        writer: BasePdfFileWriter = self._ensure_writer
        seal = writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject["/Seal"] = seal
        self.box = BoxConstraints(width=_points(SEAL.width), height=_points(SEAL.height))
        return b"/Seal Do"


def _metadata(content: FormContent) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=FIELD,
        name=content.bureau.zh,
        location=content.station.name.zh,
        reason=f"签发 {content.number}",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )


def _style(seal: bytes) -> StaticStampStyle:
    whole = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID)  # without margins
    return StaticStampStyle(background=_SealPage(seal), background_layout=whole, border_width=0)


def _place() -> SigFieldSpec:
    """The seal's place in points from the lower left corner of the page."""
    left, bottom = _points(SEAL.x), _points(PAGE[1] - SEAL.y - SEAL.height)
    return SigFieldSpec(FIELD, box=(left, bottom, left + _points(SEAL.width), bottom + _points(SEAL.height)))


def _points(millimetres: float) -> int:
    return round(millimetres / MM_A_POINT)
