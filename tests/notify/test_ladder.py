"""Which channel is tried."""

import pytest

from backend.notify.channel import Outgoing
from backend.notify.ladder import choose
from tests.notify.providers import NOON, WEI, Provider

CUSTOMER, TEMPLATE, SMS = Provider("customer"), Provider("template"), Provider("sms")
CLOSED = Provider("customer", open=False)
MESSAGE = Outgoing(1, "h", WEI, "标题", "文字", "", "SMS_100000001", {})
SMS_ONLY = Outgoing(1, "h", WEI, "标题", "文字", "", "SMS_100000001", {}, sms_only=True)


@pytest.mark.parametrize(
    ("channels", "message", "used_up", "worn", "name"),
    [
        ([CUSTOMER, TEMPLATE, SMS], MESSAGE, [], [], "customer"),
        ([CLOSED, TEMPLATE, SMS], MESSAGE, [], [], "template"),
        ([CUSTOMER, TEMPLATE, SMS], MESSAGE, ["customer", "template"], [], "sms"),
        ([CUSTOMER, TEMPLATE, SMS], MESSAGE, [], ["customer"], "template"),
        ([CUSTOMER], MESSAGE, [], ["customer"], "customer"),
        ([CUSTOMER, TEMPLATE], MESSAGE, ["template"], ["customer"], "customer"),
        ([CUSTOMER, SMS], SMS_ONLY, [], [], "sms"),
        ([CUSTOMER], SMS_ONLY, [], [], None),
        ([CUSTOMER], MESSAGE, ["customer"], [], None),
    ],
)
def test_the_best_way_that_is_left(
    channels: list[Provider], message: Outgoing, used_up: list[str], worn: list[str], name: str | None
) -> None:
    found = choose(channels, message, used_up=used_up, worn=worn, now=NOON)
    assert (found.name if found else None) == name
