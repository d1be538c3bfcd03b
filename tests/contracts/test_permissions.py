"""The permission matrix: every route × nobody, the owner, a stranger, every role of the own and of another unit.

`callers.py` says what each gets. Here everything is real: the application, a case at every stage of its
way with its files, an issued form, drafts, logins. Who is refused has changed nothing, and an officer who
reached for what is not theirs is found in the audit trail.
"""

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from backend import clock
from backend.accommodation.chat import make_photo_token
from backend.accommodation.service import (
    Held,
    agree_visit,
    arrive,
    forms_of,
    guests_in,
    hold_visit,
    issue_forms,
)
from backend.cases.service import Case, Reason, claim, return_for_correction, start_draft, submit
from backend.console import desk
from backend.db import db
from backend.editing.models import Cluster, ProposalState, Ticket, TicketState
from backend.editing.proposing import propose_sample
from backend.editing.publishing import approve
from backend.identity.officers import NewOfficer
from backend.identity.service import Citizen, Officer, OfficerRole, create_officer
from backend.web import limiter
from tests.cast import CHEAP, NOW, OTHER, OWN, create_citizen, make_draft, open_house, rooms, run_jobs, submit_case
from tests.contracts.callers import CALLERS, EVERY, NOT_OFFERED, WECHAT, Answer, Caller, Who

UNITS = {"own": OWN, "other": OTHER}


