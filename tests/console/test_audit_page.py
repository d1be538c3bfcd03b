"""The audit trail's page: what is found, whether the chain holds, and for whom."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from backend.cases.service import Case
from backend.db import db
from backend.identity.models import AuditEntry
from backend.identity.service import SYSTEM, OfficerRole, record
from tests.cast import OWN
from tests.console.conftest import Desk, do


@pytest.fixture
def auditor(at_desk: Desk) -> FlaskClient:
    return at_desk("330950", "hall", OfficerRole.AUDITOR)


def test_a_case_is_found_by_its_number(at_desk: Desk, auditor: FlaskClient, case: Case) -> None:
    do(at_desk(), case, "claim", step="accept")
    page = auditor.get(f"/console/audit?about={case.number}").text
    assert "领取环节" in page and "提交申请" in page and "登录" not in page
    assert "330101" in page and "南湖派出所" in page


def test_an_officer_is_found_by_number_and_a_stranger_is_nobody(
    at_desk: Desk, auditor: FlaskClient, case: Case
) -> None:
    at_desk().get(f"/console/cases/{case.number}")
    assert "查看办件" in auditor.get("/console/audit?officer=330101").text
    assert "没有这样的记录" in auditor.get("/console/audit?officer=nobody").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [("since=2020-01-01&until=2099-12-31", True), ("until=2020-01-01", False), ("since=2099-01-01", False)],
)
def test_a_stretch_of_time(auditor: FlaskClient, asked: str, found: bool) -> None:
    assert ("登录" in auditor.get(f"/console/audit?{asked}").text) is found


def test_refused_attempts_stand_out(auditor: FlaskClient, case: Case) -> None:
    do(auditor, case, "claim", step="accept")
    page = auditor.get("/console/audit?refused=1").text
    assert "被拒绝：领取环节" in page and "登录" not in page


def test_the_trail_goes_back_page_by_page(auditor: FlaskClient) -> None:
    for n in range(60):
        record(SYSTEM, "test.made", f"case:{n + 1}")
    db.session.commit()
    first = auditor.get("/console/audit?since=2020-01-01")
    assert first.text.count("trail__seq") == 50
    older = "/console/audit?before=" + first.text.split('href="/console/audit?before=')[1].split('"')[0]
    rest = auditor.get(older.replace("&amp;", "&"))
    assert rest.text.count("trail__seq") == 12 and "更早的" not in rest.text  # sixty, an account, its login: less fifty


def test_a_whole_chain_and_a_broken_one(auditor: FlaskClient, case: Case) -> None:
    assert "链条完整" in auditor.get("/console/audit?verify=1").text
    db.session.execute(text("UPDATE identity_audit_entry SET action = 'case.nothing' WHERE seq = 1"))
    db.session.commit()
    assert "链条在第 1 条断开" in auditor.get("/console/audit?verify=1").text


def test_looking_into_the_trail_is_in_the_trail(auditor: FlaskClient) -> None:
    auditor.get("/console/audit")
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.search")).one()


@pytest.mark.parametrize(
    "asked",
    [
        "about=%27%3B--",
        "about=%00",
        "before=x",
        "before=-1",
        "before=99999999999999999999",
        "since=0001-01-01",
        "until=9999-12-31",
        "officer=%00",
        "about=case:1%0a",
        "since=x",
    ],
)
def test_nonsense_finds_nothing_and_breaks_nothing(auditor: FlaskClient, asked: str) -> None:
    assert auditor.get(f"/console/audit?{asked}").status_code in (200, 400)


@pytest.mark.parametrize("role", [role for role in OfficerRole if role is not OfficerRole.AUDITOR])
def test_only_auditors_read_the_trail(at_desk: Desk, role: OfficerRole) -> None:
    assert at_desk("330800", OWN, role).get("/console/audit").status_code == 403
