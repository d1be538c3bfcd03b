"""Accounts: made, found, disabled, given new keys; by hand and on the command line."""

import json
import re
import stat
from collections.abc import Callable

import pyotp
import pytest
from click.testing import Result
from flask import Flask
from flask_security import verify_password
from pydantic import SecretStr
from sqlalchemy import select, text

from backend.config import Settings
from backend.db import db
from backend.house import house
from backend.identity import demo
from backend.identity.audit_check import verify
from backend.identity.audit_tables import AuditEntry
from backend.identity.errors import BadName, BadOfficer, BadPhone, NoSuchOfficer, OfficerExists
from backend.identity.models import Officer, OfficerRole
from backend.identity.officers import (
    create_officer,
    disable_officer,
    enable_officer,
    find_officer,
    get_officer,
    list_officers,
    officer_named,
    officers_of,
    reset_officer,
)
from tests.identity.conftest import an_officer, make_settings

Run = Callable[..., Result]


@pytest.fixture
def run(room: Flask) -> Run:
    runner = room.test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


def test_a_new_account_has_a_password_and_a_second_factor(room: Flask) -> None:
    keys = an_officer(roles=[OfficerRole.APPROVER, OfficerRole.STATION_OFFICER], phone="138 0013 8000")
    officer = officer_named("330401")
    assert verify_password(keys.password, officer.password)
    assert officer.password is not None and officer.password.startswith("$argon2id$")
    assert len(pyotp.TOTP(keys.totp_secret).now()) == 6
    assert keys.otpauth.startswith("otpauth://totp/") and keys.totp_secret in keys.otpauth
    assert officer.has(OfficerRole.APPROVER) and not officer.has(OfficerRole.AUDITOR)
    assert (officer.to().kind, officer.to().phone) == ("officer", "+8613800138000")
    assert (officer.actor().kind, officer.actor().unit) == ("officer", "east")


def test_two_passwords_are_never_the_same_and_long_enough(room: Flask) -> None:
    made = {an_officer(f"33040{number}").password for number in range(5)}
    assert len(made) == 5 and all(len(password) >= 20 for password in made)


def test_nothing_about_an_officer_is_readable_in_the_database(room: Flask) -> None:
    keys = an_officer(phone="13800138000")
    row = db.session.execute(text("SELECT * FROM identity_officer")).one()
    stored = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    for secret in ("王示例", "13800138000", keys.password, keys.totp_secret):
        assert secret.encode() not in stored


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"username": "王"}, BadOfficer),
        ({"username": "a b"}, BadOfficer),
        ({"username": "x" * 33}, BadOfficer),
        ({"roles": []}, BadOfficer),
        ({"name": " "}, BadName),
        ({"phone": "110"}, BadPhone),
        ({"password": "too short"}, BadOfficer),
        ({"username": " 330401 "}, OfficerExists),
    ],
)
def test_an_account_that_cannot_be_is_not_made(room: Flask, changes: dict[str, object], fault: type[Exception]) -> None:
    an_officer("330401")
    with pytest.raises(fault):
        an_officer(**({"username": "330402"} | changes))  # type: ignore[arg-type]
    db.session.rollback()
    assert [officer.username for officer in list_officers()] == ["330401"]


def test_a_taken_number_does_not_spoil_the_transaction(room: Flask) -> None:
    an_officer("330401")
    with pytest.raises(OfficerExists):
        create_officer("330401", "李示例", "east", [OfficerRole.EDITOR])
    create_officer("330402", "李示例", "east", [OfficerRole.EDITOR])
    db.session.commit()
    assert len(list_officers()) == 2 and verify().entries == 2


def test_officers_are_found_by_unit_and_role_while_they_are_active(room: Flask) -> None:
    an_officer("330403")
    an_officer("330401", roles=[OfficerRole.STATION_OFFICER, OfficerRole.APPROVER])
    an_officer("330402", roles=[OfficerRole.APPROVER])
    an_officer("330404", unit="hall")
    disable_officer(an_officer("330405").officer)
    found = officers_of("east", OfficerRole.STATION_OFFICER)
    assert [officer.username for officer in found] == ["330401", "330403"]
    assert officers_of("nowhere", OfficerRole.STATION_OFFICER) == []


def test_who_is_not_there_is_said_so(room: Flask) -> None:
    assert find_officer("999999") is None
    with pytest.raises(NoSuchOfficer):
        officer_named("999999")
    with pytest.raises(NoSuchOfficer):
        get_officer(404)


def test_every_change_of_an_account_is_on_the_trail(room: Flask) -> None:
    officer = an_officer().officer
    disable_officer(officer)
    enable_officer(officer)
    reset_officer(officer)
    db.session.commit()
    rows = db.session.execute(select(AuditEntry.action, AuditEntry.actor_kind).order_by(AuditEntry.seq)).all()
    assert [row.action for row in rows] == ["officer.created", "officer.disabled", "officer.enabled", "officer.reset"]
    assert {row.actor_kind for row in rows} == {"system"}


def test_enabling_and_resetting_lift_a_lock(room: Flask) -> None:
    for lift in (enable_officer, reset_officer):
        officer = an_officer(f"33040{lift.__name__[0]}").officer
        for _ in range(5):
            officer.track_failed_authn("password")
        assert officer.is_locked()
        lift(officer)
        assert not officer.is_locked()


# The command line


def create(run: Run, *more: str) -> Result:
    return run(
        "officers", "create", "330401", "--name", "王示例", "--unit", "east", "--roles", "station-officer", *more
    )


