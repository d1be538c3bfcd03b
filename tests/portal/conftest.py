"""The portal on a small application of its own: the real knowledge, a consultant that finds by name."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from backend.config import ROOT, Settings
from backend.db import db
from backend.house import KEY, House
from backend.matters.service import Catalogue
from backend.portal.views import init_portal
from backend.web import init_web, limiter
from tests.cast import open_house

ENGLISH = ROOT / "backend/translations/en/LC_MESSAGES/messages.po"


class ByName:
    """Finds the matters whose Chinese or English name holds the words."""

    def __init__(self, catalogue: Catalogue):
        self.catalogue = catalogue

    def search(self, query: str, limit: int) -> list[tuple[str, float]]:
        names = {m.id: f"{m.name.zh} {m.name.en or ''}".lower() for m in self.catalogue.current.matters.values()}
        return [(id_, 1.0) for id_, name in names.items() if query.lower() in name][:limit]


@pytest.fixture(scope="session", autouse=True)
def compiled_english() -> None:
    """What `make setup` does with pybabel; written aside and renamed, other tests may be reading."""
    with ENGLISH.open("rb") as source:
        catalog = read_po(source)
    draft = ENGLISH.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as target:
        write_mo(target, catalog)
    draft.rename(ENGLISH.with_suffix(".mo"))


def make_portal(catalogue: Catalogue, knowledge: Path) -> Flask:
    app = Flask("backend", static_folder=None)
    app.config.update(RATELIMIT_STORAGE_URI="memory://")
    settings = Settings(_env_file=None, knowledge_dir=knowledge)  # type: ignore[call-arg]
    app.extensions[KEY] = rooms = House(settings, catalogue)
    vars(rooms)["consultant"] = ByName(catalogue)  # in place of the one made at first use
    init_web(app)
    init_portal(app)
    return app


def with_unwritten(knowledge: Path) -> Catalogue:
    """Return the small catalogue with one more line, whose matter nobody has written."""
    with (knowledge / "catalogue.tsv").open("a", encoding="utf-8") as file:
        file.write("border-pass\texit-entry\t边境管理区通行证\t许可\twindow\n")
    return Catalogue(knowledge)


@pytest.fixture
def client(real_catalogue: Catalogue) -> Iterator[FlaskClient]:
    client = make_portal(real_catalogue, ROOT / "knowledge").test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    yield client


@pytest.fixture(scope="session")
def _kept_house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = open_house(tmp_path_factory.mktemp("house"))
    app.config["WTF_CSRF_ENABLED"] = False  # test_csrf_guards asks for it
    return app


@pytest.fixture
def app(_kept_house: Flask) -> Iterator[Flask]:
    """The whole application with empty tables; no limits of rate."""
    limiter.enabled = False
    with _kept_house.app_context():
        for table in reversed(db.Model.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        db.session.remove()
    yield _kept_house
    limiter.enabled = True


@pytest.fixture(scope="session")
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), (200, 210, 220)).save(out, "JPEG")
    return out.getvalue()
