import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from backend.accommodation.form.certificates import DEVELOPMENT_FILE, ensure_development
from backend.accommodation.form.errors import CertificateUnusable
from backend.accommodation.form.pdf import render_pdf
from backend.accommodation.form.signing import Signer
from backend.accommodation.form.verifying import verify

from .samples import NOW, form, text_of


@pytest.fixture(scope="module")
def bureau_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate as an authority issues it: RSA, with a password."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "南湖区分局")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=10))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("bureau") / "form.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"form", key, made, None, BestAvailableEncryption(b"right")))
    return path


def test_the_bureaus_own_certificate_signs(bureau_file: Path, unsigned: bytes) -> None:
    signer = Signer.from_pkcs12(bureau_file, "right")
    verdict = verify(signer.sign(unsigned, form(), NOW), {signer.fingerprint})
    assert (verdict.valid, verdict.trusted, verdict.signer, verdict.signed_at) == (True, True, "南湖区分局", NOW)
    assert not signer.is_development and signer.valid_until == NOW + timedelta(days=10)


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_told(bureau_file: Path, password: str) -> None:
    with pytest.raises(CertificateUnusable) as refused:
        Signer.from_pkcs12(bureau_file, password)
    assert refused.value.permanent


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_a_missing_or_spoilt_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "form.p12"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CertificateUnusable):
        Signer.from_pkcs12(path, "right")


@pytest.mark.parametrize("late", [timedelta(days=11), timedelta(days=-2)])
def test_nothing_is_signed_outside_the_certificates_time(bureau_file: Path, unsigned: bytes, late: timedelta) -> None:
    with pytest.raises(CertificateUnusable):
        Signer.from_pkcs12(bureau_file, "right").sign(unsigned, form(), NOW + late)


def test_the_development_certificate_is_refused_outside_the_sandbox(tmp_path: Path) -> None:
    with pytest.raises(CertificateUnusable):
        Signer.for_development(tmp_path, "password", allow_development=False, now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_development_certificate_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    first, second = (Signer.for_development(folder, "pw", allow_development=True, now=NOW) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert first.is_development and first.valid_until == NOW + timedelta(days=730)
    assert [file.name for file in folder.iterdir()] == [DEVELOPMENT_FILE]
    assert stat.S_IMODE((folder / DEVELOPMENT_FILE).stat().st_mode) == 0o600


def test_makers_at_the_same_time_end_with_one_certificate(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: ensure_development(tmp_path, "pw", NOW).read_bytes(), range(8)))
    assert len(set(paths)) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_who_comes_second_keeps_the_first_ones_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ensure_development(tmp_path, "pw", NOW).read_bytes()
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert ensure_development(tmp_path, "pw", NOW).read_bytes() == made
    assert len(list(tmp_path.iterdir())) == 1


def test_the_signature_is_seen_and_certifies(signed: bytes) -> None:
    field = pypdf.PdfReader(BytesIO(signed)).get_fields()["Signature"]
    assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert field["/V"]["/Reference"][0].get_object()["/TransformMethod"] == "/DocMDP"
    assert field["/V"]["/Reference"][0].get_object()["/TransformParams"]["/P"] == 1


def test_the_seal_says_who_and_when_and_that_it_is_a_sandbox(signed: bytes) -> None:
    page = pypdf.PdfReader(BytesIO(signed)).pages[0]
    rights = [annotation.get_object() for annotation in page["/Annots"]]
    left, bottom, right, top = (float(side) for side in rights[0]["/Rect"])
    assert 180 < right - left < 200 and 90 < top - bottom < 100
    assert "ERIKSSON" in text_of(signed)


def test_a_form_of_another_content_is_signed_as_well(signer: Signer) -> None:
    content = form(surname="王" * 60, station=form().station)
    assert verify(signer.sign(render_pdf(content), content, NOW), {signer.fingerprint}).trusted
