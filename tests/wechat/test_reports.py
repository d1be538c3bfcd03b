"""Events that tell how a message of ours ended."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.db import db
from backend.notify.models import NotifyReceipt
from backend.wechat.reports import Report, reports_of
from tests.wechat.tencent import World

SENT = {"TemplateId": "S1", "MsgID": "1700827132819554304", "ErrorCode": "0", "ErrorStatus": "success"}
REFUSED = SENT | {"MsgID": "17", "ErrorCode": "43101", "ErrorStatus": "user refused"}


def finished(status: str, msg_id: Any = "200163836") -> dict[str, Any]:
    return {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msg_id, "Status": status}


@pytest.mark.parametrize(
    ("status", "told"),
    [("success", "delivered"), ("failed:user block", "blocked"), ("failed: system failed", "failed"), ("", "failed")],
)
def test_how_a_template_message_ended(status: str, told: str) -> None:
    assert reports_of(finished(status)) == [Report("template", "200163836", told)]


@pytest.mark.parametrize(
    "fields",
    [
        {"SubscribeMsgSentEvent": {"List": SENT}},
        {"SubscribeMsgSentEvent": {"List": [SENT]}},
        {"List": [SENT]},
    ],
)
def test_one_notice_may_come_as_an_object_or_as_a_list(fields: dict[str, Any]) -> None:
    event = {"MsgType": "event", "Event": "subscribe_msg_sent_event"} | fields
    assert reports_of(event) == [Report("subscription", "1700827132819554304", "delivered")]


def test_many_notices() -> None:
    event = {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": {"List": [SENT, REFUSED]}}
    assert [report.status for report in reports_of(event)] == ["delivered", "failed"]


@pytest.mark.parametrize(
    "fields",
    [
        {"Event": "VIEW"},
        {},
        finished("success", ""),
        finished("success", "x" * 65),
        finished("success", {"a": "b"}),
        {"Event": "subscribe_msg_sent_event"},
        {"Event": "subscribe_msg_sent_event", "List": "x"},
        {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": {"List": [None, 7]}},
    ],
)
def test_what_cannot_be_read_reports_nothing(fields: dict[str, Any]) -> None:
    assert reports_of(fields) == []


def test_an_event_of_wechat_comes_to_the_outbox(world: World) -> None:
    tencent = world.tencent
    assert tencent.said(tencent.fields("event", **finished("failed:user block") | {"MsgType": "event"})) == ""
    with world.app.app_context():
        (row,) = db.session.scalars(select(NotifyReceipt))
        assert (row.channel, row.receipt_id, row.status) == ("template", "200163836", "blocked")
