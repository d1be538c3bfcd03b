"""The SMS gateway: Aliyun's codes, the inbox, and that the product's own SDK is understood."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from backend.clock import utc_now
from backend.config import Settings
from backend.notify.address import To
from backend.notify.channel import Found, Outgoing
from backend.notify.channels.sms import LOOK_UP_AFTER, AliyunSms
from backend.notify.errors import ChannelFault
from backend.sandbox.failing import Failing, Switch
from backend.sandbox.machines import machines
from backend.sandbox.sms import AliyunSays, SmsGateway
from backend.sandbox.store import Store
from backend.sandbox.templates import Approved
from tests.sandbox.conftest import NOTICES, SetClock

NUMBER = "13800000001"
CODE = {
    "PhoneNumbers": NUMBER, "SignName": "智慧e警务", "TemplateCode": "SMS_1", "TemplateParam": '{"code": "042137"}',
    "OutId": "h" * 32,
}  # fmt: skip
DONE = CODE | {"TemplateCode": "SMS_3", "TemplateParam": ""}


@pytest.fixture
def gateway(store: Store, notices: Path, clock: SetClock) -> SmsGateway:
    return SmsGateway(store, Approved(notices), Failing(store), clock)


def says(gateway: SmsGateway, asked: dict[str, str]) -> str:
    try:
        return str(gateway.send(asked)["Code"])
    except AliyunSays as fault:
        return str(fault.body["Code"])


def test_what_is_sent_lies_in_the_inbox_with_its_approved_words(gateway: SmsGateway) -> None:
    assert says(gateway, CODE) == "OK"
    (sms,) = gateway.inbox()
    assert (sms.number, sms.text) == (NUMBER, "验证码042137，5分钟内有效。")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"PhoneNumbers": "12345"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": "+8613800000001"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"SignName": ""}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"TemplateCode": "SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"TemplateParam": "{}"}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"TemplateParam": "no json"}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": "[1]"}, "isv.INVALID_JSON_PARAM"),
    ],
)
def test_what_aliyun_would_refuse_is_refused(gateway: SmsGateway, changes: dict[str, str], code: str) -> None:
    assert says(gateway, CODE | changes) == code
    assert gateway.inbox() == []


def test_codes_are_limited_to_one_a_minute_and_five_an_hour(gateway: SmsGateway, clock: SetClock) -> None:
    assert [says(gateway, CODE), says(gateway, CODE)] == ["OK", "isv.BUSINESS_LIMIT_CONTROL"]
    assert says(gateway, DONE) == "OK", "a notice is no code"
    assert says(gateway, CODE | {"PhoneNumbers": "13800000002"}) == "OK"
    for expected in ["OK"] * 4 + ["isv.BUSINESS_LIMIT_CONTROL"]:
        clock.sleep(61)
        assert says(gateway, CODE) == expected


def test_its_records_tell_by_day_and_page(gateway: SmsGateway, clock: SetClock) -> None:
    for number in range(3):
        gateway.send(DONE | {"OutId": f"out-{number}"})
        clock.sleep(1)
    asked = {"PhoneNumber": NUMBER, "SendDate": "20270115", "PageSize": "2", "CurrentPage": "1"}
    found = gateway.details(asked)
    assert found["TotalCount"] == 3
    assert [d["OutId"] for d in found["SmsSendDetailDTOs"]["SmsSendDetailDTO"]] == ["out-2", "out-1"]
    assert gateway.details(asked | {"CurrentPage": "2"})["SmsSendDetailDTOs"]["SmsSendDetailDTO"][0]["OutId"] == "out-0"
    assert gateway.details(asked | {"SendDate": "20270114"})["TotalCount"] == 0
    with pytest.raises(AliyunSays, match="参数异常"):
        gateway.details(asked | {"PageSize": "0"})


def test_one_that_does_not_arrive_is_told_as_failed(gateway: SmsGateway, store: Store) -> None:
    Failing(store).switch(Switch(provider="sms", mode="undelivered", count=1))
    assert says(gateway, DONE) == "OK"
    assert gateway.inbox() == []
    (detail,) = gateway.details({"PhoneNumber": NUMBER, "SendDate": "20270115"})["SmsSendDetailDTOs"][
        "SmsSendDetailDTO"
    ]
    assert (detail["SendStatus"], detail["ErrCode"]) == (2, "UNDELIV")


def test_other_actions_and_other_keys_are_not_known(client: FlaskClient) -> None:
    signed = {"Authorization": "ACS3-HMAC-SHA256 Credential=sandbox,SignedHeaders=host,Signature=0"}
    answer = client.post("/sandbox/sms/", headers=signed | {"x-acs-action": "AddSmsSign"})
    assert (answer.status_code, answer.get_json()["Code"]) == (404, "InvalidAction.NotFound")
    answer = client.post("/sandbox/sms/", headers={"x-acs-action": "SendSms"})
    assert (answer.status_code, answer.get_json()["Code"]) == (404, "InvalidAccessKeyId.NotFound")


@pytest.fixture
def channel(client: FlaskClient, settings: Settings, tmp_path: Path) -> Iterator[AliyunSms]:
    """The product's channel with Aliyun's SDK, against the sandbox on the loopback."""
    app: Flask = client.application
    (tmp_path / "notices.yaml").write_text(NOTICES, encoding="utf-8")
    machines(app).sms._approved = Approved(tmp_path / "notices.yaml")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    own: dict[str, Any] = {"sms_api_url": f"http://127.0.0.1:{server.server_port}/sandbox/sms"}
    try:
        yield AliyunSms(settings.model_copy(update=own))
    finally:
        server.shutdown()
        server.server_close()


MESSAGE = Outgoing(1, "h" * 32, To("citizen", 1, None, f"+86{NUMBER}"), "", "", "", "SMS_1", {"code": "042137"})


def test_the_products_own_sdk_sends_and_looks_up(channel: AliyunSms, client: FlaskClient) -> None:
    tried_at = utc_now()
    assert channel.send(MESSAGE).receipt_id
    (shown,) = client.get("/sandbox/inbox").get_json()["sms"]
    assert (shown["number"], shown["text"]) == (NUMBER, "验证码042137，5分钟内有效。")
    assert channel.look_up(MESSAGE, tried_at, tried_at + LOOK_UP_AFTER).found is Found.DELIVERED


@pytest.mark.parametrize(
    ("mode", "code", "permanent"),
    [
        ("limit", "isv.BUSINESS_LIMIT_CONTROL", False),
        ("wrong-number", "isv.MOBILE_NUMBER_ILLEGAL", True),
    ],
)
def test_the_panel_makes_the_sdk_fail(
    channel: AliyunSms, client: FlaskClient, mode: str, code: str, permanent: bool
) -> None:
    client.post("/sandbox/failing", json={"provider": "sms", "mode": mode, "count": 1})
    with pytest.raises(ChannelFault) as caught:
        channel.send(MESSAGE)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)
    assert channel.send(MESSAGE).receipt_id, "one call failed, the next does not"
