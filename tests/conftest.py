"""What all tests share: a knowledge folder of a few matters, and the real one.

The real consultation is learnt once a state of the knowledge and kept between runs
in pytest's cache, as the product itself keeps it in its data folder.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from backend.config import Settings
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.logs import configure_logs
from backend.matters.service import Catalogue
from tests.factories import write_knowledge

ROOT = Path(__file__).parents[1]
KNOWLEDGE = ROOT / "knowledge"
SHARED = ROOT.parent / "shared"
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    configure_logs("ERROR")


@pytest.fixture(scope="session")
def kept_data(request: pytest.FixtureRequest) -> Path:
    return request.config.cache.mkdir("epolice")


@pytest.fixture(scope="session")
def real_settings(kept_data: Path) -> Settings:
    return Settings(_env_file=None, data_dir=kept_data, knowledge_dir=KNOWLEDGE)


@pytest.fixture(scope="session")
def real_catalogue() -> Catalogue:
    return Catalogue(KNOWLEDGE, day=lambda: DAY)


@pytest.fixture(scope="session")
def _learnt(real_settings: Settings, real_catalogue: Catalogue) -> Consultant:
    return Consultant(real_settings, real_catalogue, MemoryStore(), day=lambda: DAY)


@pytest.fixture
def consultant(_learnt: Consultant) -> Consultant:
    """The real consultation with nobody's conversation in its memory."""
    return _learnt.with_store(MemoryStore())


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A knowledge folder of three small matters, the test's own to spoil."""
    return write_knowledge(tmp_path / "knowledge")


@pytest.fixture
def catalogue(knowledge: Path) -> Iterator[Catalogue]:
    yield Catalogue(knowledge, day=lambda: DAY)
