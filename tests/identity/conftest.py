"""The room on a small application of its own, in an SQLite file that threads can share."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, request
from flask.testing import FlaskClient
from flask_security import auth_required, current_user
from pydantic import SecretStr
from sqlalchemy import inspect, text

from backend.config import ROOT, Settings
from backend.db import db, init_db
from backend.house import KEY, House
from backend.identity.cli import audit_cli, officers_cli
from backend.identity.models import Officer, OfficerRole
from backend.identity.officers import NewOfficer, create_officer
from backend.identity.security import init_security
from backend.matters.service import Catalogue
from backend.sealed import init_sealed
from backend.web import Application, init_web, limiter
from tests.factories import write_knowledge

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
# The real cost of a password is measured elsewhere; here it would only be waiting.
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}


def make_app(settings: Settings, catalogue: Catalogue) -> Flask:
    app = Application("backend", static_folder=None)
    app.config.update(
        TESTING=True,
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        RATELIMIT_STORAGE_URI="memory://",
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=CHEAP,
    )
    init_db(app)
    init_sealed(app)
    app.extensions[KEY] = House(settings, catalogue)
    init_web(app)
    init_security(app, limiter)
    app.register_blueprint(_desk())
    app.cli.add_command(officers_cli)
    app.cli.add_command(audit_cli)
    return app


def _desk() -> Blueprint:
    """What the console will be: pages for officers only, and one that wants a fresh login."""
    desk = Blueprint("console", "backend.console", template_folder=str(ROOT / "backend/console/templates"))

    @desk.get("/console")
    @auth_required("session")
    def home() -> str:
        return f"hello {current_user.username}"

    @desk.get("/console/weighty")
    @auth_required("session", within=30, grace=0)
    def weighty() -> str:
        return "weighty"

    @desk.get("/whoami")
    def whoami() -> str:
        return f"{current_user.is_authenticated} {request.endpoint}"

    return desk


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The small knowledge folder, read once: nothing here changes it."""
    return Catalogue(write_knowledge(tmp_path_factory.mktemp("identity") / "knowledge"))


def make_settings(data: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=data,
        secret_key=SecretStr("a secret of the tests, long enough for anything"),
        wechat_app_id="wxsandbox0123456789",
        wechat_app_secret=SecretStr("app secret"),
        wechat_token=SecretStr("token"),
    )


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> bytes:
    """A database file with all tables and nothing in them: making one takes longer than most tests."""
    folder = tmp_path_factory.mktemp("tables")
    app = make_app(make_settings(folder), catalogue)
    with app.app_context():
        db.create_all()
        db.session.execute(text("PRAGMA journal_mode=DELETE"))
        db.session.remove()
        db.engine.dispose()
    return (folder / "epolice.sqlite").read_bytes()


@pytest.fixture
def settings(tmp_path: Path, empty_tables: bytes) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    (data / "epolice.sqlite").write_bytes(empty_tables)
    return make_settings(data)


@pytest.fixture
def app(settings: Settings, catalogue: Catalogue) -> Iterator[Flask]:
    app = make_app(settings, catalogue)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def _kept_app(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, empty_tables: bytes) -> Flask:
    folder = tmp_path_factory.mktemp("room")
    (folder / "epolice.sqlite").write_bytes(empty_tables)
    return make_app(make_settings(folder), catalogue)


@pytest.fixture
def room(_kept_app: Flask) -> Iterator[Flask]:
    """An application for tests that call services: the same for all of them, emptied after each."""
    with _kept_app.app_context():
        yield _kept_app
        db.session.remove()
        made = set(inspect(db.engine).get_table_names())  # another test may have loaded more models since
        with db.engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                if table.name in made:
                    connection.execute(table.delete())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "application/json"  # faults only: the pages are always pages
    return client


def an_officer(username: str = "330401", **changes: Any) -> NewOfficer:
    """Return a station officer with keys, committed."""
    wanted: dict[str, Any] = {"name": "王示例", "unit": "east", "roles": [OfficerRole.STATION_OFFICER]} | changes
    keys = create_officer(username, wanted.pop("name"), wanted.pop("unit"), wanted.pop("roles"), **wanted)
    db.session.commit()
    return keys


def plain_officer(*roles: OfficerRole, unit: str = "east", active: bool = True) -> Officer:
    """Return an officer that no database knows: predicates need no more."""
    from backend.identity.models import Role

    officer = Officer(id=7, username="x", name="x", unit=unit, active=active)
    officer.roles = [Role(name=role.value) for role in roles]
    return officer
