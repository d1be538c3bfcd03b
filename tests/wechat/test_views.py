"""The address WeChat calls: modes, formats, keys, and what is refused."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.db import db
from backend.wechat.cipher import sign
from tests.wechat.tencent import AES_KEY, OPENID, OTHER_AES_KEY, TOKEN, Tencent, World, xml_of


def test_wechat_may_check_that_the_address_is_ours(tencent: Tencent) -> None:
    answer = tencent.client.get("/wechat", query_string=tencent.query(echostr="4711"))
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "4711", "text/plain")


@pytest.mark.parametrize("changed", [{"signature": "0" * 40}, {"signature": ""}, {"signature": "签"}])
def test_a_stranger_is_not_echoed(tencent: Tencent, changed: dict[str, str]) -> None:
    answer = tencent.client.get("/wechat", query_string=tencent.query(echostr="4711", **changed))
    assert (answer.status_code, answer.text) == (403, "bad_signature")


def test_a_question_in_safe_mode_is_answered(world: World) -> None:
    answer = world.tencent.read(world.tencent.send(world.tencent.fields(Content="身份证丢了怎么办")))
    assert answer["Content"] == "答：身份证丢了怎么办"
    assert answer["ToUserName"] == OPENID
    assert world.consultant.asked[0][1] != OPENID, "other rooms must not learn the openid"


def test_json_is_answered_in_json(tencent: Tencent) -> None:
    response = tencent.send_json(tencent.fields(Content="港澳通行证]]>怎么办\u0000"))
    assert response.mimetype == "application/json"
    assert tencent.read(response)["Content"] == "答：港澳通行证]]>怎么办"


def test_plain_mode_needs_only_the_signature(make_world: Callable[..., World]) -> None:
    tencent = make_world(wechat_aes_key="").tencent
    body = xml_of(tencent.fields(Content="问"))
    answer = tencent.post(body, tencent.query())
    assert "<![CDATA[答：问]]>" in answer.text
    answer = tencent.post(json.dumps(tencent.fields(Content="问")), tencent.query())
    assert json.loads(answer.text)["Content"] == "答：问"
    assert tencent.post(body, tencent.query(signature="x")).text == "bad_signature"


def test_an_encrypted_message_without_a_key_is_refused(make_world: Callable[..., World]) -> None:
    tencent = make_world(wechat_aes_key="").tencent
    encrypted = tencent.encrypt(xml_of(tencent.fields(Content="问")))
    answer = tencent.post(f"<xml><Encrypt>{encrypted}</Encrypt></xml>", tencent.query(encrypted))
    assert (answer.status_code, answer.text) == (403, "no_key")


def test_compatible_mode_trusts_the_encrypted_half_only(tencent: Tencent) -> None:
    encrypted = tencent.encrypt(xml_of(tencent.fields(Content="真")))
    clear = tencent.fields(Content="假") | {"Encrypt": encrypted}
    answer = tencent.read(tencent.post(xml_of(clear), tencent.query(encrypted)))
    assert answer["Content"] == "答：真"


def test_a_plain_message_does_not_pass_where_a_key_is_set(tencent: Tencent) -> None:
    answer = tencent.post(xml_of(tencent.fields(Content="问")), tencent.query())
    assert (answer.status_code, answer.text) == (403, "not_encrypted")


def test_during_a_rotation_the_reply_uses_the_key_of_the_call(make_world: Callable[..., World]) -> None:
    tencent = make_world(wechat_aes_key=OTHER_AES_KEY, wechat_previous_aes_key=AES_KEY).tencent
    for key in (AES_KEY, OTHER_AES_KEY):
        tencent.aes_key = key
        assert tencent.said(tencent.fields(Content="问")) == "答：问"


def test_another_accounts_message_is_refused(tencent: Tencent) -> None:
    tencent.app_id = "wxanother00000000"
    answer = tencent.send(tencent.fields(Content="问"))
    assert (answer.status_code, answer.text) == (403, "wrong_appid")


@pytest.mark.parametrize("age_seconds", [301, 600, -301])
def test_an_old_or_future_callback_is_refused(tencent: Tencent, age_seconds: int) -> None:
    encrypted = tencent.encrypt(xml_of(tencent.fields(Content="问")))
    stamp = str(int(tencent.clock.now()) - age_seconds)
    query = {"timestamp": stamp, "nonce": "n", "msg_signature": sign(TOKEN, stamp, "n", encrypted)}
    answer = tencent.post(f"<xml><Encrypt>{encrypted}</Encrypt></xml>", query)
    assert (answer.status_code, answer.text) == (403, "stale")


def test_an_argument_given_twice_is_refused(tencent: Tencent) -> None:
    encrypted = tencent.encrypt(xml_of(tencent.fields(Content="问")))
    query = tencent.query(encrypted)
    query["timestamp"] = [query["timestamp"], "1"]
    answer = tencent.post(f"<xml><Encrypt>{encrypted}</Encrypt></xml>", query)
    assert (answer.status_code, answer.text) == (400, "bad_query")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("clear", "status", "code"),
    [
        ("", 400, "bad_xml"),
        ("<xml>", 400, "bad_xml"),
        ("<other><MsgType>text</MsgType></other>", 400, "bad_xml"),
        (BOMB + "<xml><MsgType>&b;</MsgType></xml>", 400, "bad_xml"),
        ("<xml><MsgType>text</MsgType></xml>", 400, "bad_message"),
        ("<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>", 400, "bad_xml"),
        ("[1]", 400, "bad_xml"),
        ("{", 400, "bad_json"),
        ('{"a":' * 5000 + "1" + "}" * 5000, 400, "bad_json"),
        ('{"MsgType": 7}', 400, "bad_message"),
    ],
)
def test_a_signed_but_senseless_message_is_refused(
    tencent: Tencent, events: list[dict[str, Any]], clear: str, status: int, code: str
) -> None:
    answer = tencent.send_clear(clear)
    assert (answer.status_code, answer.text) == (status, code)
    assert [e["code"] for e in events if e["event"] == "callback_refused"] == [code]


def test_nesting_cannot_exhaust_the_stack(tencent: Tencent) -> None:
    deep = "<a>" * 3000 + "</a>" * 3000
    clear = xml_of(tencent.fields(Content="问")).replace("</xml>", f"{deep}</xml>")
    assert tencent.send_clear(clear).text == "bad_message"


@pytest.mark.parametrize("size_bytes", [64 * 1024 + 1, 2 * 1024 * 1024])
def test_a_body_too_large_is_not_read(tencent: Tencent, size_bytes: int) -> None:
    answer = tencent.post(b"x" * size_bytes, tencent.query("x"))
    assert (answer.status_code, answer.text) == (413, "too_large")


def test_a_body_without_a_length_is_measured(tencent: Tencent) -> None:
    body = b"x" * (64 * 1024 + 2)
    answer = tencent.post(body, tencent.query("x"), headers={"Content-Length": "", "Transfer-Encoding": "chunked"})
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("kept", [0, 1, 15, 16, 31, 32, 33, 48])
def test_broken_ciphertext_is_refused(tencent: Tencent, kept: int) -> None:
    whole = base64.b64decode(tencent.encrypt(xml_of(tencent.fields(Content="问"))))
    broken = base64.b64encode(whole[:kept] + bytes(kept % 16)).decode()
    answer = tencent.post(f"<xml><Encrypt>{broken}</Encrypt></xml>", tencent.query(broken))
    assert (answer.status_code, answer.text) in ((403, "bad_cipher"), (403, "not_encrypted"))


@pytest.mark.parametrize("question", ["a]]>b", "]]>", "]]>]]><Content>x</Content>", "]]]]>>", "\x00\x08\x1f我\ufffe"])
def test_a_citizens_words_cannot_leave_their_field(world: World, question: str) -> None:
    world.consultant.answers = lambda _: f"您问：{question}"
    answer = world.tencent.read(world.tencent.send_json(world.tencent.fields(Content="问")))
    kept = "".join(c for c in question if c not in "\x00\x08\x1f\ufffe")
    assert answer["Content"] == f"您问：{kept}"
    world.consultant.answers = lambda _: f"{question}。"
    answer = world.tencent.read(world.tencent.send(world.tencent.fields(Content="又问")))
    assert answer["Content"] == f"{kept}。"
    assert set(answer) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}


def test_a_long_answer_keeps_to_the_limit_and_to_whole_characters(world: World) -> None:
    world.consultant.answers = lambda _: "好" * 682 + "😀"
    text = world.tencent.said(world.tencent.fields(Content="问"))
    assert len(text.encode()) <= 2047
    assert text.startswith("好" * 600)
    world.consultant.answers = lambda _: "好" * 681 + "😀"
    assert world.tencent.said(world.tencent.fields(Content="又问")) == "好" * 681 + "😀"


def test_a_repeat_gets_the_same_reply_and_is_not_asked_twice(world: World) -> None:
    fields = world.tencent.fields(Content="问")
    first = world.tencent.said(fields)
    world.consultant.answers = lambda _: "别的"
    assert [world.tencent.said(fields) for _ in range(2)] == [first, first]
    assert len(world.consultant.asked) == 1


def test_two_citizens_with_one_message_number_are_two(world: World) -> None:
    fields = world.tencent.fields(Content="甲问")
    other = fields | {"FromUserName": "oAnother", "Content": "乙问"}
    assert world.tencent.said(fields) == "答：甲问"
    assert world.tencent.said(other) == "答：乙问"


def test_a_database_that_fails_costs_no_answer(world: World) -> None:
    with world.app.app_context():
        db.drop_all()
    assert world.tencent.said(world.tencent.fields(Content="问")) == "答：问"


def test_a_fault_below_becomes_an_apology_and_logs_no_words(world: World, events: list[dict[str, Any]]) -> None:
    def fail(question: str) -> str:
        raise RuntimeError(question)

    world.consultant.answers = fail
    assert "抱歉" in world.tencent.said(world.tencent.fields(Content="我的秘密"))
    assert [e["event"] for e in events if e["log_level"] == "error"] == ["message_not_answered"]
