"""An application of this room alone, and one workshop for all tests: starting a child takes a tenth of a second."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from backend.config import Settings
from backend.db import db
from backend.files.cli import files_cli
from backend.files.service import Files
from backend.files.stores import LocalStore
from backend.files.workshop import Workshop
from backend.house import KEY

from .room import make_app, new_master


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
    made.cli.add_command(files_cli)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def files(app: Flask, settings: Settings, store: LocalStore, workshop: Workshop) -> Files:
    made = Files(settings, store, workshop)
    app.extensions[KEY] = SimpleNamespace(files=made)
    return made
