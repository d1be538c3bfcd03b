"""Providers fail as the panel says: for so many calls, or until it is switched off."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from backend.sandbox.failing import MODES, Failing, Switch
from backend.sandbox.machines import SLOW_SECONDS, machines
from backend.sandbox.messages import Kind
from backend.sandbox.store import Store
from tests.sandbox.conftest import OPENID, SetClock

CGI = "/sandbox/tencent/cgi-bin"
SNS = "/sandbox/tencent/sns/oauth2/access_token"
SEND = f"{CGI}/message/custom/send"
SMS = "/sandbox/sms/"
UNKNOWN_KEY, NO_TOKEN = "InvalidAccessKeyId.NotFound", 41001


def switch(client: FlaskClient, provider: str, mode: str, count: int | None = None) -> Any:
    return client.post("/sandbox/failing", json={"provider": provider, "mode": mode, "count": count}).get_json()


def test_a_counted_fault_ends_by_itself_for_all_processes(store: Store) -> None:
    first, second = Failing(store), Failing(store)
    first.switch(Switch(provider="sms", mode="down", count=3))
    assert [f.take("sms", "down") for f in (first, second, first, second)] == ["down", "down", "down", ""]


def test_a_fault_meant_for_other_calls_is_not_used_up(store: Store) -> None:
    failing = Failing(store)
    failing.switch(Switch(provider="wechat", mode="undelivered", count=1))
    assert failing.take("wechat", "down", "slow") == ""
    assert failing.take("sms", "undelivered") == ""
    assert failing.take("wechat", "undelivered") == "undelivered"


@pytest.mark.parametrize(
    "wrong", [{"mode": "limit"}, {"provider": "post"}, {"mode": "down", "count": 0}, {"mode": "down", "more": 1}]
)
def test_a_switch_that_makes_no_sense_is_refused(client: FlaskClient, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Switch.model_validate({"provider": "wechat"} | wrong)
    assert client.post("/sandbox/failing", json={"provider": "wechat"} | wrong).status_code == 400


def test_the_state_is_told_in_words_until_it_is_switched_off(client: FlaskClient) -> None:
    state = switch(client, "wechat", "busy")
    assert state == {"wechat": {"mode": "busy", "count": None, "says": MODES["wechat"]["busy"]}}
    assert client.get("/sandbox/failing").get_json() == state
    assert [client.post(SEND, json={}).get_json()["errcode"] for _ in range(3)] == [-1, -1, -1]
    assert switch(client, "wechat", "") == {}
    assert client.post(SEND, json={}).get_json()["errcode"] == NO_TOKEN


@pytest.mark.parametrize(
    ("mode", "sending", "login"), [("busy", -1, -1), ("refusing", 48001, 40002), ("undelivered", NO_TOKEN, 40002)]
)
def test_wechat_fails_where_it_would(client: FlaskClient, mode: str, sending: int, login: int) -> None:
    switch(client, "wechat", mode)
    assert client.post(SEND, json={}).get_json()["errcode"] == sending
    assert client.get(SNS).get_json()["errcode"] == login


@pytest.mark.parametrize(
    ("provider", "address", "status"), [("wechat", SEND, 502), ("wechat", SNS, 502), ("sms", SMS, 503)]
)
def test_who_is_down_answers_with_a_page(client: FlaskClient, provider: str, address: str, status: int) -> None:
    switch(client, provider, "down", 1)
    method = "GET" if address == SNS else "POST"
    answer = client.open(address, method=method, json={})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert client.open(address, method=method, json={}).mimetype == "application/json"


def test_one_provider_down_leaves_the_other(client: FlaskClient) -> None:
    switch(client, "wechat", "down")
    assert client.post(SMS).get_json()["Code"] == UNKNOWN_KEY


@pytest.mark.parametrize(("provider", "address"), [("wechat", SEND), ("sms", SMS)])
def test_the_slow_one_does_it_and_answers_too_late(
    client: FlaskClient, clock: SetClock, provider: str, address: str
) -> None:
    object.__setattr__(machines(client.application), "clock", clock)
    before = clock.now()
    switch(client, provider, "slow", 1)
    client.post(address, json={})
    assert clock.now() - before == SLOW_SECONDS[provider]
    client.post(address, json={})
    assert clock.now() - before == SLOW_SECONDS[provider]


def test_a_slow_push_is_shown_all_the_same(client: FlaskClient, clock: SetClock) -> None:
    ours = machines(client.application)
    object.__setattr__(ours, "clock", clock)
    account = ours.platform._account
    token = ours.platform.stable_token(account.app_id, account.app_secret, force=False)["access_token"]
    ours.platform.notice_act(OPENID, Kind.TEXT)
    switch(client, "wechat", "slow", 1)
    message = {"touser": OPENID, "msgtype": "text", "text": {"content": "办好了"}}
    assert client.post(f"{SEND}?access_token={token}", json=message).get_json()["errcode"] == 0
    assert ours.store.lines_after(OPENID, 0)[-1]["text"] == "办好了"
