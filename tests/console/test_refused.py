"""Who reaches for what is not theirs gets 403 or 404, and it is written down; forged and hostile requests get nowhere."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from backend.cases.service import Case, Status
from backend.db import db
from backend.identity.audit_check import verify
from backend.identity.models import AuditEntry
from backend.identity.service import OfficerRole
from tests.cast import OTHER, OWN
from tests.console.conftest import Desk, do, fresh

ACTIONS = {
    "claim": {}, "release": {}, "agree": {"time": "2026-11-24T10:00"}, "arrive": {}, "issue": {"sure": "1"},
    "visit": {"met": "本人", "confirmed": "yes"}, "return": {"whole": "补"}, "pass": {},
    "refuse": {"basis": "eea-39", "reason": "不行"},
}  # fmt: skip
BLIND = [  # who may not even know of the case
    (OTHER, OfficerRole.STATION_OFFICER), ("hall", OfficerRole.ADMINISTRATOR), (OWN, OfficerRole.EDITOR),
]  # fmt: skip
LOOKING = [("hall", OfficerRole.AUDITOR), (OWN, OfficerRole.REVIEWER)]


def refused() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("%.refused")).order_by(AuditEntry.seq))
    return [(row.action, row.subject) for row in rows]


@pytest.mark.parametrize(("unit", "role"), BLIND)
def test_a_case_out_of_sight_is_answered_like_none(at_desk: Desk, case: Case, unit: str, role: OfficerRole) -> None:
    phone = at_desk("330201", unit, role)
    there, not_there = (phone.get(f"/console/cases/{number}") for number in (case.number, "NH20261123999999"))
    assert there.status_code == not_there.status_code == 404
    assert there.text.replace(case.number, "") == not_there.text.replace("NH20261123999999", "")
    for action, told in ACTIONS.items():
        assert do(phone, case, action, step="accept", **told).status_code == 404
    assert len(refused()) == len(ACTIONS) + 2
    assert ("console.show-case.refused", f"case:{case.id}") in refused()
    assert fresh(case).status == Status.SUBMITTED and verify().broken_at is None


@pytest.mark.parametrize(("unit", "role"), LOOKING)
def test_who_may_look_but_not_act_is_forbidden_to(at_desk: Desk, case: Case, unit: str, role: OfficerRole) -> None:
    phone = at_desk("330201", unit, role)
    assert phone.get(f"/console/cases/{case.number}").status_code == 200
    for action in ("claim", "release", "agree", "arrive", "visit", "issue", "return", "refuse"):
        step = "visit" if action in ("arrive", "visit") else "accept"
        assert do(phone, case, action, step=step, **ACTIONS[action]).status_code == 403, action
    assert len(refused()) == 8 and {subject for _, subject in refused()} == {f"case:{case.id}"}


@pytest.mark.parametrize(
    "number", ["%00", "..%2F..%2F", "x" * 3000, "1%20OR%201=1", "NH2026112300001'", "%F0%9F%91%AE", "０"]
)
def test_a_made_up_number_is_not_there(at_desk: Desk, number: str) -> None:
    phone = at_desk()
    assert phone.get(f"/console/cases/{number}").status_code == 404
    assert phone.post(f"/console/cases/{number}/claim", data={"step": "accept"}).status_code == 404


@pytest.mark.parametrize("step", ["", "nonsense", "decide\x00", "x" * 5000])
def test_a_made_up_step_is_not_there(at_desk: Desk, case: Case, step: str) -> None:
    assert do(at_desk(), case, "claim", step=step).status_code == 404


@pytest.mark.parametrize("form", ["%00", "1", "%E8%A1%A8", "9" * 200])
def test_a_made_up_form_is_not_there(at_desk: Desk, case: Case, form: str) -> None:
    phone = at_desk()
    assert phone.get(f"/console/cases/{case.number}/forms/{form}").status_code == 404
    assert do(phone, case, f"forms/{form}/revoke", why="x").status_code == 404


def test_a_stranger_is_sent_to_the_login_whatever_is_asked(app: Flask, case: Case) -> None:
    stranger = app.test_client()
    rules = [
        r for r in app.url_map.iter_rules() if r.endpoint.startswith("console.") and r.endpoint != "console.static"
    ]
    assert len(rules) > 20
    for rule in rules:
        address = rule.rule
        for name, value in {
            "number": case.number,
            "file_id": "0" * 32,
            "form_number": "1",
        }.items():
            address = address.replace(f"<{name}>", value)
        address = re.sub(r"<[^>]+>", "1", address)
        answer = stranger.open(
            address,
            method="POST" if "POST" in (rule.methods or ()) and rule.endpoint != "console.list_accounts" else "GET",
        )
        assert answer.status_code in (302, 308) and "/console/login" in (answer.location or "/console/login"), rule
    assert fresh(case).status == Status.SUBMITTED


def test_a_password_alone_opens_nothing(app: Flask, case: Case) -> None:
    from backend.identity.officers import create_officer
    from tests.console.conftest import Phone

    keys = create_officer("330301", "王警官", OWN, [OfficerRole.STATION_OFFICER])
    db.session.commit()
    phone = Phone(app, use_cookies=True)
    phone.post("/console/login", data={"username": "330301", "password": keys.password})
    assert "/console/login" in phone.get(f"/console/cases/{case.number}").location


def test_a_form_from_elsewhere_does_nothing(at_desk: Desk, case: Case, app: Flask) -> None:
    phone = at_desk()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = do(phone, case, "claim", step="accept")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400 and "刷新" in answer.text


def test_faults_come_as_json_where_json_was_asked(at_desk: Desk) -> None:
    answer = at_desk().get("/console/cases/NH0", headers={"Accept": "application/json"})
    assert answer.status_code == 404 and answer.json["code"] == "case.not_found"
