"""Template messages and subscription notices, and the receipts that follow."""

from pathlib import Path
from typing import Any

import pytest

from backend.sandbox.cards import Cards
from backend.sandbox.failing import Failing, Switch
from backend.sandbox.messages import Fields, Kind
from backend.sandbox.platform import Platform
from backend.sandbox.store import Store
from backend.sandbox.templates import Approved
from backend.wechat.reports import Report, reports_of
from tests.sandbox.conftest import OPENID, SetClock
from tests.sandbox.test_platform import says

CARD = {
    "touser": OPENID, "template_id": "T-1", "url": "http://127.0.0.1:9/my", "client_msg_id": "h1",
    "data": {"thing1": {"value": "境外人员住宿登记"}, "phrase3": {"value": "已办结"}},
}  # fmt: skip
NOTICE = {"touser": OPENID, "template_id": "S-1", "page": "/my", "data": {"thing1": {"value": "住宿登记"}}}


class Bench:
    """The cards with a follower, and what was reported to the account."""

    def __init__(self, store: Store, platform: Platform, notices: Path, clock: SetClock):
        self.store, self.clock, self.platform = store, clock, platform
        self.told: list[Fields] = []
        self.failing = Failing(store)
        self.cards = Cards(store, platform, Approved(notices), self.failing, clock, self.told.append)
        platform.notice_act(OPENID, Kind.SUBSCRIBE)

    @property
    def reports(self) -> list[Report]:
        """What the account itself reads out of the receipts."""
        texts: list[Any] = [{k: str(v) if isinstance(v, int) else v for k, v in told.items()} for told in self.told]
        return [report for text in texts for report in reports_of(text)]


@pytest.fixture
def bench(store: Store, platform: Platform, notices: Path, clock: SetClock) -> Bench:
    return Bench(store, platform, notices, clock)


def test_a_template_message_is_a_card_with_a_link_and_a_receipt(bench: Bench) -> None:
    number = bench.cards.send_template(CARD)["msgid"]
    line = bench.store.lines_after(OPENID, 0)[-1]
    assert (line["kind"], line["url"]) == ("card", "http://127.0.0.1:9/my")
    assert list(line["fields"].values()) == ["境外人员住宿登记", "已办结"]
    assert bench.reports == [Report("template", str(number), "delivered")]


def test_the_same_handle_is_taken_once_in_ten_minutes(bench: Bench) -> None:
    assert says(bench.cards.send_template, CARD) == 0
    assert says(bench.cards.send_template, CARD) == 45065
    assert says(bench.cards.send_template, CARD | {"client_msg_id": "h2"}) == 0
    bench.clock.sleep(600)
    assert says(bench.cards.send_template, CARD) == 0
    assert len(bench.store.lines_after(OPENID, 0)) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": ""}, 40003),
        ({"touser": "oSandbox" + "d4" * 10}, 40003),
        ({"template_id": "T-9"}, 40037),
        ({"template_id": ""}, 40037),
        ({"data": "none"}, 47001),
        ({"data": {"thing1": {"value": "字" * 21}}}, 47003),
        ({"data": {"phrase3": {"value": "超过五个字" + "了"}}}, 47003),
        ({"data": {"thing1": {"value": ""}}}, 47003),
        ({"data": {"thing1": "bare"}}, 47003),
        ({"client_msg_id": "h" * 33}, 40035),
    ],
)
def test_what_tencent_would_refuse_is_refused(bench: Bench, changes: dict[str, Any], code: int) -> None:
    assert says(bench.cards.send_template, CARD | changes) == code
    assert bench.told == [] and bench.store.lines_after(OPENID, 0) == []


def test_who_has_left_gets_none(bench: Bench) -> None:
    bench.platform.notice_act(OPENID, Kind.UNSUBSCRIBE)
    assert says(bench.cards.send_template, CARD) == 43004


def test_a_subscription_is_sent_as_often_as_was_agreed(bench: Bench) -> None:
    assert says(bench.cards.send_subscription, NOTICE) == 43101
    assert bench.cards.agree(OPENID) == 1
    bench.cards.agree(OPENID)
    assert [says(bench.cards.send_subscription, NOTICE) for _ in range(3)] == [0, 0, 43101]
    assert [(r.channel, r.status) for r in bench.reports] == [("subscription", "delivered")] * 2


def test_the_two_sorts_of_templates_are_not_mixed_up(bench: Bench) -> None:
    bench.cards.agree(OPENID)
    assert says(bench.cards.send_subscription, NOTICE | {"template_id": "T-1"}) == 40037
    assert says(bench.cards.send_template, CARD | {"template_id": "S-1"}) == 40037


def test_an_undelivered_one_is_taken_and_reported(bench: Bench) -> None:
    bench.cards.agree(OPENID)
    bench.failing.switch(Switch(provider="wechat", mode="undelivered", count=2))
    for send, message in ((bench.cards.send_template, CARD), (bench.cards.send_subscription, NOTICE)):
        assert says(send, message) == 0
    assert [r.status for r in bench.reports] == ["failed", "failed"]
    assert bench.failing.state() == {}
