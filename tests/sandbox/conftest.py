"""The sandbox with a clock that is set and an account that answers what the test says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.config import Settings
from backend.sandbox.caller import Answer, Caller, Late
from backend.sandbox.credentials import provide
from backend.sandbox.envelope import ACCOUNT_ID, Account, Envelope, sign
from backend.sandbox.messages import Act, Fields, How, Kind, to_xml
from backend.sandbox.platform import Platform
from backend.sandbox.store import Store
from backend.sandbox.views import init_sandbox
from backend.web import init_web

HOME = "http://127.0.0.1:9"
OPENID = "oSandbox" + "a1" * 10
NOTICES = """
wechat_templates:
  progress: {template_id: T-1, subscription_id: S-1}
notices:
  phone-code: {sms: {zh: {template: SMS_1, text: "验证码{code}，5分钟内有效。"}, en: {template: SMS_2, text: "Code {code}."}}}
  done: {sms: {zh: {template: SMS_3, text: "您的申请已办结。"}}}
"""


@dataclass
class SetClock:
    """Time stands still until somebody sleeps."""

    time: float = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class StandIn:
    """An account in place of HTTP: what `answer` gives after `takes_seconds`; keeps what it was sent."""

    clock: SetClock
    answer: Callable[[Envelope], Answer]
    takes_seconds: float = 0.01
    got: list[Envelope] = field(default_factory=list)

    def post(self, address: str, envelope: Envelope, timeout_seconds: float) -> Answer:
        self.got.append(envelope)
        self.clock.sleep(min(self.takes_seconds, timeout_seconds))
        if self.takes_seconds >= timeout_seconds:
            raise Late
        return self.answer(envelope)


class AtHome(FlaskClient):
    """A browser that calls the site by the address the settings give it."""

    def open(self, *args: Any, **more: Any) -> Any:
        return super().open(*args, **({"base_url": HOME} | more))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return provide(Settings(_env_file=None, data_dir=tmp_path, public_url=HOME))  # nobody listens there


@pytest.fixture
def account(settings: Settings) -> Account:
    return Account.of(settings)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def platform(tmp_path: Path, account: Account, clock: SetClock) -> Platform:
    return Platform(Store(tmp_path / "rules.sqlite"), account, clock)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "machines.sqlite")


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    """What an account has had approved: two texts, one template of each sort."""
    path = tmp_path / "notices.yaml"
    path.write_text(NOTICES, encoding="utf-8")
    return path


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    app = Flask("backend", static_folder=None)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_STORAGE_URI="memory://")  # the sandbox has a guard of its own
    init_web(app)
    init_sandbox(app, settings)
    app.test_client_class = AtHome
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "application/json"
    return client


def make_act(kind: Kind = Kind.TEXT, text: str = "身份证过期了怎么办", **more: object) -> Act:
    return Act.model_validate({"openid": OPENID, "kind": kind, "text": text, **more})


def reply_to(text: str, **changes: str) -> Fields:
    fields: Fields = {"ToUserName": OPENID, "FromUserName": ACCOUNT_ID, "CreateTime": 1}
    return {**fields, "MsgType": "text", "Content": text, **changes}


def sealed(account: Account, plain: str) -> str:
    """Return a reply as an account in safe mode writes it."""
    encrypted = account.cipher.encrypt(plain, account.app_id).decode()
    signature = sign(account.token, "123", "nonce", encrypted)
    return to_xml({"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": 123, "Nonce": "nonce"})


def make_caller(account: Account, clock: SetClock, body: str, *, status: int = 200, takes: float = 0.01) -> Caller:
    transport = StandIn(clock, lambda envelope: Answer(status, body), takes)
    return Caller("http://127.0.0.1:1/wechat", account, clock, transport)


def outcomes(caller: Caller, fields: Fields, how: How | None = None) -> list[str]:
    return [call.outcome for call in caller.deliver(fields, how or How())]
