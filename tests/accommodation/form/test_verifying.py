import random
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.sign.general import SigningError

from backend.accommodation.form.errors import NoForm
from backend.accommodation.form.signing import Signer
from backend.accommodation.form.verifying import Verdict, verify, verify_file

from .samples import NOW, form


def contents_at(pdf: bytes) -> tuple[int, int]:
    """Return where the hexadecimal digits of the signature begin, and where its padding does."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    length = int(pdf[start + 4 : start + 8], 16) + 4  # DER: tag 30, 82, two bytes of length
    return start, start + 2 * length


def changed(pdf: bytes, place: int, byte: int) -> bytes:
    return pdf[:place] + bytes([byte]) + pdf[place + 1 :]


def test_a_form_as_it_was_signed_is_valid(signed: bytes, signer: Signer) -> None:
    verdict = verify(signed, [signer.fingerprint])
    assert verdict == Verdict(True, True, True, signer.name, signer.fingerprint, NOW)


def test_a_good_signature_of_somebody_else_is_not_trusted(signed: bytes, signer: Signer, tmp_path: Path) -> None:
    other = Signer.for_development(tmp_path, "pw", allow_development=True, now=NOW)
    assert other.name == signer.name
    assert verify(signed, [other.fingerprint]) == replace(verify(signed, [signer.fingerprint]), trusted=False)
    assert not verify(signed).trusted


@pytest.mark.parametrize("seed", range(20))
def test_one_changed_byte_anywhere_is_found(signed: bytes, seed: int) -> None:
    chance = random.Random(seed)
    place = chance.randrange(len(signed))
    assert not verify(changed(signed, place, signed[place] ^ chance.randrange(1, 256))).valid


@pytest.mark.parametrize("seed", range(15))
def test_one_changed_digit_of_the_signature_is_found(signed: bytes, seed: int) -> None:
    chance = random.Random(seed)
    start, end = contents_at(signed)
    place = chance.randrange(start, end)
    digit = chance.choice([d for d in b"0123456789ABCDEF" if d != signed[place]])
    assert not verify(changed(signed, place, digit)).valid


@pytest.mark.parametrize("byte", [25, 32, 40, 460, 507])
def test_what_the_signature_does_not_cover_is_compared(signed: bytes, byte: int) -> None:
    """Versions, algorithms of the envelope and the issuer's name: no digest would notice."""
    start, _ = contents_at(signed)
    place = start + 2 * byte + 1
    digit = b"1" if signed[place : place + 1] != b"1" else b"2"
    assert not verify(changed(signed, place, digit[0])).valid


def test_padding_and_small_letters_are_compared(signed: bytes) -> None:
    start, end = contents_at(signed)
    letter = next(i for i in range(start, end) if signed[i] in b"ABCDEF")
    assert not verify(changed(signed, end + 10, ord("1"))).intact
    assert not verify(changed(signed, letter, signed[letter] | 0x20)).intact


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"\x00"])
def test_something_after_the_end_is_found(signed: bytes, tail: bytes) -> None:
    assert not verify(signed + tail).valid


def test_a_later_revision_is_found(signed: bytes, signer: Signer) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(signed)) as pdf:
        pdf.docinfo["/Title"] = "changed"
        pdf.save(out)
    assert not verify(out.getvalue(), [signer.fingerprint]).valid


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00" * 100, b"%PDF-1.7\n" + b"1 0 obj<<>>endobj " * 50])
def test_what_is_no_form_proves_nothing(data: bytes) -> None:
    assert verify(data) == Verdict()


def test_an_unsigned_form_proves_nothing(unsigned: bytes) -> None:
    assert verify(unsigned) == Verdict()


def test_a_form_is_signed_once_only(signed: bytes, signer: Signer) -> None:
    with pytest.raises(SigningError):
        signer.sign(signed, form(), NOW)


def test_a_file_gives_plain_values(signed: bytes, signer: Signer, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(signed)
    told = verify_file(path, [signer.fingerprint])
    assert told == {
        "file": str(path), "valid": True, "intact": True, "trusted": True, "signer": signer.name,
        "certificate": signer.fingerprint, "signed_at": "2026-11-22T06:05:00+00:00",
    }  # fmt: skip


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoForm):
        verify_file(tmp_path / "none.pdf")
