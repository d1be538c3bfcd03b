"""Who may use the sandbox, and that page and API speak as they should."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from backend.config import Settings
from backend.sandbox import phone
from backend.sandbox.envelope import Account
from backend.sandbox.failing import MODES
from backend.sandbox.guard import is_local_host
from backend.sandbox.views import init_sandbox
from tests.sandbox.conftest import HOME, OPENID

ADDRESSES = ["/sandbox", f"/sandbox/news?openid={OPENID}", "/sandbox/tencent/cgi-bin/token", "/sandbox/static/phone.js"]
ACT = {"openid": OPENID, "kind": "subscribe"}


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is called at once, not beside the test."""

    class AtOnce:
        def __init__(self, target: Any, args: Any, daemon: bool):
            self.start = lambda: target(*args)

    monkeypatch.setattr(phone, "threading", SimpleNamespace(Thread=AtOnce))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "foreign",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": "203.0.113.5"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "127.0.0.1.evil.example"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.5"},
    ],
)
def test_from_elsewhere_there_is_nothing_here(client: FlaskClient, address: str, foreign: dict[str, str]) -> None:
    response = client.get(address, environ_overrides=foreign)
    assert response.status_code == 404
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("127.8.9.1:1", True),
        ("[::1]:8000", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_which_hosts_are_this_machine(host: str, local: bool) -> None:
    assert is_local_host(host) is local


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_foreign_page_cannot_post(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/sandbox/do", json=ACT, headers=headers).status_code == 403
    assert client.get(f"/sandbox/news?openid={OPENID}").json["lines"] == []  # type: ignore[index]


def test_a_form_cannot_post(client: FlaskClient) -> None:
    assert client.post("/sandbox/do", data=ACT).status_code == 403


def test_a_page_cannot_call_tencents_api(client: FlaskClient) -> None:
    headers = {"Origin": "http://localhost"}
    assert client.get("/sandbox/tencent/cgi-bin/token", headers=headers).status_code == 404


def test_real_credentials_close_it(settings: Settings) -> None:
    real = settings.model_copy(update={"wechat_app_id": "wx0123456789abcdef", "wechat_app_secret": SecretStr("s")})
    with pytest.raises(RuntimeError):
        init_sandbox(Flask("backend"), real)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"openid": "o", "kind": "text", "text": "x"},
        {**ACT, "kind": "dance"},
        {**ACT, "more": 1},
        [],
        {**ACT, "how": {"lost_calls": 9}},
    ],
)
def test_an_act_that_makes_no_sense_is_refused(client: FlaskClient, wrong: Any) -> None:
    response = client.post("/sandbox/do", json=wrong)
    assert response.status_code == 400 and response.json["code"] == "sandbox.bad_act"  # type: ignore[index]


def test_only_followers_may_write(client: FlaskClient) -> None:
    response = client.post("/sandbox/do", json={"openid": OPENID, "kind": "text", "text": "在吗"})
    assert response.json["code"] == "sandbox.not_following"  # type: ignore[index]


def test_an_account_that_cannot_be_reached_shows_wechats_banner(client: FlaskClient, settings: Settings) -> None:
    """Nobody listens at the settings' public_url, so all three calls fail."""
    client.post("/sandbox/do", json=ACT)
    news = client.get(f"/sandbox/news?openid={OPENID}").get_json()
    assert [line["text"] for line in news["lines"]] == ["你关注了该公众号", phone.BANNER]
    assert [call["outcome"] for call in news["exchange"]["calls"]] == ["unreachable"] * 3
    assert news["exchange"]["done"]


def test_resending_repeats_the_very_message(client: FlaskClient) -> None:
    assert client.post("/sandbox/resend", json={"openid": OPENID}).status_code == 409
    client.post("/sandbox/do", json=ACT)
    address = f"/sandbox/news?openid={OPENID}"
    before = client.get(address).get_json()["exchange"]
    client.post("/sandbox/resend", json={"openid": OPENID})
    after = client.get(address).get_json()["exchange"]
    assert after["fields"] == before["fields"] and after["id"] > before["id"]