class Phone(FlaskClient):
    """Every request in a context of its own, as on a server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


PICTURE = "a picture"
CASES = {  # rule → at which stage its case is; all others: "new"
    "/console/cases/<number>/release": "claimed",
    "/console/cases/<number>/arrive": "agreed",
    "/console/cases/<number>/visit": "arrived",
    "/console/cases/<number>/issue": "visited",
    "/console/cases/<number>/pass": "plain",
    "/console/cases/<number>/forms/<form_number>": "done",
    "/console/cases/<number>/forms/<form_number>/revoke": "done",
    "/console/cases/<number>/forms/<form_number>/replace": "done",
    "/my/cases/<number>/correct": "returned",
    "/my/cases/<number>/out": "done",
    "/my/cases/<number>/forms/<form_number>.pdf": "done",
    "/my/cases/<number>/forms/<form_number>.jpg": "done",
    "/stay/again/<number>": "done",
}
BODIES: dict[str, dict[str, Any]] = {  # what is sent, complete: a refusal must not be for what is missing
    "/console/cases/<number>/claim": {"step": "accept"},
    "/console/cases/<number>/release": {"step": "accept"},
    "/console/cases/<number>/agree": {"step": "accept", "time": "visit_at"},
    "/console/cases/<number>/arrive": {"latitude": "30.7", "longitude": "120.7"},
    "/console/cases/<number>/visit": {"met": "本人", "confirmed": "yes", "note": "无", "photo": PICTURE},
    "/console/cases/<number>/issue": {"sure": "1"},
    "/console/cases/<number>/pass": {"step": "accept", "note": "已收"},
    "/console/cases/<number>/return": {"step": "accept", "whole": "请补一张照片"},
    "/console/cases/<number>/refuse": {"step": "accept", "basis": "basis", "reason": "不属于本辖区"},
    "/console/cases/<number>/forms/<form_number>/revoke": {"why": "地址写错"},
    "/console/cases/<number>/forms/<form_number>/replace": {"why": "地址写错"},
    "/console/officers": {"username": "339999", "name": "新警官", "unit": OWN, "roles": "station-officer"},
    "/console/me/password": {"present": "wrong", "new": "a-new-password-1", "again": "a-new-password-1"},
    "/console/login": {"username": "330101", "password": "wrong"},
    "/console/verify": {"password": "wrong"},
    "/console/knowledge/samples": {
        "matter": "id-card-renew",
        "lang": "zh",
        "question": "身份证换新咋弄呀",
        "aspect": "process",
    },
    "/console/knowledge/clusters/<int:cluster_id>/dismiss": {},
    "/console/knowledge/proposals/<int:proposal_id>/approve": {},
    "/console/knowledge/proposals/<int:proposal_id>/reject": {},
    "/console/knowledge/versions/<int:version_id>/roll-back": {},
    "/console/tickets/<int:ticket_id>/answer": {"answer": "请带身份证到户籍窗口。"},
    "/console/tickets/<int:ticket_id>/close": {},
    "/my/me": {"act": "messages"},
    "/stay/<draft_id>/photos": {"photo:lease": PICTURE},
    "/stay/<draft_id>/fields": {"stay:address": "别处1号"},
    "/stay/<draft_id>/phone": {"phone": "13800000009"},
    "/stay/<draft_id>/phone/confirm": {"code": "123456"},
}
PART = re.compile(r"<(?:\w+:)?(\w+)>")
PARTS = {  # rule → what fills a part of its address where the usual does not fit
    "/console/files/<number>/<file_id>": {"file_id": "case_file"},
    "/stay/photo/<token>": {"token": "photo_token"},
    "/portal/static/<path:filename>": {"filename": "portal.css"},
    "/console/static/<path:filename>": {"filename": "console.css"},
}
NOT_DONE = {  # no right password or code is sent: answered 200 or 400 to whoever may
    "/console/me/password", "/console/login", "/console/verify", "/stay/<draft_id>/phone/confirm", "/my/me",
}  # fmt: skip
STAGES = {"new": 0, "claimed": 0, "returned": 0, "agreed": 1, "arrived": 2, "visited": 3, "done": 4}
LOGINS = {"/login": Answer.WECHAT_LOGIN, "/console/login": Answer.DESK_LOGIN}
ITSELF = ("/console/login", "/console/code", "/console/logout", "/login/wechat/back")  # the login itself leads there
MATRIX = [each for each in EVERY if each[2] is not WECHAT]  # whoever calls, it wants a signature: test_routes


@dataclass
class World:
    """The application with everything in it.

    file: of the database; kept: as it was in the beginning. cookies: by caller. officers: their ids, by caller.
    facts: what fills the addresses and the forms, by name; numbers: of the cases, by stage.
    """

    app: Flask
    picture: bytes
    file: str
    kept: sqlite3.Connection
    cookies: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    officers: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    live: sqlite3.Connection = field(init=False)
    before: dict[str, list[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.live = sqlite3.connect(self.file, timeout=8, isolation_level=None)

    def remember(self) -> None:
        self.live.backup(self.kept)
        self.before = self.state()

    def restore(self) -> None:
        """Let the tables be as they were in the beginning."""
        self.kept.backup(self.live)

    def state(self) -> dict[str, list[Any]]:
        """Return what all tables hold but the audit trail."""
        tables = [row[0] for row in self.live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {t: self.live.execute(f'SELECT * FROM "{t}"').fetchall() for t in tables if "audit" not in t}

    def refusals(self, caller: Caller) -> list[str]:
        """Return the officer's attempts that the audit trail tells were refused."""
        query = "SELECT action FROM identity_audit_entry WHERE actor_kind = 'officer' AND actor_id = ?"
        found = [str(row[0]) for row in self.live.execute(query, (self.officers[str(caller)],))]
        return [action for action in found if action.endswith(".refused")]

    def call(self, caller: Caller, method: str, rule: str) -> TestResponse:
        client = Phone(self.app, use_cookies=True)
        if str(caller) in self.cookies:
            name, value, path = self.cookies[str(caller)]
            client.set_cookie(name, value, path=path)
        sent = {name: self._value(value) for name, value in BODIES.get(rule, {}).items()}
        data = sent if method == "POST" else None
        return client.open(self.address(rule), method=method, data=data, headers={"Accept": "text/html"})

    def address(self, rule: str) -> str:
        values = self.facts | {"number": self.numbers[CASES.get(rule, "new")]} | PARTS.get(rule, {})
        return PART.sub(lambda part: str(self.facts.get(values[part[1]], values[part[1]])), rule)

    def _value(self, value: Any) -> Any:
        return (io.BytesIO(self.picture), "photo.jpg") if value == PICTURE else self.facts.get(value, value)


