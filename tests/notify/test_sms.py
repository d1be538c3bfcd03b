"""SMS by Aliyun's own SDK, against a gateway on the loopback."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from backend.config import Settings
from backend.notify.address import To
from backend.notify.channel import Found, Outgoing
from backend.notify.channels import sms
from backend.notify.channels.sms import AliyunSms, number_for_aliyun
from backend.notify.errors import ChannelFault
from tests.notify.aliyun import Gateway, serve
from tests.notify.providers import NOON, WEI, World, shanghai

MESSAGE = Outgoing(1, "h" * 32, WEI, "验证码", "…", "", "SMS_100000001", {"code": "042137"})


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serve() as gateway:
        yield gateway


@pytest.fixture
def channel(gateway: Gateway) -> AliyunSms:
    keys: dict[str, Any] = {"sms_access_key_id": "id", "sms_access_key_secret": SecretStr("secret")}
    return AliyunSms(Settings(_env_file=None, sms_api_url=gateway.address, **keys))


def test_it_is_sent_with_its_template_signature_and_handle(channel: AliyunSms, gateway: Gateway) -> None:
    assert channel.send(MESSAGE).receipt_id == "biz^1"
    ((action, path, asked, signed),) = gateway.calls
    assert (action, path) == ("SendSms", "/sandbox/sms/")
    assert asked == {
        "PhoneNumbers": "13800000001",
        "SignName": "智慧e警务",
        "TemplateCode": "SMS_100000001",
        "TemplateParam": '{"code": "042137"}',
        "OutId": "h" * 32,
    }
    assert signed.startswith("ACS3-HMAC-SHA256 Credential=id,")


@pytest.mark.parametrize(
    ("phone", "number"),
    [("+8613800000001", "13800000001"), ("+85291234567", "85291234567"), ("+14155550100", "14155550100")],
)
def test_numbers_are_written_as_aliyun_wants_them(phone: str, number: str) -> None:
    assert number_for_aliyun(phone) == number


def test_nobody_without_a_telephone_is_reached(channel: AliyunSms) -> None:
    nobody = Outgoing(1, "h", To("citizen", 1, "oWei", None), "", "", "", "SMS_100000001", {})
    assert [channel.reaches(message, NOON) for message in (MESSAGE, nobody)] == [True, False]


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", True),
        (200, "isv.SMS_TEMPLATE_ILLEGAL", True),
        (200, "isv.BUSINESS_LIMIT_CONTROL", False),
        (200, "isv.AMOUNT_NOT_ENOUGH", False),
        (200, "isp.SYSTEM_ERROR", False),
        (200, "isv.NEVER_HEARD_OF", False),
        (400, "SignatureDoesNotMatch", False),
        (400, "isv.INVALID_PARAMETERS", True),
        (503, "ServiceUnavailable", False),
        (429, "Throttling.User", False),
    ],
)
def test_permanent_and_passing_codes(
    channel: AliyunSms, gateway: Gateway, status: int, code: str, permanent: bool
) -> None:
    gateway.answers = [(status, {"Code": code, "Message": "13800000001", "RequestId": "r"})]
    with pytest.raises(ChannelFault) as caught:
        channel.send(MESSAGE)
    assert (caught.value.code, caught.value.permanent, caught.value.unsure) == (code, permanent, False)
    assert len(gateway.calls) == 1, "the SDK does not try again by itself"
    assert "13800000001" not in str(caught.value)


@pytest.mark.parametrize("answer", [(502, b"<html>"), (200, b"<html>"), (200, b""), (200, b"[]")])
def test_a_page_instead_of_an_answer_is_unsure(channel: AliyunSms, gateway: Gateway, answer: tuple[int, bytes]) -> None:
    gateway.answers = [answer]
    with pytest.raises(ChannelFault) as caught:
        channel.send(MESSAGE)
    assert not caught.value.permanent
    assert len(gateway.calls) == 1


def test_a_gateway_that_does_not_answer_is_not_waited_for(
    channel: AliyunSms, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    gateway.before_answer = lambda: release.wait(5) and None
    monkeypatch.setattr(sms, "READ_TIMEOUT_MS", 200)
    with pytest.raises(ChannelFault) as caught:
        channel.send(MESSAGE)
    release.set()
    assert (caught.value.unsure, caught.value.silent) == (True, True)
    assert len(gateway.calls) == 1
    gateway.before_answer = lambda: None
    assert channel.look_up(MESSAGE, NOON, NOON + timedelta(minutes=2)).found is Found.DELIVERED


def test_a_gateway_that_is_not_there() -> None:
    with serve() as gone:
        address = gone.address
    keys: dict[str, Any] = {"sms_access_key_id": "id", "sms_access_key_secret": SecretStr("secret")}
    channel = AliyunSms(Settings(_env_file=None, sms_api_url=address, **keys))
    with pytest.raises(ChannelFault) as caught:
        channel.send(MESSAGE)
    assert caught.value.silent


@pytest.mark.parametrize(("status", "found"), [(1, Found.TAKEN), (2, Found.FAILED), (3, Found.DELIVERED)])
def test_an_earlier_try_is_found_by_its_handle(channel: AliyunSms, gateway: Gateway, status: int, found: Found) -> None:
    channel.send(MESSAGE)
    gateway.send_status = status
    later = NOON + timedelta(minutes=2)
    assert channel.look_up(MESSAGE, NOON, later).found is found
    other = Outgoing(2, "o" * 32, WEI, "", "", "", "SMS_100000001", {})
    assert channel.look_up(other, NOON, later).found is Found.ABSENT
    assert gateway.calls[-1][2]["SendDate"] == "20261123"


def test_around_midnight_both_days_are_asked(channel: AliyunSms, gateway: Gateway) -> None:
    tried_at = shanghai(23, 59) + timedelta(seconds=30)
    channel.look_up(MESSAGE, tried_at, tried_at + timedelta(minutes=2))
    assert [asked["SendDate"] for _, _, asked, _ in gateway.calls] == ["20261123", "20261124"]


def test_records_that_may_lag_are_not_believed_yet(channel: AliyunSms) -> None:
    with pytest.raises(ChannelFault) as caught:
        channel.look_up(MESSAGE, NOON, NOON + timedelta(seconds=30))
    assert not caught.value.permanent


def test_from_the_outbox_to_the_gateway_and_no_sms_twice(world: World, channel: AliyunSms, gateway: Gateway) -> None:
    world.customer.open = world.template.open = False
    world.sms = channel  # type: ignore[assignment]
    world.tell()
    release = threading.Event()
    gateway.before_answer = lambda: release.wait(5) and None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sms, "READ_TIMEOUT_MS", 200)
        world.deliver()
    release.set()
    gateway.before_answer = lambda: None
    assert (world.row.state, world.outcomes) == ("waiting", [("sms", "unsure")])
    world.later(minutes=5)
    world.deliver()
    assert (world.row.state, len(gateway.inbox)) == ("sent", 1)
    world.later(minutes=5)
    world.notifier().ask_receipts(world.now)
    assert world.row.state == "delivered"


def test_the_sdk_is_not_loaded_before_the_first_sms() -> None:
    told = "import sys, backend.notify.service; print(any(name.startswith('alibabacloud') for name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
