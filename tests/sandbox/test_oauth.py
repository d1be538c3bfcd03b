"""Logging in by WeChat: codes that are good once, and the page that hands them out."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from backend.config import Settings
from backend.sandbox.envelope import Account
from backend.sandbox.errors import BadRedirect
from backend.sandbox.oauth import MINI, Logins
from backend.sandbox.store import Store
from tests.sandbox.conftest import OPENID, SetClock
from tests.sandbox.test_platform import says

OURS = "http://127.0.0.1:9"
BACK = f"{OURS}/login/wechat/back"


@pytest.fixture
def logins(store: Store, account: Account, clock: SetClock) -> Logins:
    return Logins(store, account, clock, OURS)


@pytest.fixture
def redeem(logins: Logins, account: Account) -> Callable[[str], int]:
    return lambda code: says(logins.web_token, account.app_id, account.app_secret, code)


def test_a_code_is_good_once(logins: Logins, account: Account, redeem: Callable[[str], int]) -> None:
    code = logins.grant(OPENID, "snsapi_base")
    assert logins.web_token(account.app_id, account.app_secret, code)["openid"] == OPENID
    assert redeem(code) == 40163
    assert redeem("never-given") == 40029
    assert redeem("") == 41008


def test_a_code_lasts_five_minutes(logins: Logins, clock: SetClock, redeem: Callable[[str], int]) -> None:
    first, second = logins.grant(OPENID, "snsapi_base"), logins.grant(OPENID, "snsapi_base")
    clock.sleep(299)
    assert redeem(first) == 0
    clock.sleep(1)
    assert redeem(second) == 42003
    clock.sleep(24 * 3600)
    logins.grant(OPENID, "snsapi_base")  # the old ones are forgotten then
    assert redeem(second) == 40029


def test_the_web_and_the_mini_program_take_their_own_codes_only(logins: Logins, account: Account) -> None:
    keys = (account.app_id, account.app_secret)
    assert says(logins.web_token, *keys, logins.grant(OPENID, MINI)) == 40029
    assert says(logins.mini_session, *keys, logins.grant(OPENID, "snsapi_base")) == 40029
    found = logins.mini_session(*keys, logins.grant(OPENID, MINI))
    assert found["openid"] == OPENID and found["session_key"]


def test_wrong_keys_do_not_use_a_code_up(logins: Logins, account: Account, redeem: Callable[[str], int]) -> None:
    code = logins.grant(OPENID, "snsapi_base")
    assert says(logins.web_token, "wxother", account.app_secret, code) == 40013
    assert says(logins.web_token, account.app_id, "wrong", code) == 40125
    assert redeem(code) == 0


@pytest.mark.parametrize(("scope", "code"), [("snsapi_base", 48001), ("snsapi_userinfo", 0)])
def test_the_nickname_is_told_only_to_whom_the_person_has_agreed(
    logins: Logins, account: Account, scope: str, code: int
) -> None:
    made = logins.web_token(account.app_id, account.app_secret, logins.grant(OPENID, scope))
    assert says(logins.user_info, made["access_token"], OPENID) == code
    assert says(logins.user_info, made["access_token"], "oSandbox" + "b2" * 10) == 40003
    assert says(logins.user_info, "made-up", OPENID) == 40001


@pytest.mark.parametrize(
    "wrong",
    [
        {"app_id": "wxother"},
        {"redirect_uri": "https://evil.example/login"},
        {"redirect_uri": f"{OURS}.evil.example/"},
        {"redirect_uri": "https://127.0.0.1:9/login"},
        {"response_type": "token"},
        {"scope": "everything"},
    ],
)
def test_the_browser_is_sent_to_the_accounts_own_pages_only(
    logins: Logins, account: Account, wrong: dict[str, str]
) -> None:
    right = {"app_id": account.app_id, "redirect_uri": BACK, "response_type": "code", "scope": "snsapi_base"}
    logins.ensure_request(**right)
    with pytest.raises(BadRedirect):
        logins.ensure_request(**(right | wrong))


def authorize(client: FlaskClient, settings: Settings, **more: str) -> Any:
    asked = {"appid": settings.wechat_app_id, "redirect_uri": BACK, "response_type": "code", "scope": "snsapi_base"}
    address = "/sandbox/tencent/connect/oauth2/authorize"
    return client.get(address, query_string=asked | {"state": "st"} | more)


@pytest.fixture
def follower(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(
        "backend.sandbox.phone.threading.Thread", lambda **_: type("T", (), {"start": lambda s: None})()
    )
    client.post("/sandbox/do", json={"openid": OPENID, "kind": "subscribe"})
    return OPENID


def test_the_phone_of_this_browser_agrees_by_itself(client: FlaskClient, settings: Settings, follower: str) -> None:
    client.post("/sandbox/hold", json={"openid": follower})
    answer = authorize(client, settings)
    back = urlsplit(answer.location)
    query = parse_qs(back.query)
    assert (answer.status_code, f"{back.scheme}://{back.netloc}{back.path}", query["state"]) == (302, BACK, ["st"])
    keys = {"appid": settings.wechat_app_id, "secret": settings.wechat_app_secret.get_secret_value()}
    asked = keys | {"code": query["code"][0], "grant_type": "authorization_code"}
    address = "/sandbox/tencent/sns/oauth2/access_token"
    assert client.get(address, query_string=asked).get_json()["openid"] == follower
    assert client.get(address, query_string=asked).get_json()["errcode"] == 40163


def test_in_another_browser_one_chooses_who_one_is(client: FlaskClient, settings: Settings, follower: str) -> None:
    page = authorize(client, settings)
    assert page.status_code == 200 and follower[-6:] in page.text
    assert authorize(client, settings, openid=follower).status_code == 302
    assert authorize(client, settings, openid="oSandbox" + "c3" * 10).status_code == 200


def test_a_strange_address_gets_no_code(client: FlaskClient, settings: Settings) -> None:
    answer = authorize(client, settings, redirect_uri="https://evil.example/")
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert answer.get_json()["code"] == "sandbox.bad_redirect"
