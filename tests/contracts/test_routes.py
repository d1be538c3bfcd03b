"""Every route says who may call it; what is WeChat's or this machine's is closed to others; every form has its token."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend import create_app
from backend.config import Settings
from backend.db import db
from backend.web import PAGE_TOO_OLD, limiter
from tests.contracts.callers import EVERY, EVERY_SANDBOX, ROUTES, SANDBOX, WECHAT
from tests.factories import write_knowledge

REAL_ACCOUNT = {
    "wechat_app_id": "wx0123456789abcdef",
    "wechat_app_secret": "x" * 32,
    "wechat_token": "a-token",
    "secret_key": "s" * 40,
}
CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


@pytest.fixture(scope="module")
def sandbox_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    limiter.enabled = False
    yield _app(tmp_path_factory.mktemp("sandbox"), {"wechat_app_id": ""})
    limiter.enabled = True


@pytest.fixture(scope="module")
def real_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    limiter.enabled = False
    yield _app(tmp_path_factory.mktemp("real"), REAL_ACCOUNT)
    limiter.enabled = True


def _app(folder: Path, account: dict[str, Any]) -> Flask:
    """Return an application with its tables: the callback's sweeper looks into them."""
    folders = {"data_dir": folder / "data", "knowledge_dir": write_knowledge(folder / "knowledge")}
    app = create_app(Settings(_env_file=None, **folders, log_level="ERROR", **account))  # type: ignore[call-arg]
    with app.app_context():
        db.create_all()
    return app


def routes_of(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_says_who_may_call_it(sandbox_app: Flask) -> None:
    assert routes_of(sandbox_app) == {rule: set(methods) for rule, methods in (ROUTES | SANDBOX).items()}


def test_with_a_real_account_the_sandbox_is_not_there(real_app: Flask) -> None:
    assert routes_of(real_app) == {rule: set(methods) for rule, methods in ROUTES.items()}


def address_of(rule: str) -> str:
    """Return an address the rule matches; nothing need be there."""
    return CONVERTER.sub(lambda part: "1" if part[1] == "int" else "0123456789abcdef0123456789abcdef", rule)


@pytest.mark.parametrize(("rule", "method"), [each[:2] for each in EVERY_SANDBOX])
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


@pytest.mark.parametrize(("rule", "method"), [each[:2] for each in EVERY if each[2] is WECHAT])
def test_what_is_for_wechat_is_refused_without_its_signature(real_app: Flask, rule: str, method: str) -> None:
    response = real_app.test_client().open(rule, method=method, data="<xml/>", query_string={"echostr": "1"})
    assert response.status_code == 403


@pytest.mark.parametrize("rule", [rule for rule, method, who in EVERY if method == "POST" and who.csrf])
@pytest.mark.parametrize("token", [None, "made-up"], ids=["no token", "a made-up token"])
def test_a_form_without_the_token_of_our_own_page_is_refused(real_app: Flask, rule: str, token: str | None) -> None:
    """Before anything else is asked: nobody is logged in here, and still it is the token that is missing."""
    data = {"csrf_token": token} if token else {}
    response = real_app.test_client().post(address_of(rule), data=data, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.get_json()["message"] == PAGE_TOO_OLD
