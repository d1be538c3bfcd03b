"""The access token and the calls to Tencent's API, answered by a stand-in on the loopback."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select

from backend.clock import SystemClock
from backend.config import Settings
from backend.db import db
from backend.vault import Vault
from backend.wechat.client import Wechat
from backend.wechat.errors import WechatFault
from backend.wechat.logbook import Answer
from backend.wechat.models import WechatToken
from backend.wechat.push import push_answer, render_push
from backend.wechat.token import Tokens, table
from tests.wechat.stand_in_api import StandInApi, serve
from tests.wechat.tencent import OPENID, SetClock, some_settings

SEND = "message/custom/send"


def token(name: str, expires_in: int = 7200) -> dict[str, Any]:
    return {"access_token": name, "expires_in": expires_in}


@pytest.fixture
def api() -> Iterator[StandInApi]:
    with serve() as api:
        api.answers["stable_token"] = [token("one"), token("two"), token("three")]
        yield api


@pytest.fixture
def settings(api: StandInApi, tmp_path: Path) -> Settings:
    return some_settings(tmp_path, wechat_api_url=api.address, wechat_api_timeout_seconds=0.5)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/token.sqlite")
    db.Model.metadata.create_all(made, tables=[WechatToken.__table__])
    yield made
    made.dispose()


@pytest.fixture
def tokens(engine: Engine, settings: Settings, clock: SetClock) -> Tokens:
    return Tokens(engine, Vault("s" * 40, "wechat"), clock, settings)


@pytest.fixture
def wechat(settings: Settings, tokens: Tokens, clock: SetClock) -> Wechat:
    return Wechat(settings, tokens, clock)


def test_all_processes_share_one_token(api: StandInApi, tokens: Tokens, engine: Engine, settings: Settings) -> None:
    other = Tokens(engine, Vault("s" * 40, "wechat"), SetClock(), settings)
    assert [tokens.get(), other.get(), tokens.get()] == ["one"] * 3
    ((_, asked, _),) = api.calls
    assert asked == {
        "grant_type": "client_credential",
        "appid": settings.wechat_app_id,
        "secret": "secret-of-the-tests",
        "force_refresh": False,
    }


def test_it_is_renewed_five_minutes_before_its_end(tokens: Tokens, clock: SetClock) -> None:
    tokens.get()
    clock.ahead += 7200 - 301
    assert tokens.get() == "one"
    clock.ahead += 2
    assert tokens.get() == "two"


def test_only_one_process_fetches_and_the_others_use_what_still_works(
    api: StandInApi, tokens: Tokens, clock: SetClock
) -> None:
    tokens.get()
    clock.ahead += 7200 - 200
    meanwhile: list[str] = []
    api.before = lambda path: meanwhile.append(tokens.get())
    assert tokens.get() == "two"
    assert meanwhile == ["one"]
    assert api.called("stable_token") == 2


def test_threads_without_a_token_wait_for_the_one_that_fetches(
    api: StandInApi, engine: Engine, settings: Settings
) -> None:
    tokens = Tokens(engine, Vault("s" * 40, "wechat"), SystemClock(), settings)
    got: list[str] = []
    started = threading.Barrier(4)

    def get() -> None:
        started.wait()
        got.append(tokens.get())

    threads = [threading.Thread(target=get) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["one"] * 4
    assert api.called("stable_token") == 1


def test_a_token_of_any_length_is_kept_sealed(api: StandInApi, tokens: Tokens, engine: Engine) -> None:
    long = "t" * 2000
    api.answers["stable_token"] = [token(long)]
    assert [tokens.get(), tokens.get()] == [long, long]
    with engine.connect() as connection:
        assert long.encode() not in connection.scalars(select(table.c.token)).one()


def test_a_changed_secret_key_means_a_new_token(engine: Engine, settings: Settings, tokens: Tokens) -> None:
    tokens.get()
    assert Tokens(engine, Vault("o" * 40, "wechat"), SetClock(), settings).get() == "two"


def test_while_tencent_is_busy_it_is_asked_again_a_little_later(api: StandInApi, tokens: Tokens) -> None:
    api.answers["stable_token"] = [{"errcode": -1, "errmsg": "busy"}, {"errcode": -1}, token("late")]
    assert tokens.get() == "late"
    api.answers["stable_token"] = [{"errcode": -1}]
    with pytest.raises(WechatFault) as caught:
        tokens.replace("late")
    assert not caught.value.permanent
    assert api.called("stable_token") == 6


@pytest.mark.parametrize("errcode", [40164, 61004])
def test_the_ip_white_list_fault_names_the_address(
    api: StandInApi, tokens: Tokens, events: list[dict[str, Any]], errcode: int
) -> None:
    message = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1"
    api.answers["stable_token"] = [{"errcode": errcode, "errmsg": message}]
    with pytest.raises(WechatFault, match=r"203\.0\.113\.7") as caught:
        tokens.get()
    assert caught.value.permanent
    assert "203.0.113.7" not in str(events)
    assert any(e.get("errcode") == errcode for e in events)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"access_token": 7}', b"{}", b'{"errcode": "x"}'])
def test_an_answer_that_is_none_is_a_passing_fault(api: StandInApi, tokens: Tokens, answer: bytes) -> None:
    api.answers["stable_token"] = [answer]
    with pytest.raises(WechatFault) as caught:
        tokens.get()
    assert not caught.value.permanent


def test_every_call_has_a_limit(api: StandInApi, wechat: Wechat, tokens: Tokens) -> None:
    release = threading.Event()
    api.before = lambda path: release.wait(5) and None
    with pytest.raises(WechatFault) as caught:
        tokens.get()
    release.set()
    assert caught.value.errcode is None
    tokens.get()
    release.clear()
    with pytest.raises(WechatFault):
        wechat.send_customer_text(OPENID, "好")
    release.set()


def test_a_refused_token_is_replaced_once_and_never_in_a_circle(
    api: StandInApi, wechat: Wechat, clock: SetClock
) -> None:
    api.answers[SEND] = [{"errcode": 40001, "errmsg": "invalid credential"}, {"errcode": 0}]
    wechat.send_customer_text(OPENID, "好")
    assert [used for path, _, used in api.calls if path == SEND] == ["one", "two"]
    assert api.calls[2][1]["force_refresh"] is True
    api.answers[SEND] = [{"errcode": 40001}]
    with pytest.raises(WechatFault) as caught:
        wechat.send_customer_text(OPENID, "好")
    assert not caught.value.permanent
    assert api.called("stable_token") == 2, "thirty seconds have not passed"
    clock.ahead += 31
    with pytest.raises(WechatFault):
        wechat.send_customer_text(OPENID, "好")
    assert api.called("stable_token") == 3


def test_a_token_another_process_renewed_is_not_forced_again(api: StandInApi, tokens: Tokens) -> None:
    tokens.get()
    assert tokens.replace("an older one") == "one"
    assert api.called("stable_token") == 1


def test_forcing_ends_after_twenty_times_a_day(api: StandInApi, tokens: Tokens, clock: SetClock) -> None:
    clock.ahead += 86400 - clock.now() % 86400  # midnight, so that the day holds all of them
    held = tokens.get()
    for _ in range(20):
        clock.ahead += 31
        api.answers["stable_token"] = [token(f"{held}+")]
        held = tokens.replace(held)
    clock.ahead += 31
    with pytest.raises(WechatFault):
        tokens.replace(held)


@pytest.mark.parametrize(
    ("errcode", "permanent"), [(45015, True), (45047, True), (40003, True), (48001, True), (45009, False)]
)
def test_permanent_and_passing_faults_are_told_apart(
    api: StandInApi, wechat: Wechat, events: list[dict[str, Any]], errcode: int, permanent: bool
) -> None:
    api.answers[SEND] = [{"errcode": errcode, "errmsg": f"hint {OPENID}"}]
    with pytest.raises(WechatFault) as caught:
        wechat.send_customer_text(OPENID, "好")
    assert (caught.value.errcode, caught.value.permanent) == (errcode, permanent)
    assert OPENID not in str(events)


def test_a_page_instead_of_json_is_no_success(api: StandInApi, wechat: Wechat) -> None:
    api.answers[SEND] = [b"<html>gateway</html>"]
    with pytest.raises(WechatFault):
        wechat.send_customer_text(OPENID, "好")


def test_busy_calls_are_repeated_a_few_times_only(api: StandInApi, wechat: Wechat) -> None:
    api.answers[SEND] = [{"errcode": -1}]
    with pytest.raises(WechatFault):
        wechat.send_customer_text(OPENID, "好")
    assert api.called(SEND) == 3


def test_a_push_carries_the_link_within_the_limit(api: StandInApi, wechat: Wechat) -> None:
    link = "https://police.example.cn/m/id-card-lost"
    push_answer(wechat, Answer(OPENID, "好" * 900, link))
    sent = api.calls[-1][1]
    assert sent["touser"] == OPENID
    text = sent["text"]["content"]
    assert text.endswith(link)
    assert len(text.encode()) <= 2047
    assert render_push(Answer(OPENID, f"见 {link}", link)) == f"见 {link}"
    assert render_push(Answer(OPENID, "短")) == "短"
