"""Login through WeChat, and where it leads."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.identity.errors import LoginExpired, SnapshotUser
from backend.portal import login as login_views
from backend.portal.citizen import own_path
from tests.cast import open_house

HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
def openid(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What WeChat answers, in turn: an openid or a fault. The state is compared as ever."""
    answers: list[object] = []

    def finish(_: object, *, code: str, state: str, expected_state: str | None) -> str:
        if not code or state != expected_state:
            raise LoginExpired
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    monkeypatch.setattr(login_views, "finish_login", finish)
    return answers


def go(client: FlaskClient, back_to: str = "/stay") -> str:
    """Walk to WeChat; return the state it would bring back."""
    response = client.get(f"/login?next={back_to}", headers=HTML)
    assert response.status_code == 302
    query = parse_qs(urlsplit(response.location).query)
    assert query["scope"] == ["snsapi_base"] and query["redirect_uri"][0].endswith("/login/wechat/back")
    return query["state"][0]


def test_a_page_that_needs_a_citizen_leads_through_wechat_and_back(app: Flask, openid: list[object]) -> None:
    client = app.test_client()
    openid.append("o-new")
    first = client.get("/stay", headers=HTML)
    assert first.location == "/login?next=/stay"
    back = client.get(f"/login/wechat/back?code=c&state={go(client)}", headers=HTML)
    assert back.location == "/stay"
    assert "Register where you stay" in client.get("/stay", headers=HTML).get_data(as_text=True)


def test_somebody_elses_link_logs_nobody_in(app: Flask, openid: list[object]) -> None:
    openid += ["o-attacker", "o-attacker"]
    attacker, victim = app.test_client(), app.test_client()
    state = go(attacker)
    victim.get(f"/login/wechat/back?code=c&state={state}", headers=HTML)
    assert victim.get("/my", headers=HTML).status_code == 302


def test_a_code_used_twice_starts_anew_once_and_then_says_so(app: Flask, openid: list[object]) -> None:
    openid += [LoginExpired(), LoginExpired()]
    client = app.test_client()
    first = client.get(f"/login/wechat/back?code=c&state={go(client)}", headers=HTML)
    assert first.location == "/login?next=/stay"
    second = client.get(f"/login/wechat/back?code=c&state={go(client)}", headers=HTML)
    assert second.status_code == 400 and "Please open the page again" in second.get_data(as_text=True)


def test_wechats_snapshot_is_told_apart(app: Flask, openid: list[object]) -> None:
    openid.append(SnapshotUser())
    client = app.test_client()
    response = client.get(f"/login/wechat/back?code=c&state={go(client)}", headers=HTML)
    assert response.status_code == 403 and "使用完整服务" in response.get_data(as_text=True)


def test_logging_in_again_changes_the_person(app: Flask, openid: list[object]) -> None:
    openid += ["o-one", "o-two"]
    client = app.test_client()
    seen = []
    for _ in range(2):
        client.get(f"/login/wechat/back?code=c&state={go(client)}", headers=HTML)
        with client.session_transaction() as session:
            seen.append(session["citizen"]["id"])
    assert seen[0] != seen[1]


def test_leaving_ends_the_citizens_session_only(app: Flask, openid: list[object]) -> None:
    client = app.test_client()
    openid.append("o-one")
    client.get(f"/login/wechat/back?code=c&state={go(client)}", headers=HTML)
    with client.session_transaction() as session:
        session["other"] = "stays"
    client.post("/logout")
    assert client.get("/my", headers=HTML).status_code == 302
    with client.session_transaction() as session:
        assert session["other"] == "stays" and "citizen" not in session


@pytest.mark.parametrize(
    ("path", "led"),
    [
        ("/stay", "/stay"), ("/stay/abc?check=1", "/stay/abc?check=1"), ("https://evil.example", "/my"),
        ("//evil.example", "/my"), ("/\\evil.example", "/my"), ("javascript:alert(1)", "/my"), ("", "/my"),
        (None, "/my"), ("/a\r\nSet-Cookie: x=1", "/my"), ("/" + "a" * 400, "/my"), ("stay", "/my"), ("///e", "/my"),
    ],
)  # fmt: skip
def test_only_our_own_pages_are_led_to(path: str | None, led: str) -> None:
    assert own_path(path) == led


def test_outside_wechat_the_page_says_so_and_shows_its_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    real = {
        "wechat_app_id": "wx0123456789abcdef", "wechat_app_secret": "x" * 32, "wechat_token": "t",
        "secret_key": "s" * 40, "files_master_key": "A" * 43 + "=", "public_url": "https://police.example.org",
    }  # fmt: skip
    app = open_house(tmp_path_factory.mktemp("real"), **real)
    client = app.test_client()
    page = client.get("/login?next=/stay", headers=HTML, base_url="https://police.example.org").get_data(as_text=True)
    assert "Please open this in WeChat" in page and "<svg" in page and "https://police.example.org/stay" in page
    inside = HTML | {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"}
    there = client.get("/login?next=/stay", headers=inside, base_url="https://police.example.org")
    assert re.match(r"https://open\.weixin\.qq\.com/connect/oauth2/authorize\?appid=wx0123456789abcdef", there.location)