def test_a_pushed_message_reaches_the_phone_it_is_for(client: FlaskClient, account: Account) -> None:
    client.post("/sandbox/do", json=ACT)
    asked = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    token = client.post("/sandbox/tencent/cgi-bin/stable_token", json=asked).get_json()["access_token"]
    message = {"touser": OPENID, "msgtype": "text", "text": {"content": "办好了😀"}}
    sent = client.post(f"/sandbox/tencent/cgi-bin/message/custom/send?access_token={token}", json=message)
    assert sent.get_json() == {"errcode": 0, "errmsg": "ok"}
    lines = client.get(f"/sandbox/news?openid={OPENID}").get_json()["lines"]
    assert lines[-1]["text"] == "办好了😀" and lines[-1]["pushed"]
    other = "oSandbox" + "b2" * 10
    assert client.get(f"/sandbox/news?openid={other}").get_json()["lines"] == []


@pytest.mark.parametrize("path", ["message/custom/send", "menu/create", "message/custom/typing"])
def test_the_api_wants_its_token(client: FlaskClient, path: str) -> None:
    assert client.post(f"/sandbox/tencent/cgi-bin/{path}", json={}).get_json()["errcode"] == 41001
    assert client.post(f"/sandbox/tencent/cgi-bin/{path}?access_token=x", json={}).get_json()["errcode"] == 40001


def test_an_unknown_call_is_answered_as_tencent_does(client: FlaskClient) -> None:
    response = client.post("/sandbox/tencent/cgi-bin/no/such", data=b"\xff")
    assert response.status_code == 200 and response.get_json()["errcode"] == 40066


def test_news_only_tells_what_is_newer(client: FlaskClient) -> None:
    client.post("/sandbox/do", json=ACT)
    lines = client.get(f"/sandbox/news?openid={OPENID}").get_json()["lines"]
    rest = client.get(f"/sandbox/news?openid={OPENID}&after={lines[0]['id']}").get_json()["lines"]
    assert rest == lines[1:]
    assert lines[0]["at"] <= time.time()


def test_under_another_name_of_this_machine_the_page_leads_to_its_own_address(client: FlaskClient) -> None:
    answer = client.get("/sandbox/story?x=1", base_url="http://localhost:9")
    assert (answer.status_code, answer.location) == (302, f"{HOME}/sandbox/story?x=1")


def test_the_page_shows_both_phones_and_every_way_to_fail(client: FlaskClient) -> None:
    page = client.get("/sandbox").text
    assert 'id="phone"' in page and 'id="officer-phone"' in page
    assert all(f'value="{mode}"' in page for modes in MODES.values() for mode in modes)


def test_the_browser_remembers_whose_phone_it_is_below_the_sandbox_only(client: FlaskClient) -> None:
    for answer in (client.post("/sandbox/citizen", json={}), client.post("/sandbox/hold", json={"openid": OPENID})):
        cookie = answer.headers["Set-Cookie"]
        assert answer.get_json()["openid"] in cookie and "Path=/sandbox" in cookie and "HttpOnly" in cookie
    assert client.post("/sandbox/hold", json={"openid": "somebody"}).status_code == 400


def test_the_mini_programs_code_is_good_for_its_login(client: FlaskClient, account: Account) -> None:
    code = client.post("/sandbox/js-code", json={"openid": OPENID}).get_json()["code"]
    asked = {"appid": account.app_id, "secret": account.app_secret, "js_code": code, "grant_type": "authorization_code"}
    address = "/sandbox/tencent/sns/jscode2session"
    assert client.get(address, query_string=asked).get_json()["openid"] == OPENID
    assert client.get(address, query_string=asked).get_json()["errcode"] == 40163


def test_agreeing_tells_how_many_notices_there_are(client: FlaskClient) -> None:
    assert client.post("/sandbox/agree", json={"openid": OPENID}).get_json()["kinds"] >= 1
