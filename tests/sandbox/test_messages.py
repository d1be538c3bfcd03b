"""What the phone sends is what Tencent would send: checked with wechatpy, which reads the real thing."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from backend.sandbox.envelope import ACCOUNT_ID, Account, seal
from backend.sandbox.messages import Act, How, Kind, fields_of, from_xml, new_openid, to_xml
from tests.sandbox.conftest import OPENID, make_act

AT = 1_800_000_000


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_read_by_wechatpy_as_what_it_is(kind: Kind) -> None:
    message = parse_message(to_xml(fields_of(make_act(kind, text="foreigner-accommodation"), ACCOUNT_ID, AT)))
    names = {Kind.SUBSCRIBE: "subscribe_scan", Kind.SCAN: "scan", Kind.CLICK: "click", Kind.VIEW: "view"}
    assert (message.event if kind.event else message.type) == names.get(kind, kind.value)
    assert message.source == OPENID


def test_a_voice_may_come_with_or_without_recognition() -> None:
    assert "Recognition" not in fields_of(make_act(Kind.VOICE, text=""), ACCOUNT_ID, AT)
    assert fields_of(make_act(Kind.VOICE, text="你好"), ACCOUNT_ID, AT)["Recognition"] == "你好"


def test_events_have_no_number_and_messages_have_different_ones() -> None:
    assert "MsgId" not in fields_of(make_act(Kind.CLICK), ACCOUNT_ID, AT)
    assert len({fields_of(make_act(), ACCOUNT_ID, AT)["MsgId"] for _ in range(50)}) == 50


@example("<!DOCTYPE html><!ENTITY x>")
@example("]]><Content>x</Content>")
@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_text_survives_the_way(text: str) -> None:
    act = Act.model_construct(openid=OPENID, kind=Kind.TEXT, text=text, latitude=0.0, longitude=0.0, how=How())
    back = from_xml(to_xml(fields_of(act, ACCOUNT_ID, AT)))
    kept = "".join(c for c in text if c >= " " or c in "\t\n\r")
    expected = kept.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "").replace("\uffff", "")
    assert back["Content"] == expected


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LINK, Kind.CLICK, Kind.VIEW, Kind.SCAN])
def test_what_needs_words_is_refused_without_them(kind: Kind) -> None:
    with pytest.raises(ValidationError):
        make_act(kind, text="")


def test_every_new_citizen_has_an_openid_of_their_own() -> None:
    made = [new_openid() for _ in range(20)]
    assert len(set(made)) == 20
    assert all(Act(openid=o, kind=Kind.SUBSCRIBE).openid == o and len(o) == 28 for o in made)


def test_the_envelope_opens_with_an_independent_reader(account: Account) -> None:
    fields = fields_of(make_act(), ACCOUNT_ID, AT)
    made = seal(fields, account, How(), AT)
    reader = WeChatCrypto(account.token, account.aes_key, account.app_id)
    p = made.params
    assert reader.decrypt_message(made.body, p["msg_signature"], p["timestamp"], p["nonce"]) == to_xml(fields)


def test_a_json_push_holds_json_inside_and_outside(account: Account) -> None:
    fields = fields_of(make_act(), ACCOUNT_ID, AT)
    made = seal(fields, account, How(format="json"), AT)
    outer = json.loads(made.body)
    assert set(outer) == {"ToUserName", "Encrypt"} and made.headers["Content-Type"] == "application/json"
    assert json.loads(account.cipher.decrypt(outer["Encrypt"], account.app_id)) == fields


def test_plain_mode_shows_all_and_compatible_mode_both(account: Account) -> None:
    fields = fields_of(make_act(), ACCOUNT_ID, AT)
    assert from_xml(seal(fields, account, How(mode="plain"), AT).body.decode())["Content"] == fields["Content"]
    both = from_xml(seal(fields, account, How(mode="compatible"), AT).body.decode())
    assert both["Content"] == fields["Content"] and both["Encrypt"]


def test_what_is_broken_is_broken_as_told(account: Account) -> None:
    fields = fields_of(make_act(), ACCOUNT_ID, AT)
    good = seal(fields, account, How(), AT)
    assert seal(fields, account, How(broken="bad-signature"), AT).params["msg_signature"] == "0" * 40
    assert int(seal(fields, account, How(broken="old-timestamp"), AT).params["timestamp"]) == AT - 86400
    assert len(seal(fields, account, How(broken="oversize"), AT).body) > 2_000_000
    assert not seal(fields, account, How(broken="broken-xml"), AT).body.endswith(b"</xml>")
    assert good.body.endswith(b"</xml>")
    foreign = from_xml(seal(fields, account, How(broken="wrong-appid"), AT).body.decode())["Encrypt"]
    with pytest.raises(InvalidAppIdException):
        account.cipher.decrypt(foreign, account.app_id)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><Content>x</Content></xml>',
    ],
)
def test_a_document_type_is_refused_before_its_entities_grow(text: str) -> None:
    with pytest.raises(ValueError, match="document type"):
        from_xml(text)
