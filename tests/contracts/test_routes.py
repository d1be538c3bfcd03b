"""Who may call what. A route that is not in these tables fails: say first who may call it."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend import create_app
from backend.config import Settings
from backend.db import db

ANYONE, WECHAT, THIS_MACHINE = "anyone", "WeChat, by its signature", "this machine only"
GET, POST = {"GET"}, {"POST"}

# rule → methods (HEAD and OPTIONS go with GET) and callers
OPEN = {
    "/": (GET, ANYONE),
    "/search": (GET, ANYONE),
    "/c/<category>": (GET, ANYONE),
    "/m/<matter_id>": (GET, ANYONE),
    "/portal/static/<path:filename>": (GET, ANYONE),
    "/portal/vendor/<name>": (GET, ANYONE),
    "/healthz": (GET, ANYONE),
    "/readyz": (GET, ANYONE),
    "/wechat": (GET | POST, WECHAT),
}
SANDBOX = {
    "/sandbox": (GET, THIS_MACHINE),
    "/sandbox/citizen": (POST, THIS_MACHINE),
    "/sandbox/do": (POST, THIS_MACHINE),
    "/sandbox/news": (GET, THIS_MACHINE),
    "/sandbox/resend": (POST, THIS_MACHINE),
    "/sandbox/static/<path:filename>": (GET, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/<path:name>": (GET | POST, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/menu/create": (POST, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/menu/delete": (GET, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/menu/get": (GET, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/message/custom/send": (POST, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/message/custom/typing": (POST, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/stable_token": (POST, THIS_MACHINE),
    "/sandbox/tencent/cgi-bin/token": (GET, THIS_MACHINE),
}
CALLS = [(rule, method) for rule, (methods, _) in (OPEN | SANDBOX).items() for method in sorted(methods)]
REAL_ACCOUNT = {
    "wechat_app_id": "wx0123456789abcdef",
    "wechat_app_secret": "x" * 32,
    "wechat_token": "a-token",
    "secret_key": "s" * 40,
}


@pytest.fixture
def sandbox_app(tmp_path: Path, knowledge: Path) -> Flask:
    return _app(tmp_path, knowledge, {"wechat_app_id": ""})


@pytest.fixture
def real_app(tmp_path: Path, knowledge: Path) -> Flask:
    return _app(tmp_path, knowledge, REAL_ACCOUNT)


def _app(folder: Path, knowledge: Path, account: dict[str, Any]) -> Flask:
    """Return an application with its tables: the callback's sweeper looks into them."""
    app = create_app(
        Settings(_env_file=None, data_dir=folder / "data", knowledge_dir=knowledge, log_level="ERROR", **account)
    )
    with app.app_context():
        db.create_all()
    return app


def routes_of(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_says_who_may_call_it(sandbox_app: Flask) -> None:
    assert routes_of(sandbox_app) == {rule: methods for rule, (methods, _) in (OPEN | SANDBOX).items()}


def test_with_a_real_account_the_sandbox_is_not_there(real_app: Flask) -> None:
    assert routes_of(real_app) == {rule: methods for rule, (methods, _) in OPEN.items()}


def address_of(rule: str) -> str:
    return rule.replace("<path:filename>", "sandbox.css").replace("<path:name>", "media/upload")


@pytest.mark.parametrize(("rule", "method"), [c for c in CALLS if (OPEN | SANDBOX)[c[0]][1] == THIS_MACHINE])
@pytest.mark.parametrize(
    "stranger",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"base_url": "http://phone.example.org"},
    ],
    ids=["from elsewhere", "through a proxy", "by another name"],
)
def test_what_is_for_this_machine_is_not_there_for_others(
    sandbox_app: Flask, rule: str, method: str, stranger: dict[str, Any]
) -> None:
    response = sandbox_app.test_client().open(address_of(rule), method=method, json={}, **stranger)
    assert response.status_code == 404


@pytest.mark.parametrize(("rule", "method"), [c for c in CALLS if (OPEN | SANDBOX)[c[0]][1] == WECHAT])
def test_what_is_for_wechat_is_refused_without_its_signature(real_app: Flask, rule: str, method: str) -> None:
    response = real_app.test_client().open(rule, method=method, data="<xml/>", query_string={"echostr": "1"})
    assert response.status_code == 403
