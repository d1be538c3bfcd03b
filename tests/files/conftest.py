"""An application of this room alone, and one workshop for all tests: starting a child takes a tenth of a second."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from backend.config import Settings
from backend.db import db, init_db
from backend.files.cli import files_cli
from backend.files.models import StoredFile
from backend.files.service import Files
from backend.files.stores import LocalStore
from backend.files.workshop import Workshop
from backend.house import KEY
from backend.sealed import init_sealed


def new_master() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def make_app(folder: Path) -> Flask:
    app = Flask("files")
    app.config.update(SECRET_KEY="s" * 40, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/files.sqlite")
    init_db(app)
    init_sealed(app)
    app.cli.add_command(files_cli)
    with app.app_context():
        StoredFile.__table__.create(db.engine, checkfirst=True)  # type: ignore[attr-defined]
    return app


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, files_dir=tmp_path / "uploads", files_master_key=new_master())


@pytest.fixture
def store(settings: Settings) -> LocalStore:
    return LocalStore(settings.files_dir)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_app(tmp_path)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def files(app: Flask, settings: Settings, store: LocalStore, workshop: Workshop) -> Files:
    made = Files(settings, store, workshop)
    app.extensions[KEY] = SimpleNamespace(files=made)
    return made
