"""Tencent's patience: three calls of five seconds, and what the citizen sees in the end."""

import pytest

from backend.sandbox.caller import Answer, Caller
from backend.sandbox.envelope import ACCOUNT_ID, Account, Envelope
from backend.sandbox.messages import How, fields_of, to_xml
from tests.sandbox.conftest import SetClock, StandIn, make_act, make_caller, outcomes, reply_to, sealed

FIELDS = fields_of(make_act(), ACCOUNT_ID, 1_800_000_000)


def test_a_good_reply_is_read_at_the_first_call(account: Account, clock: SetClock) -> None:
    caller = make_caller(account, clock, sealed(account, to_xml(reply_to("您好\n😀"))))
    (call,) = caller.deliver(FIELDS, How())
    assert call.outcome == "replied" and call.reply and call.reply["Content"] == "您好\n😀"


def test_a_slow_account_is_called_three_times_five_seconds_apart(account: Account, clock: SetClock) -> None:
    started = clock.now()
    caller = make_caller(account, clock, "success", takes=60)
    assert outcomes(caller, FIELDS) == ["timeout"] * 3
    assert clock.now() - started == pytest.approx(15)


def test_every_call_carries_the_same_message_newly_signed(account: Account, clock: SetClock) -> None:
    account_side = StandIn(clock, lambda envelope: Answer(200, "success"), takes_seconds=60)
    list(Caller("http://127.0.0.1:1/wechat", account, clock, account_side).deliver(FIELDS, How()))
    assert len({e.plain for e in account_side.got}) == 1
    assert len({e.params["msg_signature"] for e in account_side.got}) == 3


@pytest.mark.parametrize("lost", [0, 1, 2, 3])
def test_replies_lost_on_purpose_come_as_retries(account: Account, clock: SetClock, lost: int) -> None:
    caller = make_caller(account, clock, sealed(account, to_xml(reply_to("好"))))
    expected = (["late"] * lost + ["replied"])[:3]
    assert outcomes(caller, FIELDS, How(lost_calls=lost)) == expected


@pytest.mark.parametrize("body", ["", "success"])
def test_an_empty_answer_shows_nothing(account: Account, clock: SetClock, body: str) -> None:
    assert outcomes(make_caller(account, clock, body), FIELDS) == ["success"]


@pytest.mark.parametrize("status", [302, 403, 413, 500])
def test_other_answers_than_200_are_refusals_without_retry(account: Account, clock: SetClock, status: int) -> None:
    assert outcomes(make_caller(account, clock, "no", status=status), FIELDS) == ["refused"]


@pytest.mark.parametrize(
    "reply",
    [
        to_xml(reply_to("")),
        to_xml(reply_to("好" * 683)),  # 2,049 bytes
        to_xml(reply_to("好", ToUserName="somebody-else")),
        to_xml(reply_to("好", MsgType="hologram")),
        "<xml><a></xml>",
        "<!DOCTYPE x><xml/>",
        "[1]",
        "好",
    ],
)
def test_what_wechat_would_not_show_is_malformed(account: Account, clock: SetClock, reply: str) -> None:
    assert outcomes(make_caller(account, clock, sealed(account, reply)), FIELDS) == ["malformed"]


def test_a_reply_that_is_not_encrypted_is_malformed_in_safe_mode(account: Account, clock: SetClock) -> None:
    plain = to_xml(reply_to("好"))
    assert outcomes(make_caller(account, clock, plain), FIELDS) == ["malformed"]
    assert outcomes(make_caller(account, clock, plain), FIELDS, How(mode="plain")) == ["replied"]


def test_a_reply_signed_wrongly_is_malformed(account: Account, clock: SetClock) -> None:
    body = sealed(account, to_xml(reply_to("好"))).replace("nonce", "ecnon")
    assert outcomes(make_caller(account, clock, body), FIELDS) == ["malformed"]


def test_broken_ciphertext_is_malformed(account: Account, clock: SetClock) -> None:
    foreign = Account("wxsandboxother", "s", account.token, "A" * 43)
    body = sealed(foreign, to_xml(reply_to("好")))
    assert outcomes(make_caller(account, clock, body), FIELDS) == ["malformed"]


def test_the_real_way_tells_a_dead_port_from_an_answer(account: Account, clock: SetClock) -> None:
    from backend.sandbox.caller import Http, Unreachable

    with pytest.raises(Unreachable):
        Http().post("http://127.0.0.1:9/wechat", Envelope({}, {}, b"", ""), 1)
