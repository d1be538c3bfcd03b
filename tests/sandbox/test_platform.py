"""The stand-in keeps Tencent's rules: tokens, openings, the menu."""

from typing import Any

import pytest

from backend.sandbox.envelope import Account
from backend.sandbox.messages import Kind
from backend.sandbox.platform import Platform, TencentSays
from tests.sandbox.conftest import OPENID, SetClock

HOURS = 3600
TEXT = {"touser": OPENID, "msgtype": "text", "text": {"content": "办好了"}}


def says(ask: Any, *args: Any) -> int:
    """Return the error code of a call, 0 where it succeeds."""
    try:
        ask(*args)
    except TencentSays as fault:
        return int(fault.body["errcode"])
    return 0


def token_of(platform: Platform, account: Account, force: bool = False) -> str:
    return str(platform.stable_token(account.app_id, account.app_secret, force)["access_token"])


def test_the_stable_token_stays_until_five_minutes_before_its_end(
    platform: Platform, account: Account, clock: SetClock
) -> None:
    first = token_of(platform, account)
    clock.sleep(6800)
    assert token_of(platform, account) == first
    clock.sleep(200)
    second = token_of(platform, account)
    assert second != first
    assert says(platform.ensure_token, first) == 0  # both are valid while one replaces the other
    clock.sleep(201)
    assert says(platform.ensure_token, first) == 42001


def test_a_forced_token_ends_the_old_one_but_not_twice_in_thirty_seconds(
    platform: Platform, account: Account, clock: SetClock
) -> None:
    first = token_of(platform, account)
    forced = token_of(platform, account, force=True)
    assert says(platform.ensure_token, first) == 40001
    clock.sleep(29)
    assert token_of(platform, account, force=True) == forced
    clock.sleep(2)
    assert token_of(platform, account, force=True) != forced


def test_twenty_forced_tokens_a_day_are_enough(platform: Platform, account: Account, clock: SetClock) -> None:
    for _ in range(20):
        token_of(platform, account, force=True)
        clock.sleep(31)
    assert says(platform.stable_token, account.app_id, account.app_secret, True) == 45009


def test_a_plain_token_replaces_the_one_before_after_five_minutes(
    platform: Platform, account: Account, clock: SetClock
) -> None:
    first, second = (platform.plain_token(account.app_id, account.app_secret)["access_token"] for _ in "ab")
    assert says(platform.ensure_token, first) == 0
    clock.sleep(301)
    assert says(platform.ensure_token, first) == 42001 and says(platform.ensure_token, second) == 0


def test_wrong_credentials_get_tencents_codes(platform: Platform, account: Account) -> None:
    assert says(platform.stable_token, "wxother", account.app_secret, False) == 40013
    assert says(platform.stable_token, account.app_id, "wrong", False) == 40125
    assert says(platform.ensure_token, "") == 41001
    assert says(platform.ensure_token, "made-up") == 40001


@pytest.mark.parametrize(
    ("kind", "count", "seconds"),
    [
        (Kind.TEXT, 5, 48 * HOURS),
        (Kind.VOICE, 5, 48 * HOURS),
        (Kind.CLICK, 3, 60),
        (Kind.SUBSCRIBE, 3, 60),
        (Kind.SCAN, 3, 60),
    ],
)
def test_an_act_opens_so_many_pushes_for_so_long(
    platform: Platform, clock: SetClock, kind: Kind, count: int, seconds: int
) -> None:
    platform.notice_act(OPENID, kind)
    assert [says(platform.push, TEXT) for _ in range(count + 1)] == [0] * count + [45047]
    platform.notice_act(OPENID, kind)
    assert says(platform.push, TEXT) == 0  # a new act, a new count
    clock.sleep(seconds + 1)
    assert says(platform.push, TEXT) == 45015


def test_opening_a_page_from_the_menu_opens_no_pushes(platform: Platform, clock: SetClock) -> None:
    platform.notice_act(OPENID, Kind.VIEW)
    assert says(platform.push, TEXT) == 45015


def test_who_left_or_never_came_gets_nothing(platform: Platform) -> None:
    assert says(platform.push, TEXT) == 40003
    platform.notice_act(OPENID, Kind.TEXT)
    platform.notice_act(OPENID, Kind.UNSUBSCRIBE)
    assert says(platform.push, TEXT) == 43004
    platform.notice_act(OPENID, Kind.SUBSCRIBE)
    assert says(platform.push, TEXT) == 0


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no object", 47001),
        ({}, 40003),
        ({**TEXT, "msgtype": "hologram"}, 40008),
        ({**TEXT, "text": "not an object"}, 47001),
        ({**TEXT, "text": {"content": ""}}, 44004),
        ({**TEXT, "text": {"content": "好" * 683}}, 45002),
        ({"touser": OPENID, "msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
    ],
)
def test_a_message_tencent_would_refuse_is_refused(platform: Platform, message: Any, code: int) -> None:
    platform.notice_act(OPENID, Kind.TEXT)
    assert says(platform.push, message) == code


def menu(columns: int = 1, entries: int = 0, **button: Any) -> dict[str, Any]:
    action = {"type": "click", "name": "问一问", "key": "ask:身份证"} | button
    column = {"name": "办事", "sub_button": [action] * entries} if entries else action
    return {"button": [column] * columns}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ([], 47001),
        ({"button": []}, 40016),
        (menu(columns=4), 40016),
        (menu(entries=6), 40023),
        (menu(name="名字太长太长了"), 40018),
        (menu(key="k" * 129), 40019),
        (menu(type="view", url=""), 40020),
        (menu(type="dance"), 40017),
    ],
)
def test_a_menu_beyond_the_limits_is_refused(platform: Platform, wrong: Any, code: int) -> None:
    assert says(platform.create_menu, wrong) == code
    assert says(platform.get_menu) == 46003


def test_a_menu_is_kept_shown_and_deleted(platform: Platform) -> None:
    platform.create_menu(menu(columns=3, entries=5))
    assert platform.get_menu()["menu"] == menu(columns=3, entries=5)
    assert len(platform.find_menu()) == 3
    platform.delete_menu()
    assert platform.find_menu() == []
