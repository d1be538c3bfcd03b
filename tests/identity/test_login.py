"""An officer comes in: password, then the authenticator's code; guessing, replaying and old sessions do not pay."""

import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.db import db
from backend.identity import login_forms, models, security
from backend.identity.audit_tables import AuditEntry
from backend.identity.lockout import FAILURES, WINDOW
from backend.identity.models import Officer
from backend.identity.officers import NewOfficer, disable_officer, enable_officer, officer_named, reset_officer
from tests.identity.conftest import an_officer

LOGIN, CODE, LOGOUT, AGAIN = "/console/login", "/console/code", "/console/logout", "/console/verify"


class SetClock:
    """The moment our own rules see; the authenticator keeps the machine's time."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    clock = SetClock()
    for module in (security, models, login_forms):
        monkeypatch.setattr(module, "utc_now", clock)
    return clock


@pytest.fixture
def keys(app: Flask, clock: SetClock) -> NewOfficer:
    with app.app_context():
        made = an_officer()
        db.session.refresh(made.officer)
        db.session.expunge(made.officer)
    return made


def code_of(keys: NewOfficer, steps: int = 0) -> str:
    return pyotp.TOTP(keys.totp_secret).at(int(time.time()) + 30 * steps)


def give_password(client: FlaskClient, keys: NewOfficer, password: str | None = None, **more: str) -> TestResponse:
    return client.post(LOGIN, data={"username": keys.officer.username, "password": password or keys.password} | more)


def come_in(client: FlaskClient, keys: NewOfficer, steps: int = 0) -> TestResponse:
    give_password(client, keys)
    return client.post(CODE, data={"code": code_of(keys, steps)})


def is_in(client: FlaskClient) -> bool:
    return client.get("/console").status_code == 200


def change(app: Flask, what: object) -> None:
    with app.app_context():
        what(officer_named("330401"))  # type: ignore[operator]
        db.session.commit()


def stored(app: Flask) -> Officer:
    with app.app_context():
        return officer_named("330401")


def test_password_and_code_open_the_door(client: FlaskClient, keys: NewOfficer) -> None:
    first = give_password(client, keys)
    assert first.status_code == 302 and first.location.startswith(CODE)
    assert not is_in(client), "a password alone is not enough"
    second = client.post(CODE, data={"code": code_of(keys)})
    assert second.status_code == 302 and second.location == "/console"
    assert client.get("/console").text == "hello 330401"


@pytest.mark.parametrize("typed", ["330401", " 330401 ", "３３０４０１"])
def test_how_the_number_is_typed_does_not_matter(client: FlaskClient, keys: NewOfficer, typed: str) -> None:
    answer = client.post(LOGIN, data={"username": typed, "password": keys.password})
    assert answer.status_code == 302


def test_capitals_do_not_matter_either(app: Flask, client: FlaskClient, clock: SetClock) -> None:
    with app.app_context():
        password = an_officer("NH-Zhang").password
    assert client.post(LOGIN, data={"username": "nh-ZHANG", "password": password}).status_code == 302


def test_who_is_not_in_is_sent_to_the_login_and_back(client: FlaskClient, keys: NewOfficer) -> None:
    answer = client.get("/console/weighty")
    assert answer.status_code == 302 and answer.location.startswith(LOGIN + "?next=")
    give_password(client, keys, next="/console/weighty")
    answer = client.post(CODE + "?next=/console/weighty", data={"code": code_of(keys)})
    assert answer.location == "/console/weighty"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "\\\\evil.example"])
def test_nobody_is_sent_to_another_site(client: FlaskClient, keys: NewOfficer, target: str) -> None:
    client.post(LOGIN, data={"username": "330401", "password": keys.password, "next": target})
    answer = client.post(CODE, query_string={"next": target}, data={"code": code_of(keys), "next": target})
    assert urlsplit(urljoin("http://localhost" + CODE, answer.location)).hostname == "localhost"


def test_an_unknown_number_and_a_wrong_password_read_the_same(client: FlaskClient, keys: NewOfficer) -> None:
    def told(page: TestResponse) -> list[str]:
        return re.findall(r"<p>(.*?)</p>", page.text.split('role="alert"')[1].split("</div>")[0])

    wrong = give_password(client, keys, "not the password")
    unknown = client.post(LOGIN, data={"username": "999999", "password": "not the password"})
    assert wrong.status_code == unknown.status_code == 200
    assert told(wrong) == told(unknown) == [login_forms.WRONG]


@pytest.mark.parametrize("typed", ["\x00", "330401\x00", "x" * 64, "'; DROP TABLE identity_officer; --", "王", "%"])
def test_whatever_is_typed_as_a_number_is_just_unknown(client: FlaskClient, keys: NewOfficer, typed: str) -> None:
    answer = client.post(LOGIN, data={"username": typed, "password": keys.password})
    assert answer.status_code == 200 and login_forms.WRONG in answer.text


@pytest.mark.parametrize("body", [{"username": 5, "password": 6}, {"username": ["a"], "password": {"b": 1}}])
def test_json_of_another_shape_is_just_wrong(client: FlaskClient, keys: NewOfficer, body: object) -> None:
    assert client.post(LOGIN, json=body).status_code == 200


def test_five_wrong_passwords_lock_and_then_not_even_the_right_one_is_told(
    app: Flask, client: FlaskClient, keys: NewOfficer, clock: SetClock
) -> None:
    for _ in range(FAILURES):
        give_password(client, keys, "not the password")
    assert stored(app).locked(clock.now)
    right, wrong = give_password(client, keys), give_password(client, keys, "not the password")
    assert right.status_code == wrong.status_code == 200
    assert login_forms.WRONG in right.text and login_forms.WRONG in wrong.text
    clock.forward(minutes=15, seconds=1)
    assert come_in(client, keys).location == "/console"


def test_four_wrong_ones_do_not_lock_and_coming_in_forgets_them(
    app: Flask, client: FlaskClient, keys: NewOfficer, clock: SetClock
) -> None:
    for _ in range(FAILURES - 1):
        give_password(client, keys, "not the password")
    come_in(client, keys)
    assert is_in(client)
    assert (stored(app).failed_count, stored(app).locked_until) == (0, None)


def test_failures_older_than_a_quarter_of_an_hour_do_not_count(
    app: Flask, client: FlaskClient, keys: NewOfficer, clock: SetClock
) -> None:
    for _ in range(FAILURES - 1):
        give_password(client, keys, "not the password")
    clock.forward(seconds=WINDOW.total_seconds())
    give_password(client, keys, "not the password")
    assert stored(app).failed_count == 1 and not stored(app).locked(clock.now)


def test_wrong_codes_lock_too_and_passwords_in_between_do_not_help(
    app: Flask, client: FlaskClient, keys: NewOfficer, clock: SetClock
) -> None:
    for _ in range(FAILURES):
        give_password(client, keys)
        client.post(CODE, data={"code": "000000" if code_of(keys) != "000000" else "111111"})
    assert stored(app).locked(clock.now)
    answer = client.post(CODE, data={"code": code_of(keys)})
    assert answer.status_code == 200 and login_forms.LOCKED in answer.text
    assert not is_in(client)


def test_a_code_is_good_once(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    code = code_of(keys)
    give_password(client, keys)
    client.post(CODE, data={"code": code})
    thief = app.test_client()
    give_password(thief, keys)
    answer = thief.post(CODE, data={"code": code})
    assert answer.status_code == 200 and "已经用过" in answer.text
    assert is_in(client) and not is_in(thief)


def test_the_next_code_is_good_and_an_older_one_no_longer(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys, steps=1)
    other = app.test_client()
    come_in(other, keys, steps=0)
    assert is_in(client) and not is_in(other)


@pytest.mark.parametrize("steps", [-4, 4])
def test_a_code_of_another_minute_is_not_good(client: FlaskClient, keys: NewOfficer, steps: int) -> None:
    come_in(client, keys, steps)
    assert not is_in(client)


def test_without_a_password_the_code_page_is_closed(client: FlaskClient, keys: NewOfficer) -> None:
    answer = client.post(CODE, data={"code": code_of(keys)})
    assert answer.status_code == 302 and answer.location.startswith(LOGIN)


def test_a_disabled_officer_is_out_at_once_and_stays_out(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    assert is_in(client)
    change(app, disable_officer)
    assert not is_in(client)
    assert give_password(client, keys).status_code == 200
    change(app, enable_officer)
    assert not is_in(client), "the old session does not come back"


def test_a_reset_ends_sessions_and_changes_both_keys(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    change(app, reset_officer)
    assert not is_in(client)
    assert give_password(client, keys).status_code == 200


def test_who_is_disabled_between_password_and_code_does_not_get_in(
    app: Flask, client: FlaskClient, keys: NewOfficer
) -> None:
    give_password(client, keys)
    change(app, disable_officer)
    client.post(CODE, data={"code": code_of(keys)})
    assert not is_in(client)


def test_half_an_hour_without_a_touch_ends_the_session(client: FlaskClient, keys: NewOfficer, clock: SetClock) -> None:
    come_in(client, keys)
    clock.forward(minutes=29)
    assert is_in(client)
    clock.forward(minutes=29)
    assert is_in(client), "it is the last touch that counts"
    clock.forward(minutes=30)
    assert not is_in(client)


def test_twelve_hours_end_the_session_however_busy(client: FlaskClient, keys: NewOfficer, clock: SetClock) -> None:
    come_in(client, keys)
    for _ in range(35):
        clock.forward(minutes=20)
        assert is_in(client)
    clock.forward(minutes=20)
    assert not is_in(client)


def test_logging_out_leaves_nothing(client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    assert client.get(LOGOUT).status_code == 405, "a link must not log anybody out"
    assert client.post(LOGOUT).location == LOGIN
    assert not is_in(client)


def test_another_browser_cannot_use_the_cookie(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    assert is_in(client)
    client.environ_base["HTTP_USER_AGENT"] = "another browser"
    assert not is_in(client)


def test_something_weighty_wants_the_password_again(client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    assert client.get("/console/weighty").text == "weighty"
    with client.session_transaction("/console") as session:
        session["fs_paa"] -= 31 * 60
    asked = client.get("/console/weighty")
    assert asked.status_code == 302 and asked.location.startswith(AGAIN)
    assert "密码不对" in client.post(AGAIN, data={"password": "not the password"}).text
    client.post(AGAIN, data={"password": keys.password})
    assert client.get("/console/weighty").text == "weighty"


def test_guessing_at_the_second_password_page_locks_too(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    for _ in range(FAILURES):
        client.post(AGAIN, data={"password": "not the password"})
    assert login_forms.LOCKED in client.post(AGAIN, data={"password": keys.password}).text


def test_a_form_without_its_token_is_refused(app: Flask, keys: NewOfficer) -> None:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "application/json"
    assert give_password(client, keys).status_code == 400
    page = client.get(LOGIN).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert give_password(client, keys, csrf_token=token[1]).status_code == 302


def test_an_address_that_fails_too_often_must_wait(client: FlaskClient, keys: NewOfficer) -> None:
    answers = [
        client.post(LOGIN, data={"username": f"{number}", "password": "a guess"}).status_code for number in range(22)
    ]
    assert answers[:20] == [200] * 20 and answers[20:] == [429, 429]
    elsewhere = client.post(
        LOGIN, data={"username": "1", "password": "x"}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 200


def test_what_is_not_offered_is_not_there(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    come_in(client, keys)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security.")]
    closed = [rule for rule in rules if rule.rule not in (LOGIN, CODE, LOGOUT, AGAIN)]
    assert len(closed) == len(rules) - 4 and "/console/tf-setup" in {rule.rule for rule in closed}
    for rule in closed:
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert client.open(rule.rule.replace("<token>", "x"), method=method).status_code == 404


@pytest.mark.parametrize(
    "path", ["/console/register", "/console/reset", "/console/change", "/login", "/logout", "/fs-static/x"]
)
def test_flask_security_brings_nothing_else(app: Flask, path: str) -> None:
    assert path not in {rule.rule for rule in app.url_map.iter_rules()}


def test_a_token_logs_nobody_in(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    with app.test_request_context():
        token = officer_named("330401").get_auth_token()
    assert client.get("/whoami", headers={"Authentication-Token": token}).text.startswith("False")
    assert client.get("/whoami", query_string={"auth_token": token}).text.startswith("False")


def test_who_came_in_and_who_failed_is_on_the_trail(app: Flask, client: FlaskClient, keys: NewOfficer) -> None:
    give_password(client, keys, "not the password")
    come_in(client, keys)
    with app.app_context():
        actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
    assert actions == ["officer.created", "officer.login_failed", "officer.login"]


def test_the_pages_are_whole_for_a_phone(client: FlaskClient, keys: NewOfficer) -> None:
    login = client.get(LOGIN).text
    give_password(client, keys)
    code = client.get(CODE).text
    for page in (login, code):
        assert 'name="viewport"' in page and 'lang="zh-CN"' in page and "None" not in page
    assert 'autocomplete="current-password"' in login and 'inputmode="numeric"' in code
    come_in(client, keys)
    assert 'type="password"' in client.get(AGAIN).text
