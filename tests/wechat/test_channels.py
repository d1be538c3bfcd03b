"""The account's channels for the outbox, against Tencent's API on the loopback."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from backend.config import Settings
from backend.db import db
from backend.notify.channel import Card
from backend.notify.service import ChannelFault, Found, Outgoing, To
from backend.vault import Vault
from backend.wechat import channels
from backend.wechat.channels import CustomerMessage, SubscriptionMessage, TemplateMessage, wechat_channels
from backend.wechat.client import Wechat
from backend.wechat.models import WechatToken
from backend.wechat.token import Tokens
from tests.wechat.stand_in_api import StandInApi, serve
from tests.wechat.tencent import OPENID, SetClock, some_settings

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CARD = Card("T1", "S1", {"thing1": "住宿登记", "phrase3": "已受理"})
VALUES = {"thing1": {"value": "住宿登记"}, "phrase3": {"value": "已受理"}}
LINK = "https://police.example.cn/my/cases/N1"


def message(openid: str | None = OPENID, card: Card | None = CARD) -> Outgoing:
    to = To("citizen", 1, openid, None)
    return Outgoing(1, "h" * 32, to, "已受理", "编号 N1", LINK, "SMS_100000001", {}, card)


@pytest.fixture
def api() -> Iterator[StandInApi]:
    with serve() as api:
        api.answers["stable_token"] = [{"access_token": "one", "expires_in": 7200}]
        yield api


@pytest.fixture
def wechat(api: StandInApi, tmp_path: Path) -> Iterator[Wechat]:
    settings: Settings = some_settings(tmp_path, wechat_api_url=api.address, wechat_api_timeout_seconds=0.5)
    engine = create_engine(f"sqlite:///{tmp_path}/token.sqlite")
    db.Model.metadata.create_all(engine, tables=[WechatToken.__table__])
    yield Wechat(settings, Tokens(engine, Vault("s" * 40, "wechat"), SetClock(), settings), SetClock())
    engine.dispose()


def last(api: StandInApi) -> tuple[str, dict[str, Any]]:
    path, body, _ = api.calls[-1]
    return path, body


def test_a_customer_message_carries_title_text_and_link(api: StandInApi, wechat: Wechat) -> None:
    CustomerMessage(wechat).send(message())
    path, body = last(api)
    assert path == "message/custom/send"
    assert body["touser"] == OPENID
    assert body["text"]["content"] == f"【已受理】\n编号 N1\n\n详细说明 Read more: {LINK}"


def test_a_template_message_has_its_handle_and_returns_its_receipt(api: StandInApi, wechat: Wechat) -> None:
    api.answers["message/template/send"] = [{"errcode": 0, "errmsg": "ok", "msgid": 200163836}]
    assert TemplateMessage(wechat).send(message()).receipt_id == "200163836"
    assert last(api) == (
        "message/template/send",
        {"touser": OPENID, "template_id": "T1", "url": LINK, "client_msg_id": "h" * 32, "data": VALUES},
    )


def test_a_repeat_that_wechat_dropped_counts_as_sent(api: StandInApi, wechat: Wechat) -> None:
    api.answers["message/template/send"] = [{"errcode": 45065, "errmsg": "clientmsgid exist"}]
    assert TemplateMessage(wechat).send(message()).receipt_id is None


def test_a_subscription_notice(api: StandInApi, wechat: Wechat) -> None:
    assert SubscriptionMessage(wechat).send(message()).receipt_id is None
    assert last(api) == (
        "message/subscribe/bizsend",
        {"touser": OPENID, "template_id": "S1", "page": LINK, "data": VALUES},
    )


@pytest.mark.parametrize("channel_no", range(3))
@pytest.mark.parametrize(
    ("errcode", "permanent"),
    [
        (43101, True), (43004, True), (40003, True), (45015, True), (45047, True), (40037, True), (47003, True),
        (48001, True), (48002, True), (45109, True), (45009, False), (45011, False), (40164, False), (40125, False),
        (40243, False), (-1, False), (99999, False),
    ],
)  # fmt: skip
def test_faults_of_the_person_are_permanent_and_those_of_the_account_pass(
    api: StandInApi, wechat: Wechat, channel_no: int, errcode: int, permanent: bool
) -> None:
    for path in ("message/custom/send", "message/template/send", "message/subscribe/bizsend"):
        api.answers[path] = [{"errcode": errcode, "errmsg": f"hint {OPENID}"}]
    with pytest.raises(ChannelFault) as caught:
        wechat_channels(wechat)[channel_no].send(message())
    fault = caught.value
    assert (fault.code, fault.permanent, fault.unsure, fault.silent) == (f"wechat_{errcode}", permanent, False, False)
    assert OPENID not in str(fault)


def test_an_answer_that_does_not_come_leaves_doubt(api: StandInApi, wechat: Wechat) -> None:
    TemplateMessage(wechat).send(message())  # the token is there
    release = threading.Event()
    api.before = lambda path: release.wait(5) and None
    with pytest.raises(ChannelFault) as caught:
        CustomerMessage(wechat).send(message())
    release.set()
    assert (caught.value.unsure, caught.value.silent, caught.value.permanent) == (True, True, False)


@pytest.mark.parametrize("answer", [b"<html>gateway</html>", b""])
def test_a_gateways_page_says_it_went_no_further(api: StandInApi, wechat: Wechat, answer: bytes) -> None:
    api.answers["message/custom/send"] = [answer]
    with pytest.raises(ChannelFault) as caught:
        CustomerMessage(wechat).send(message())
    assert (caught.value.unsure, caught.value.silent) == (False, True)


def test_a_server_that_is_not_there_took_nothing(api: StandInApi, wechat: Wechat) -> None:
    TemplateMessage(wechat).send(message())
    wechat._settings = wechat._settings.model_copy(update={"wechat_api_url": "http://127.0.0.1:9"})
    with pytest.raises(ChannelFault) as caught:
        CustomerMessage(wechat).send(message())
    assert (caught.value.unsure, caught.value.silent) == (False, True)


def test_who_can_be_reached_how(wechat: Wechat, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, subscription, template = wechat_channels(wechat)
    monkeypatch.setattr(channels, "window_open", lambda openid, now: now == NOON)
    assert customer.reaches(message(), NOON)
    assert not customer.reaches(message(), NOON + timedelta(hours=1))
    for channel in (customer, subscription, template):
        assert not channel.reaches(message(openid=None), NOON)
    assert subscription.reaches(message(), NOON) and template.reaches(message(), NOON)
    for card in (None, Card("", "", {})):
        assert not subscription.reaches(message(card=card), NOON)
        assert not template.reaches(message(card=card), NOON)


def test_what_wechat_remembers_of_a_try(wechat: Wechat) -> None:
    customer, subscription, template = wechat_channels(wechat)
    soon, late = NOON + timedelta(minutes=9), NOON + timedelta(minutes=10)
    assert template.look_up(message(), NOON, soon).found is Found.REPEATABLE
    assert template.look_up(message(), NOON, late).found is Found.UNKNOWN
    for channel in (customer, subscription):
        assert channel.look_up(message(), NOON, soon).found is Found.UNKNOWN
