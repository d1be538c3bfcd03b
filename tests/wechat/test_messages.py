"""What each kind of message and event is answered with."""

from typing import Any

import pytest

from backend.errors import NotFound
from tests.wechat.tencent import OPENID, World


def said(world: World, kind: str, **more: Any) -> str:
    return world.tencent.said(world.tencent.fields(kind, **more))


def test_a_voice_message_is_answered_like_its_words(world: World) -> None:
    assert said(world, "voice", MediaId="m", Format="amr", Recognition="护照怎么办") == "答：护照怎么办"


@pytest.mark.parametrize(
    ("kind", "more", "part"),
    [
        ("voice", {"MediaId": "m", "Format": "amr"}, "请打字"),
        ("voice", {"MediaId": "m", "Recognition": "  "}, "请打字"),
        ("text", {"Content": " \n"}, "没有看到文字"),
        ("text", {}, "没有看到文字"),
        ("text", {"Content": {"a": "b"}}, "没有看到文字"),
        ("image", {"PicUrl": "http://x", "MediaId": "m"}, "https://police.example.cn/stay/photo/"),
        ("video", {"MediaId": "m", "ThumbMediaId": "t"}, "视频收到"),
        ("shortvideo", {"MediaId": "m", "ThumbMediaId": "t"}, "视频收到"),
        ("link", {"Title": "t", "Description": "d", "Url": "http://x"}, "96110"),
        ("location", {"Location_X": "30.755", "Location_Y": "120.78"}, "办事大厅"),
        ("location", {"Location_X": "30.755", "Location_Y": "120.78"}, "556 米"),
        ("location", {"Location_X": "39.9", "Location_Y": "116.4"}, "离本市较远"),
        ("location", {"Location_X": "nan", "Location_Y": "1"}, "选“位置”"),
        ("location", {"Location_X": "x"}, "选“位置”"),
    ],
)
def test_other_messages_get_a_kind_sentence(world: World, kind: str, more: dict[str, Any], part: str) -> None:
    assert part in said(world, kind, **more)
    assert world.consultant.asked == []


def test_the_nearest_office_comes_first(world: World) -> None:
    text = said(world, "location", Location_X="30.76", Location_Y="120.89")
    assert text.index("城东派出所") < text.index("办事大厅")


@pytest.mark.parametrize(
    ("event", "more", "part"),
    [
        ("subscribe", {"EventKey": ""}, "某区公安"),
        ("subscribe", {}, "Some Police"),
        ("subscribe", {"EventKey": "qrscene_id-card-lost", "Ticket": "t"}, "概况：id-card-lost"),
        ("subscribe", {"EventKey": "qrscene_123", "Ticket": "t"}, "用平常的话"),
        ("SCAN", {"EventKey": "id-card-lost", "Ticket": "t"}, "概况：id-card-lost"),
        ("SCAN", {"EventKey": "7", "Ticket": "t"}, "用平常的话"),
        ("CLICK", {"EventKey": "ask:护照怎么办"}, "答：护照怎么办"),
        ("CLICK", {"EventKey": "matter:id-card-lost"}, "概况：id-card-lost"),
        ("CLICK", {"EventKey": "nearest"}, "选“位置”"),
        ("CLICK", {"EventKey": "human"}, "答：转人工"),
        ("CLICK", {"EventKey": "english"}, "12367"),
        ("CLICK", {"EventKey": "of-an-older-menu"}, "用平常的话"),
        ("CLICK", {}, "用平常的话"),
    ],
)
def test_an_event_is_answered(world: World, event: str, more: dict[str, Any], part: str) -> None:
    assert part in said(world, "event", Event=event, **more)


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("VIEW", {"EventKey": "https://police.example.cn/"}),
        ("LOCATION", {"Latitude": 30.7, "Longitude": 120.7, "Precision": 60}),
        ("TEMPLATESENDJOBFINISH", {"MsgID": 5, "Status": "failed:user block"}),
        ("subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": {"TemplateId": "t"}}}),
        ("subscribe_msg_change_event", {"SubscribeMsgChangeEvent": {"List": {"TemplateId": "t"}}}),
        ("subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": {"TemplateId": "t"}}}),
        ("something_new", {}),
        ("坏\n名字", {}),
    ],
)
def test_an_event_without_an_answer_is_noted(
    world: World, events: list[dict[str, Any]], event: str, more: dict[str, Any]
) -> None:
    assert said(world, "event", Event=event, **more) == ""
    (noted,) = [e for e in events if e["event"] == "wechat_event"]
    assert noted["event_type"] == (event if event.isascii() else "other")
    assert OPENID not in str(events)


def test_an_unknown_kind_of_message_is_passed_over(world: World) -> None:
    assert said(world, "hologram") == ""


def test_who_leaves_is_forgotten(world: World) -> None:
    said(world, "text", Content="问")
    assert said(world, "event", Event="unsubscribe", EventKey="") == ""
    assert world.consultant.forgotten == [world.consultant.asked[0][1]]


def test_two_clicks_in_one_second_are_two_but_a_repeat_is_one(world: World) -> None:
    first = world.tencent.fields("event", Event="CLICK", EventKey="ask:一")
    second = first | {"EventKey": "ask:二"}
    assert [world.tencent.said(f) for f in (first, second, first)] == ["答：一", "答：二", "答：一"]
    assert [question for question, _ in world.consultant.asked] == ["一", "二"]


def test_a_refusal_below_is_told_in_its_own_words(world: World) -> None:
    def refuse(_: str) -> str:
        raise NotFound("这件事已经停办。")

    world.consultant.answers = refuse
    assert said(world, "text", Content="问") == "这件事已经停办。"
