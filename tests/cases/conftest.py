"""A small application of its own: the tables, a matter with every sort of step, a cast of officers."""

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.cases.service import Case, Draft, get_step, start_draft, submit
from backend.clock import SHANGHAI
from backend.db import db, init_db
from backend.identity.models import Role
from backend.identity.service import Citizen, Officer, OfficerRole
from backend.matters.bureau import Bureau
from backend.matters.schema import Matter
from backend.matters.service import Snapshot
from backend.notify.models import NotifyMessage
from backend.sealed import init_sealed, key_of
from backend.workdays import init_workdays
from tests.factories import matter_data

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI).astimezone(UTC)
STATION, OTHER, HALL = "east", "west", "hall"


def make_app(folder: Path, address: str = "") -> Flask:
    """Return an application with empty tables in a file below `folder`.

    address: of a PostgreSQL database instead, emptied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    address = address or f"sqlite:///{folder}/cases.sqlite"
    app = Flask("cases-test")
    app.config.update(SECRET_KEY="s" * 32, SQLALCHEMY_DATABASE_URI=address)
    init_db(app)
    init_sealed(app)
    init_workdays(app, folder)
    with app.app_context():
        db.create_all()
        empty_tables()
        db.session.remove()
    return app


@pytest.fixture(scope="session")
def _kept_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("cases"))


@pytest.fixture
def app(_kept_app: Flask) -> Iterator[Flask]:
    """The application at work with empty tables; whatever a test leaves is removed."""
    with _kept_app.app_context():
        empty_tables()
        yield _kept_app
        db.session.rollback()
        db.session.remove()


def empty_tables() -> None:
    for table in reversed(db.Model.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.commit()


def step(step_id: str, stage: str, unit: str, role: str, **more: Any) -> dict[str, Any]:
    return {
        "id": step_id,
        "name": {"zh": f"{step_id}环节", "en": step_id},
        "stage": stage,
        "unit": unit,
        "role": role,
    } | more


STEPS = [
    step("apply", "apply", "applicant", "applicant"),
    step("accept", "accept", "station", "clerk", limit_working_days=1),
    step("check", "review", "station", "reviewer", limit_working_days=3, parallel="both"),
    step("look", "review", "window", "clerk", limit_working_days=5, parallel="both"),
    step("decide", "decide", "station", "approver", limit_working_days=2),
    step("deliver", "deliver", "station", "clerk"),
]


def make_matter(**changes: Any) -> Matter:
    """Return a valid matter with parallel steps, a deferrable and a shared material."""
    data = matter_data() | {
        "form": [{"id": "applicant", "label": {"zh": "姓名", "en": "Name"}}, {"id": "address", "label": "住址"}],
        "materials": [
            {"id": "lease", "name": {"zh": "租赁合同", "en": "Lease"}, "deferrable": True},
            {"id": "register", "name": "户口簿", "shared_from": "household"},
        ],
        "steps": STEPS,
        "result": {"name": {"zh": "登记表", "en": "Registration form"}, "delivery": ["electronic"]},
        "time_limits": {"promised": {"text": "十个工作日。", "working_days": 10}},
    }
    return Matter.model_validate(data | changes)


def _office(office_id: str, sort: str, zh: str) -> dict[str, Any]:
    return {
        "id": office_id, "sort": sort, "name": {"zh": zh, "en": office_id.title()}, "address": "一路1号",
        "latitude": 30.75, "longitude": 120.78, "hours": "工作日", "phone": "0573-0000-0001",
    }  # fmt: skip


BUREAU = Bureau.model_validate(
    {
        "name": "某某分局", "short_name": "某某公安", "city": "某市", "district": "某区", "hotlines": [],
        "offices": [_office(HALL, "service-hall", "大厅"), _office(STATION, "station", "东派出所"), _office(OTHER, "station", "西派出所")],
    }
)  # fmt: skip


def make_snapshot(*matters: Matter) -> Snapshot:
    chosen = matters or (make_matter(),)
    nothing: Any = MappingProxyType({})
    return Snapshot(MappingProxyType({m.id: m for m in chosen}), nothing, nothing, BUREAU)


@pytest.fixture
def snapshot() -> Snapshot:
    return make_snapshot()


def make_officer(unit: str, *roles: OfficerRole, active: bool = True) -> Officer:
    """Return a stored officer of the unit with the roles (no password: nobody logs in here)."""
    name = secrets.token_hex(6)
    officer = Officer(username=name, name="民警", unit=unit, active=active, fs_uniquifier=uuid.uuid4().hex)
    officer.roles = [_role(role) for role in roles]
    db.session.add(officer)
    db.session.flush()
    return officer


def _role(role: OfficerRole) -> Role:
    found = db.session.scalar(select(Role).where(Role.name == role.value))
    return found or Role(name=role.value)


def make_citizen(name: str = "王小明", lang: str = "zh") -> Citizen:
    openid = secrets.token_hex(8)
    citizen = Citizen(openid_key=key_of("openid", openid), openid=openid, lang=lang, name=name, quiet_from=None)
    db.session.add(citizen)
    db.session.flush()
    return citizen


@dataclass
class Cast:
    """Who plays: made on demand, kept in the database."""

    citizen: Citizen = field(default_factory=make_citizen)
    stranger: Citizen = field(default_factory=make_citizen)
    clerk: Officer = field(default_factory=lambda: make_officer(STATION, OfficerRole.WINDOW_CLERK))
    second_clerk: Officer = field(default_factory=lambda: make_officer(STATION, OfficerRole.WINDOW_CLERK))
    station_officer: Officer = field(default_factory=lambda: make_officer(STATION, OfficerRole.STATION_OFFICER))
    reviewer: Officer = field(default_factory=lambda: make_officer(STATION, OfficerRole.REVIEWER))
    hall_clerk: Officer = field(default_factory=lambda: make_officer(HALL, OfficerRole.WINDOW_CLERK))
    approver: Officer = field(default_factory=lambda: make_officer(STATION, OfficerRole.APPROVER))
    elsewhere: Officer = field(
        default_factory=lambda: make_officer(OTHER, OfficerRole.WINDOW_CLERK, OfficerRole.APPROVER)
    )
    auditor: Officer = field(default_factory=lambda: make_officer(OTHER, OfficerRole.AUDITOR))
    administrator: Officer = field(default_factory=lambda: make_officer(STATION, OfficerRole.ADMINISTRATOR))

    def doer(self, step_id: str) -> Officer:
        """Return who does a step of `STEPS`."""
        return {
            "accept": self.clerk, "check": self.reviewer, "look": self.hall_clerk,
            "decide": self.approver, "deliver": self.station_officer,
        }[step_id]  # fmt: skip


@pytest.fixture
def cast(app: Flask) -> Cast:
    found = Cast()
    db.session.commit()
    return found


FORM = {"applicant": "王小明", "address": "一路1号"}


def make_draft(citizen: Citizen, now: datetime = MONDAY) -> Draft:
    return start_draft(citizen, "id-card-renew", now=now)


def make_case(citizen: Citizen, now: datetime = MONDAY, snapshot: Snapshot | None = None, **changes: Any) -> Case:
    given: dict[str, Any] = {"form": dict(FORM), "unit": STATION, "materials": []} | changes
    case = submit(make_draft(citizen, now), snapshot=snapshot or make_snapshot(), now=now, **given)
    db.session.commit()
    return case


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case submitted on Monday, its first step open."""
    return make_case(cast.citizen)


def walk(cast: Cast, case: Case, until: str, now: datetime = MONDAY) -> None:
    """Pass every step before `until`."""
    from backend.cases.service import pass_step

    for step_id in ("accept", "check", "look", "decide", "deliver"):
        if step_id == until:
            break
        pass_step(cast.doer(step_id), get_step(case, step_id), now)
    db.session.commit()


def messages(notice: str | None = None) -> list[NotifyMessage]:
    found = select(NotifyMessage).order_by(NotifyMessage.id)
    return list(db.session.scalars(found.where(NotifyMessage.notice == notice) if notice else found))


def days_later(count: int, now: datetime = MONDAY) -> datetime:
    return now + timedelta(days=count)


def on(case: Case, step_id: str) -> date | None:
    return get_step(case, step_id).due_on
