"""Login through WeChat, against a stand-in of Tencent's API on the loopback."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.config import Settings
from backend.errors import Forbidden, Refusal, Unavailable
from backend.identity.errors import LoginExpired, SnapshotUser, WechatBlocked, WechatLoginDown
from backend.identity.wechat_login import code2session, finish_login, start_login

RETURN_TO = "https://police.example.org/login/wechat?next=/my"
GOOD = {"access_token": "t", "expires_in": 7200, "refresh_token": "r", "openid": "o-anna", "scope": "snsapi_base"}


@dataclass
class Tencent:
    """Answers with `body` and remembers what it was asked."""

    url: str = ""
    body: Any = field(default_factory=lambda: GOOD)
    status: int = 200
    silent: threading.Event | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answers(self, body: Any, status: int = 200) -> None:
        self.body, self.status = body, status


@pytest.fixture
def tencent() -> Iterator[Tencent]:
    stand_in = Tencent()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            stand_in.asked.append((parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}))
            if stand_in.silent:
                stand_in.silent.wait(10)
            body = stand_in.body if isinstance(stand_in.body, bytes) else json.dumps(stand_in.body).encode()
            self.send_response(stand_in.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield stand_in
    server.shutdown()
    server.server_close()


@pytest.fixture
def wechat(tencent: Tencent) -> Settings:
    return Settings(
        _env_file=None,
        wechat_app_id="wxsandbox0123456789",
        wechat_app_secret="app secret",
        wechat_token="token",
        secret_key="s" * 40,
        wechat_api_url=tencent.url,
        wechat_login_url="https://open.weixin.qq.com/connect/oauth2/authorize",
        wechat_api_timeout_seconds=0.3,
    )  # type: ignore[arg-type]


def come_back(settings: Settings, code: str = "a-code") -> str:
    return finish_login(settings, code=code, state="abc", expected_state="abc")


def test_the_way_to_wechat_names_us_and_where_to_return(wechat: Settings) -> None:
    start = start_login(wechat, RETURN_TO)
    parts = urlsplit(start.address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert start.address.startswith(wechat.wechat_login_url + "?") and parts.fragment == "wechat_redirect"
    assert asked == {
        "appid": "wxsandbox0123456789",
        "redirect_uri": RETURN_TO,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": start.state,
    }
    assert "app secret" not in start.address


def test_every_start_has_a_state_of_its_own(wechat: Settings) -> None:
    assert len({start_login(wechat, RETURN_TO).state for _ in range(20)}) == 20


def test_who_comes_back_with_a_code_is_known(wechat: Settings, tencent: Tencent) -> None:
    assert come_back(wechat) == "o-anna"
    ((path, asked),) = tencent.asked
    assert path == "/sns/oauth2/access_token"
    assert (asked["code"], asked["grant_type"], asked["secret"]) == ("a-code", "authorization_code", "app secret")


@pytest.mark.parametrize(
    ("state", "expected"), [("abc", "abd"), ("abc", None), ("", None), ("", "abc"), ("é", "abc"), ("abc", "")]
)
def test_a_link_somebody_else_made_is_refused_unasked(
    wechat: Settings, tencent: Tencent, state: str, expected: str | None
) -> None:
    with pytest.raises(LoginExpired):
        finish_login(wechat, code="a-code", state=state, expected_state=expected)
    assert tencent.asked == []


def test_who_did_not_agree_brings_no_code(wechat: Settings, tencent: Tencent) -> None:
    with pytest.raises(LoginExpired):
        come_back(wechat, code="")
    assert tencent.asked == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"errcode": 40163, "errmsg": "code been used"}, LoginExpired),
        ({"errcode": 40029, "errmsg": "invalid code"}, LoginExpired),
        ({"errcode": 42003, "errmsg": "code expired"}, LoginExpired),
        ({"errcode": 40226, "errmsg": "code blocked"}, WechatBlocked),
        ({"errcode": -1, "errmsg": "system error"}, WechatLoginDown),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, WechatLoginDown),
        (GOOD | {"is_snapshotuser": 1}, SnapshotUser),
        (GOOD | {"is_snapshotuser": "1"}, SnapshotUser),
        (b"<html>maintenance</html>", WechatLoginDown),
        (b"", WechatLoginDown),
        (b"\xff\xfe", WechatLoginDown),
        ([], WechatLoginDown),
        ({}, WechatLoginDown),
        ({"errcode": 1}, WechatLoginDown),
        ({"openid": ""}, WechatLoginDown),
        ({"openid": {"$ne": 1}}, WechatLoginDown),
    ],
)
def test_what_tencent_says_becomes_a_sentence(
    wechat: Settings, tencent: Tencent, body: Any, fault: type[Refusal]
) -> None:
    tencent.answers(body)
    with pytest.raises(fault) as caught:
        come_back(wechat)
    assert caught.value.__cause__ is None and "code been used" not in caught.value.says


@pytest.mark.parametrize(("errcode", "permanent"), [(-1, False), (45011, False), (40125, True)])
def test_it_is_told_whether_waiting_helps(wechat: Settings, tencent: Tencent, errcode: int, permanent: bool) -> None:
    tencent.answers({"errcode": errcode, "errmsg": "x"})
    with pytest.raises(WechatLoginDown) as caught:
        come_back(wechat)
    assert caught.value.permanent is permanent


def test_a_server_error_is_unavailable(wechat: Settings, tencent: Tencent) -> None:
    tencent.answers(GOOD, status=502)
    with pytest.raises(Unavailable):
        come_back(wechat)


def test_silence_ends_at_the_time_out(wechat: Settings, tencent: Tencent) -> None:
    tencent.silent = threading.Event()
    try:
        with pytest.raises(WechatLoginDown):
            come_back(wechat)
    finally:
        tencent.silent.set()


def test_nobody_there_is_unavailable(wechat: Settings) -> None:
    with pytest.raises(WechatLoginDown):
        come_back(wechat.model_copy(update={"wechat_api_url": "http://127.0.0.1:9"}))


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    wechat: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert come_back(wechat) == "o-anna"


def test_a_mini_program_code_gives_its_openid_and_drops_the_key(wechat: Settings, tencent: Tencent) -> None:
    tencent.answers({"openid": "m-anna", "session_key": "secret=="})
    assert code2session(wechat, "js-code") == "m-anna"
    ((path, asked),) = tencent.asked
    assert path == "/sns/jscode2session" and asked["js_code"] == "js-code"


@pytest.mark.parametrize(
    ("errcode", "fault"), [(40029, LoginExpired), (40163, LoginExpired), (40226, Forbidden), (45011, Unavailable)]
)
def test_a_mini_program_is_refused_likewise(
    wechat: Settings, tencent: Tencent, errcode: int, fault: type[Refusal]
) -> None:
    tencent.answers({"errcode": errcode, "errmsg": "x"})
    with pytest.raises(fault):
        code2session(wechat, "js-code")


def test_an_empty_mini_program_code_is_refused_unasked(wechat: Settings, tencent: Tencent) -> None:
    with pytest.raises(LoginExpired):
        code2session(wechat, "")
    assert tencent.asked == []