def answer_of(response: TestResponse) -> str:
    """Return an Answer; another number where it is none."""
    path = urlsplit(response.location or "").path
    if response.status_code in (302, 303) and path in LOGINS:
        return LOGINS[path]
    known = {403: Answer.FORBIDDEN, 404: Answer.NOT_THERE}
    fault = response.status_code >= 500 or response.status_code in (401, 405, 429)
    return str(response.status_code) if fault else known.get(response.status_code, Answer.SERVED)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    app = open_house(tmp_path_factory.mktemp("matrix"))
    app.config["WTF_CSRF_ENABLED"] = False  # test_routes asks for every POST's token
    picture = io.BytesIO()
    Image.new("RGB", (320, 220), (200, 210, 220)).save(picture, "JPEG")
    app.extensions["security"].pwd_context.update(**CHEAP)  # nobody guesses passwords here
    rooms(app).fetch_photo = lambda _: picture.getvalue()
    database = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or ""
    made = World(app, picture.getvalue(), database, sqlite3.connect(":memory:"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utc_now", lambda: NOW)
        patch.setattr(desk, "utc_now", lambda: NOW)
        patch.setattr(limiter, "enabled", False)
        with app.app_context():
            people(made)
            furnish(made)
            furnish_knowledge(made)
            db.session.remove()
        made.remember()
        yield made


def people(world: World) -> None:
    """The citizens and one officer of every role in each of two stations, all logged in."""
    for kind in ("owner", "stranger"):
        citizen = create_citizen(f"o-{kind}")
        db.session.commit()
        world.facts[kind] = citizen.id
        client = Phone(world.app, use_cookies=True)
        with client.session_transaction() as session:
            session["citizen"] = {"id": citizen.id, "since": int(NOW.timestamp())}
        cookie = client.get_cookie("session")
        assert cookie
        world.cookies[kind] = ("session", cookie.value, "/")
    officers = [caller for caller in CALLERS if caller.is_officer]
    for number, caller in enumerate([*officers, Caller("disabled"), Caller("spare")]):
        role = caller.role or (OfficerRole.EDITOR if caller.kind == "spare" else OfficerRole.STATION_OFFICER)
        keys = create_officer(f"3301{number:02d}", "王警官", UNITS.get(caller.kind, OWN), [role])
        db.session.commit()
        world.officers[str(caller)] = keys.officer.id
        world.cookies[str(caller)] = ("officer", logged_in(world.app, keys), "/console")
    db.session.get_one(Officer, world.officers["disabled"]).active = False  # the session's own mark is left as it was
    db.session.commit()
    world.facts["officer_id"] = world.officers["spare"]


def logged_in(app: Flask, keys: NewOfficer) -> str:
    """Return the officer's session after password and code."""
    client = Phone(app, use_cookies=True)
    client.post("/console/login", data={"username": keys.officer.username, "password": keys.password})
    client.post("/console/code", data={"code": pyotp.TOTP(keys.totp_secret).now()})
    cookie = client.get_cookie("officer", path="/console")
    assert cookie and client.get("/console/me").status_code == 200
    return cookie.value


def furnish(world: World) -> None:
    """A case at every stage of its way, an issued form, an open draft; all the owner's, at the own station."""
    citizen = db.session.get_one(Citizen, world.facts["owner"])
    officer = db.session.get_one(Officer, world.officers["own:station-officer"])
    cases = {stage: submit_case(world.app, citizen, world.picture) for stage in STAGES}
    claim(officer, next(step for step in cases["claimed"].steps if step.step_id == "accept"), NOW)
    return_for_correction(officer, cases["returned"], [Reason("", "请补一张照片")], NOW)
    for stage, done in STAGES.items():
        advance(world.app, officer, cases[stage], done)
    plain = start_draft(citizen, "id-card-renew", now=NOW)
    snapshot = rooms(world.app).catalogue.current
    cases["plain"] = submit(plain, form={}, unit=OWN, snapshot=snapshot, materials=[], now=NOW)
    draft = make_draft(world.app, citizen, world.picture)
    db.session.commit()
    run_jobs(world.app, "forms")
    (form,) = forms_of(cases["done"])
    key, guest = next(iter(guests_in(draft.form).items()))
    world.numbers = {stage: case.number for stage, case in cases.items()}
    world.facts |= {
        "draft_id": draft.id, "key": key, "file_id": guest["passport_file"], "form_number": form.number,
        "token": form.token, "case_file": cases["new"].materials[0].file_id,
        "photo_token": make_photo_token(world.app.config["SECRET_KEY"], citizen.openid, "media-id"),
        "visit_at": (NOW + timedelta(hours=8)).isoformat(),
        "category": "foreigner", "matter_id": "foreigner-accommodation", "name": "htmx.js",
        "basis": snapshot.get_matter("foreigner-accommodation").legal_basis[0].id,
    }  # fmt: skip


def furnish_knowledge(world: World) -> None:
    """A proposal of the spare editor's, a version, a cluster of questions, a citizen's question for a human."""
    spare, editor = (db.session.get_one(Officer, world.officers[who]) for who in ("spare", "own:editor"))
    settings, snapshot = rooms(world.app).settings, rooms(world.app).catalogue.current
    proposals = []
    for question in ("老身份证到期咋换新的", "换身份证要去哪个窗口呀"):
        made = propose_sample(
            spare,
            settings.knowledge_dir,
            snapshot,
            "id-card-renew",
            lang="zh",
            question=question,
            aspect="process",
            now=NOW,
        )
        made.state = ProposalState.READY
        proposals.append(made)
        if len(proposals) == 1:
            version = approve(
                editor, made, root=settings.knowledge_dir, data_dir=settings.data_dir, snapshot=snapshot, now=NOW
            )
    said = {"lang": "zh", "question": "身份证", "matter": "id-card-renew"}
    cluster = Cluster(**said, key="k", made_at=NOW, members=[["身份证", 2]], size=2, useless=0)
    ticket = Ticket(**said, key="k", openid="o-owner", state=TicketState.OPEN, asked_at=NOW)
    db.session.add_all([cluster, ticket])
    db.session.commit()
    world.facts |= {
        "proposal_id": proposals[1].id, "version_id": version.id, "cluster_id": cluster.id, "ticket_id": ticket.id,
        "section": "summary",
    }  # fmt: skip


def advance(app: Flask, officer: Officer, case: Case, done: int) -> None:
    """Do the first `done` things of the officer's part."""
    bureau, later = rooms(app).catalogue.current.bureau, NOW + timedelta(minutes=1)
    acts: list[Callable[[], object]] = [
        lambda: agree_visit(officer, case, NOW + timedelta(hours=8), NOW),
        lambda: arrive(officer, case, later),
        lambda: hold_visit(officer, case, Held("本人", True), rooms(app).files, later),
        lambda: issue_forms(officer, case, bureau, later),
    ]
    for act in acts[:done]:
        act()


@pytest.mark.parametrize(("rule", "method", "who"), MATRIX, ids=[f"{method} {rule}" for rule, method, _ in MATRIX])
def test_everybody_gets_what_the_table_says(world: World, rule: str, method: str, who: Who) -> None:
    got, wanted = {}, {str(caller): who.answer(caller) for caller in CALLERS}
    for caller in CALLERS:
        answer = answer_of(world.call(caller, method, rule))
        got[str(caller)] = Answer.SERVED if rule in ITSELF and answer in LOGINS.values() else answer
        if answer in (Answer.FORBIDDEN, Answer.NOT_THERE) and caller.is_officer and who is not NOT_OFFERED:
            assert world.refusals(caller), f"{caller}: not in the audit trail"
        if wanted[str(caller)] != Answer.SERVED:
            assert world.state() == world.before, f"{caller}: was refused, and has changed something"
        world.restore()
    assert got == wanted


@pytest.mark.parametrize("rule", [rule for rule in BODIES if rule not in NOT_DONE])
def test_who_may_do_it_has_done_it(world: World, rule: str) -> None:
    """Else the matrix would prove nothing: what is sent there must be complete and at its time."""
    who = next(who for each, method, who in EVERY if (each, method) == (rule, "POST"))
    caller = next(caller for caller in CALLERS if who.answer(caller) is Answer.SERVED)
    response = world.call(caller, "POST", rule)
    assert response.status_code in (200, 303) and world.state() != world.before
    world.restore()


def test_an_administrator_does_not_lock_out_the_only_one_with_the_key(world: World) -> None:
    admin = Caller("own", OfficerRole.ADMINISTRATOR)
    world.facts["officer_id"] = world.officers[str(admin)]
    try:
        assert world.call(admin, "POST", "/console/officers/<int:officer_id>/disable").status_code == 400
        assert world.state() == world.before
    finally:
        world.facts["officer_id"] = world.officers["spare"]
        world.restore()
