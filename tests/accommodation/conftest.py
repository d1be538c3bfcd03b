"""The whole application on an SQLite file, once a session; every test starts with empty tables."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image

from backend.db import db
from tests.cast import empty_tables, open_house


@pytest.fixture(scope="session")
def _kept_house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return open_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def app(_kept_house: Flask) -> Iterator[Flask]:
    with _kept_house.app_context():
        empty_tables()
        yield _kept_house
        db.session.rollback()
        db.session.remove()


@pytest.fixture(scope="session")
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), (200, 210, 220)).save(out, "JPEG")
    return out.getvalue()
