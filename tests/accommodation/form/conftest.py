"""A signer, and one form signed by it, for all tests of the room: both cost a tenth of a second."""

import pytest

from backend.accommodation.form.pdf import render_pdf
from backend.accommodation.form.signing import Signer

from .samples import NOW, form


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer.for_development(tmp_path_factory.mktemp("form"), "password", allow_development=True, now=NOW)


@pytest.fixture(scope="session")
def unsigned() -> bytes:
    return render_pdf(form())


@pytest.fixture(scope="session")
def signed(signer: Signer, unsigned: bytes) -> bytes:
    return signer.sign(unsigned, form(), NOW)
