"""Ten thousand malformed, mutated and hostile callbacks: refused plainly, never a server error.

Valid callbacks are broken at every layer: the fields, the clear text (then truly encrypted
and signed, so that it reaches the parsers), the ciphertext, the outer body, the address's
arguments and the headers.
"""

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from backend.wechat.service import account
from tests.wechat.tencent import OPENID, Tencent, World, logged, xml_of

SECRET = "机密330402199001010017"
ROUNDS = 1000
MUTATIONS_A_ROUND = 10
JUNK = [
    "]]>", "<![CDATA[", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", "<!ENTITY a 'b'>", "&a;", "&#0;", "&#xD800;",
    "\x00", "\x0b", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "<xml>", "</xml>", "<a>" * 400,
    "{" * 400, "[" * 400, '"', "\\u0000", "\\ud83d", "😀", "9" * 5000, "-1", "1e999", "NaN", "null", "<?xml",
    "<?xml version='1.0' encoding='utf-16'?>", "\ufeff", "%00", "event", "<MsgType>event</MsgType>", "=", "&",
]  # fmt: skip
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("text", {"Content": SECRET}),
    ("voice", {"MediaId": "m", "Format": "amr", "Recognition": SECRET}),
    ("location", {"Location_X": "30.7", "Location_Y": "120.7", "Scale": 15, "Label": SECRET}),
    ("image", {"PicUrl": SECRET, "MediaId": "m"}),
    ("event", {"Event": "CLICK", "EventKey": f"ask:{SECRET}"}),
    ("event", {"Event": "subscribe", "EventKey": f"qrscene_{SECRET}"}),
    ("event", {"Event": "TEMPLATESENDJOBFINISH", "MsgID": 1, "Status": SECRET}),
    ("event", {"Event": "subscribe_msg_sent_event", "X": {"List": {"TemplateId": SECRET}}}),
]
LAYERS = ["fields", "clear", "cipher", "body", "query", "headers"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(JUNK),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
edits = st.tuples(
    st.sampled_from(["insert", "delete", "double", "flip", "replace"]),
    st.floats(0, 1),
    st.integers(1, 40),
    st.sampled_from(JUNK),
)
attacks = st.tuples(
    st.sampled_from(KINDS), st.booleans(), st.sampled_from(LAYERS), st.lists(edits, min_size=1, max_size=3), values
)


def edit(text: str, changes: list[tuple[str, float, int, str]]) -> str:
    for how, where, size, junk in changes:
        at = int(where * len(text))
        cut = text[at : at + size]
        put = {"insert": junk + cut, "delete": "", "double": cut * 2, "replace": junk, "flip": cut[::-1]}[how]
        text = text[:at] + put + text[at + size :]
    return text


def attack(
    tencent: Tencent, kind: tuple[str, dict[str, Any]], is_json: bool, layer: str, changes: Any, value: Any
) -> TestResponse:
    fields = tencent.fields(kind[0], **kind[1])
    if layer == "fields":
        fields[list(fields)[int(changes[0][1] * 0.99 * len(fields))]] = value
    clear = json.dumps(fields) if is_json else xml_of(fields)
    clear = edit(clear, changes) if layer == "clear" else clear
    encrypted = tencent.encrypt(clear.encode("utf-8", "replace").decode())
    encrypted = edit(encrypted, changes) if layer == "cipher" else encrypted
    body = json.dumps({"Encrypt": encrypted}) if is_json else xml_of({"Encrypt": encrypted})
    body = edit(body, changes) if layer == "body" else body
    query = tencent.query(encrypted) if encrypted.isascii() else {}
    headers = {"Content-Type": "text/xml"}
    if layer == "query" and query:
        name = list(query)[int(changes[0][1] * 0.99 * len(query))]
        query[name] = [edit(query[name], changes), "2"][: changes[0][2] % 2 + 1]
    if layer == "headers":
        name = ["Content-Type", "Content-Length", "Accept", "Expect", "Transfer-Encoding"][changes[0][2] % 5]
        headers[name] = "".join(c for c in changes[0][3] if " " <= c <= "~")
    return tencent.post(body.encode("utf-8", "replace"), query, headers=headers)


@given(st.lists(attacks, min_size=MUTATIONS_A_ROUND, max_size=MUTATIONS_A_ROUND))
@settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False)
def test_no_callback_breaks_the_account(world: World, caplog: pytest.LogCaptureFixture, round_: list[Any]) -> None:
    caplog.clear()
    with caplog.at_level(logging.DEBUG), logged() as events:
        answers = [attack(world.tencent, *each) for each in round_]
    assert {answer.status_code for answer in answers} <= {200, 400, 403, 413}
    assert all(answer.status_code == 200 or len(answer.data) < 200 for answer in answers)
    refused = sum(answer.status_code != 200 for answer in answers)
    assert sum(event["event"] == "callback_refused" for event in events) == refused
    told = str(events) + caplog.text
    assert SECRET not in told
    assert SECRET[2:] not in told
    assert OPENID not in told
    # The sweepers of applications that other tests have left behind look for tables that are gone.
    ours = account(world.app).name
    broken = [e for e in events if e["log_level"] == "error" and e.get("account", ours) == ours]
    assert broken == [], "nothing may go wrong inside, even where it is caught"


def test_what_the_attacks_start_from_is_valid(world: World) -> None:
    for name, more in KINDS:
        for send in (world.tencent.send, world.tencent.send_json):
            assert send(world.tencent.fields(name, **more)).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_served(world: World, method: str) -> None:
    assert world.tencent.client.open("/wechat", method=method).status_code == 405