def test_create_tells_the_keys_once_with_a_picture_to_scan(run: Run) -> None:
    result = create(run)
    assert result.exit_code == 0, result.output
    password = re.search(r"密码 (\S+)", result.output)
    assert password and verify_password(password[1], officer_named("330401").password)
    assert "otpauth://totp/" in result.output and "█" in result.output
    assert password[1] not in run("officers", "list").output


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [("--unit", "station-moon", "east"), ("--roles", "boss", "auditor"), ("--phone", "12", "手机号码")],
)
def test_create_says_what_is_wrong(run: Run, option: str, value: str, told: str) -> None:
    result = create(run, option, value)
    assert result.exit_code == 1 and told in result.output
    db.session.rollback()
    assert list_officers() == []


def test_disable_enable_reset_and_list(run: Run) -> None:
    create(run)
    before = officer_named("330401").fs_uniquifier
    assert run("officers", "disable", "330401").exit_code == 0
    assert run("officers", "list").output.strip() == "330401\teast\tstation-officer\tdisabled"
    assert run("officers", "enable", "330401").exit_code == 0
    assert run("officers", "list").output.strip().endswith("active")
    assert "密码" in run("officers", "reset", "330401").output
    assert officer_named("330401").fs_uniquifier != before


@pytest.mark.parametrize("command", ["disable", "enable", "reset"])
def test_an_unknown_number_is_said_so(run: Run, command: str) -> None:
    result = run("officers", command, "999999")
    assert result.exit_code == 1 and "没有这个警号" in result.output


def test_audit_verify_tells_an_anchor_and_takes_it_back(run: Run) -> None:
    create(run)
    result = run("audit", "verify")
    assert result.exit_code == 0 and result.output.startswith("1 entries, whole.")
    anchor = result.output.split("Anchor: ")[1].strip()
    assert run("audit", "verify", "--anchor", anchor).exit_code == 0
    assert run("audit", "verify", "--anchor", "1:" + "0" * 64).exit_code == 1
    assert run("audit", "verify", "--anchor", "nonsense").exit_code == 2


def test_audit_verify_fails_where_the_chain_is_broken(run: Run) -> None:
    create(run)
    db.session.execute(text("UPDATE identity_audit_entry SET actor_id = 3"))
    db.session.commit()
    result = run("audit", "verify")
    assert result.exit_code == 1 and "entry 1" in result.output


def test_audit_show_tells_what_was_done_to_a_subject(run: Run) -> None:
    create(run)
    run("officers", "disable", "330401")
    subject = f"officer:{officer_named('330401').id}"
    lines = run("audit", "show", "--subject", subject).output.splitlines()
    assert [line.split("\t")[3] for line in lines] == ["officer.created", "officer.disabled"]
    assert run("audit", "show", "--subject", "officer:999").output == ""


# The sandbox's officers


def kept(settings: Settings) -> list[dict[str, object]]:
    return json.loads((settings.data_dir / demo.FILE).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture
def demo_settings(room: Flask) -> Settings:
    settings = house().settings
    (settings.data_dir / demo.FILE).unlink(missing_ok=True)
    return settings


def test_the_demo_has_everybody_with_keys_that_work(run: Run, demo_settings: Settings) -> None:
    assert run("officers", "demo").exit_code == 0
    rows = kept(demo_settings)
    assert {role for row in rows for role in row["roles"]} == set(OfficerRole)  # type: ignore[attr-defined]
    for row in rows:
        assert set(row) == {"username", "name", "unit", "roles", "password", "totp_secret"}
        assert verify_password(row["password"], officer_named(str(row["username"])).password)
    mode = stat.S_IMODE((demo_settings.data_dir / demo.FILE).stat().st_mode)
    assert mode == 0o600


def test_every_station_of_the_real_bureau_has_a_demo_officer(real_catalogue: object) -> None:
    bureau = real_catalogue.current.bureau  # type: ignore[attr-defined]
    cast = list(demo._cast(bureau))
    stations = {unit for _, _, unit, role in cast if role == OfficerRole.STATION_OFFICER}
    assert stations == {office.id for office in bureau.offices_of(["station"])} and len(stations) >= 2
    assert len({username for username, *_ in cast}) == len(cast)


def test_the_demo_made_again_keeps_the_keys(run: Run, demo_settings: Settings) -> None:
    run("officers", "demo")
    first, entries = kept(demo_settings), verify().entries
    run("officers", "demo")
    assert kept(demo_settings) == first and verify().entries == entries


@pytest.mark.parametrize("spoil", ["file lost", "file damaged", "database new", "keys changed"])
def test_the_demo_mends_what_no_longer_fits(run: Run, demo_settings: Settings, spoil: str) -> None:
    run("officers", "demo")
    path = demo_settings.data_dir / demo.FILE
    if spoil == "file lost":
        path.unlink()
    elif spoil == "file damaged":
        path.write_text('[{"username": 1')
    elif spoil == "database new":
        for officer in list_officers():
            db.session.delete(officer)
        db.session.commit()
    else:
        reset_officer(officer_named("demo-east"))
        db.session.commit()
    assert run("officers", "demo").exit_code == 0
    for row in kept(demo_settings):
        assert verify_password(row["password"], officer_named(str(row["username"])).password)


def test_with_a_real_account_there_is_no_demo(room: Flask, demo_settings: Settings) -> None:
    real = make_settings(demo_settings.data_dir).model_copy(
        update={"wechat_app_id": "wx0123456789abcdef", "secret_key": SecretStr("x" * 40)}
    )
    with pytest.raises(demo.OnlyInTheSandbox):
        demo.make_demo_officers(real, house().catalogue.current.bureau)
    assert list(db.session.scalars(select(Officer))) == []
    assert not (demo_settings.data_dir / demo.FILE).exists()
