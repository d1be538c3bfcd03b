"""Accounts: administrators make and close them; keys are shown once; one's own password."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.db import db
from backend.identity.models import AuditEntry, Officer
from backend.identity.officers import NewOfficer, create_officer, officer_named
from backend.identity.service import OfficerRole
from tests.cast import OWN
from tests.console.conftest import Desk, Phone, come_in

NEW: dict[str, Any] = {"username": "330777", "name": "新警官", "unit": OWN, "roles": ["station-officer", "reviewer"]}
ROLES = [role for role in OfficerRole if role is not OfficerRole.ADMINISTRATOR]


@pytest.fixture
def admin(at_desk: Desk) -> FlaskClient:
    return at_desk("330900", "hall", OfficerRole.ADMINISTRATOR)


@pytest.fixture
def keys(app: Flask) -> NewOfficer:
    made = create_officer("330501", "李警官", OWN, [OfficerRole.STATION_OFFICER])
    db.session.commit()
    return made


def test_a_new_officer_comes_in_with_what_the_page_showed(app: Flask, admin: FlaskClient) -> None:
    page = admin.post("/console/officers", data=NEW)
    assert page.status_code == 200 and page.cache_control.no_store and "data:image/svg+xml" in page.text
    password, secret = (part.split("</p>")[0] for part in page.text.split('class="secret')[1:])
    password, secret = password.split(">")[1], secret.split(">")[1]
    officer = officer_named("330777")
    phone = come_in(app, NewOfficer(officer, password, secret, ""))
    assert phone.get("/console/").status_code == 200
    assert password not in admin.get("/console/officers").text and secret not in admin.get("/console/officers").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": ""},
        {"username": "<b>"},
        {"name": " "},
        {"unit": "moon"},
        {"roles": []},
        {"roles": ["king"]},
        {"phone": "12"},
    ],
)
def test_no_account_is_made_of_nonsense(admin: FlaskClient, wrong: dict[str, Any]) -> None:
    assert admin.post("/console/officers", data=NEW | wrong).status_code == 400
    assert db.session.scalar(select(Officer).where(Officer.name == "新警官")) is None


def test_a_number_is_given_once(admin: FlaskClient) -> None:
    admin.post("/console/officers", data=NEW)
    again = admin.post("/console/officers", data=NEW)
    assert again.status_code == 409 and "已经有账号" in again.text


def test_a_disabled_officer_is_out_at_once_and_in_again_when_enabled(
    app: Flask, admin: FlaskClient, keys: NewOfficer
) -> None:
    phone, number = come_in(app, keys), keys.officer.id
    assert admin.post(f"/console/officers/{number}/disable").status_code == 303
    assert phone.get("/console/").status_code == 302
    assert "已停用" in admin.get("/console/officers").text
    assert admin.post(f"/console/officers/{number}/enable").status_code == 303
    assert "已停用" not in admin.get("/console/officers").text


def test_new_keys_end_the_old_ones(app: Flask, admin: FlaskClient, keys: NewOfficer) -> None:
    phone = come_in(app, keys)
    assert admin.post(f"/console/officers/{keys.officer.id}/reset").status_code == 200
    assert phone.get("/console/").status_code == 302


def test_nobody_locks_the_own_door(admin: FlaskClient) -> None:
    own = officer_named("330900").id
    for action in ("disable", "reset"):
        assert admin.post(f"/console/officers/{own}/{action}").status_code == 400
    assert admin.get("/console/officers").status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_an_account_that_is_not_there(admin: FlaskClient, number: str) -> None:
    assert admin.post(f"/console/officers/{number}/disable").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_manage_accounts(at_desk: Desk, keys: NewOfficer, role: OfficerRole) -> None:
    phone, number = at_desk("330800", OWN, role), keys.officer.id
    asked = [phone.get("/console/officers"), phone.post("/console/officers", data=NEW)]
    asked += [phone.post(f"/console/officers/{number}/{action}") for action in ("reset", "disable", "enable")]
    assert {answer.status_code for answer in asked} == {403}
    refused = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%.refused"))).all()
    assert len(refused) == 5
    assert "民警账号" not in phone.get("/console/me").text


def test_a_login_of_an_hour_ago_is_asked_for_the_password(
    admin: FlaskClient,
) -> None:
    with admin.session_transaction("/console/") as session:
        session["fs_paa"] -= 3600
    assert "/console/verify" in admin.get("/console/officers").location
    assert admin.get("/console/me").status_code == 200


def test_the_own_password_is_changed_and_every_device_leaves(app: Flask, keys: NewOfficer) -> None:
    phone = come_in(app, keys)
    new = "correct horse battery"
    done = phone.post("/console/me/password", data={"present": keys.password, "new": new, "again": new})
    assert done.status_code == 303 and done.location == "/console/login"
    assert phone.get("/console/").status_code == 302
    other = Phone(app, use_cookies=True)
    assert other.post("/console/login", data={"username": "330501", "password": new}).status_code == 302


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"present": "wrong"}, "现在的密码不对"),
        ({"new": "short", "again": "short"}, "12"),
        ({"again": "something else"}, "不一样"),
        ({"new": "x" * 4000, "again": "x" * 4000}, "128"),
    ],
)
def test_a_password_is_not_changed_so(app: Flask, keys: NewOfficer, change: dict[str, str], says: str) -> None:
    phone = come_in(app, keys)
    told = {"present": keys.password, "new": "correct horse battery", "again": "correct horse battery"} | change
    answer = phone.post("/console/me/password", data=told)
    assert answer.status_code == 400 and says in answer.text
    assert phone.get("/console/").status_code == 200


def test_guessing_the_present_password_locks_the_account(app: Flask, keys: NewOfficer) -> None:
    phone = come_in(app, keys)
    for _ in range(5):
        phone.post("/console/me/password", data={"present": "guess", "new": "a" * 12, "again": "a" * 12})
    told = {"present": keys.password, "new": "correct horse battery", "again": "correct horse battery"}
    assert phone.post("/console/me/password", data=told).status_code == 400


def test_the_own_account_shows_unit_and_roles(at_desk: Desk) -> None:
    page = at_desk().get("/console/me").text
    assert "南湖派出所" in page and "派出所民警" in page and "330101" in page
