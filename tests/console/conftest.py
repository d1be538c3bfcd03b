"""Officers at their phones: the whole application, real logins, the desk's clock set."""

import io
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import datetime
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event
from werkzeug.test import TestResponse

from backend.cases.service import Case
from backend.console import desk
from backend.db import db
from backend.identity.officers import NewOfficer, create_officer
from backend.identity.service import OfficerRole
from tests.cast import NOW, OWN, create_citizen, empty_tables, open_house, submit_case

OFFICER = OfficerRole.STATION_OFFICER


@pytest.fixture(scope="session")
def _kept_house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = open_house(tmp_path_factory.mktemp("house"))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


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


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The moment the desk sees; logins keep the machine's time."""
    clock = Clock()
    monkeypatch.setattr(desk, "utc_now", clock)
    return clock


class Phone(FlaskClient):
    """Every request in a context of its own, as on a server: the test's own application context is not shared."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def come_in(app: Flask, keys: NewOfficer) -> FlaskClient:
    client = Phone(app, use_cookies=True)
    client.post("/console/login", data={"username": keys.officer.username, "password": keys.password})
    client.post("/console/code", data={"code": pyotp.TOTP(keys.totp_secret).at(int(time.time()))})
    client.get("/console/me")  # takes away the greeting
    return client


Desk = Callable[..., FlaskClient]


@pytest.fixture
def at_desk(app: Flask) -> Desk:
    """Log an officer in and return the phone: `at_desk("330102", OTHER, OfficerRole.AUDITOR)`."""

    def sit_down(username: str = "330101", unit: str = OWN, *roles: OfficerRole) -> FlaskClient:
        keys = create_officer(username, "王警官", unit, roles or [OFFICER])
        db.session.commit()
        return come_in(app, keys)

    return sit_down


@pytest.fixture
def case(app: Flask, picture: bytes) -> Case:
    made = submit_case(app, create_citizen(), picture)
    db.session.commit()
    return made


class Statements:
    """What was sent to the database while it listened."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __enter__(self) -> "Statements":
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        self.sent.append(statement)


def do(client: FlaskClient, case: Case, action: str, **data: Any) -> Any:
    return client.post(f"/console/cases/{case.number}/{action}", data=data)


def fresh(case: Case) -> Case:
    """Return the case as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return case
