"""A Tencent that calls the application, and a small application with the account alone."""

import json
import secrets
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import structlog
import xmltodict
from flask import Flask
from flask.testing import FlaskClient
from wechatpy.crypto import WeChatCrypto
from werkzeug.test import TestResponse

from backend.config import Settings
from backend.consult.reply import Reply
from backend.db import db, init_db
from backend.house import KEY, House
from backend.matters.bureau import Bureau
from backend.sealed import init_sealed
from backend.wechat.cipher import sign
from backend.wechat.service import SUCCESS
from backend.wechat.views import init_wechat

APP_ID, TOKEN = "wx0123456789abcdef", "a-token-of-the-tests"
OPENID, ACCOUNT_NAME = "oCitizen_of-the-tests_000001", "gh_0123456789ab"
AES_KEY, OTHER_AES_KEY = "k" * 42 + "A", "p" * 42 + "A"


@contextmanager
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """Gather what is logged at any level, before anything is withheld."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    try:
        with structlog.testing.capture_logs() as events:
            yield events
    finally:
        structlog.configure(wrapper_class=before)


class StandInConsultant:
    """Answers with the question turned round, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.forgotten: list[str] = []
        self.answers: Callable[[str], str] = lambda question: f"答：{question}"

    def answer(self, question: str, *, who: str) -> Reply:
        self.asked.append((question, who))
        text = self.answers(question)
        return Reply(question, "zh", "matter", text, text, matter="id-card-lost", aspect="materials")

    def answer_matter(self, matter_id: str, *, who: str) -> Reply:
        self.asked.append((matter_id, who))
        return Reply("", "zh", "matter", f"概况：{matter_id}", "", matter=matter_id, aspect="overview")

    def forget(self, *, who: str) -> None:
        self.forgotten.append(who)


class SetClock:
    """The machine's time plus what a test adds; sleeping takes none of ours."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass
class Tencent:
    """Calls the application as WeChat does."""

    client: FlaskClient
    clock: SetClock
    aes_key: str = AES_KEY
    app_id: str = APP_ID
    message_id: int = field(default=7_000_000)

    @property
    def crypto(self) -> WeChatCrypto:
        return WeChatCrypto(TOKEN, self.aes_key, self.app_id)

    def fields(self, kind: str = "text", **more: Any) -> dict[str, Any]:
        """Return a message's fields, a new one each time."""
        self.message_id += 1
        base = {"ToUserName": ACCOUNT_NAME, "FromUserName": OPENID, "CreateTime": int(self.clock.now())}
        if kind != "event":
            base |= {"MsgId": self.message_id}
        return base | {"MsgType": kind} | more

    def query(self, encrypted: str | None = None, **changed: Any) -> dict[str, Any]:
        stamp, nonce = str(int(self.clock.now())), secrets.token_hex(5)
        query = {"timestamp": stamp, "nonce": nonce, "signature": sign(TOKEN, stamp, nonce)}
        if encrypted is not None:
            query |= {"encrypt_type": "aes", "msg_signature": sign(TOKEN, stamp, nonce, encrypted)}
        return query | changed

    def encrypt(self, clear: str) -> str:
        sealed = self.crypto.encrypt_message(clear, "n", "1")
        return str(xmltodict.parse(sealed)["xml"]["Encrypt"])

    def post(self, body: bytes | str, query: dict[str, Any], **more: Any) -> TestResponse:
        return self.client.post("/wechat", data=body, query_string=query, **more)

    def send_clear(self, clear: str) -> TestResponse:
        """Send a message's text in safe mode."""
        encrypted = self.encrypt(clear)
        body = f"<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return self.post(body, self.query(encrypted))

    def send(self, fields: dict[str, Any]) -> TestResponse:
        return self.send_clear(xml_of(fields))

    def send_json(self, fields: dict[str, Any]) -> TestResponse:
        encrypted = self.encrypt(json.dumps(fields))
        return self.post(json.dumps({"ToUserName": "x", "Encrypt": encrypted}), self.query(encrypted))

    def read(self, response: TestResponse) -> dict[str, Any]:
        """Return the reply's fields, its signature checked; {} for `success`."""
        assert response.status_code == 200
        body = response.get_data(as_text=True)
        if body == SUCCESS:
            return {}
        sealed = json.loads(body) if body.startswith("{") else xmltodict.parse(body)["xml"]
        stamp = str(sealed["TimeStamp"])
        clear = self.crypto.decrypt_message(sealed, sealed["MsgSignature"], stamp, sealed["Nonce"])
        return dict(json.loads(clear) if clear.startswith("{") else xmltodict.parse(clear)["xml"])

    def said(self, fields: dict[str, Any]) -> str:
        """Send a message and return the text of the reply; "" for `success`."""
        return str(self.read(self.send(fields)).get("Content", ""))


def xml_of(fields: dict[str, Any]) -> str:
    """Return a message as WeChat writes it."""
    return "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>" + "".join(_element(n, v) for n, v in value.items()) + f"</{name}>"
    inner = value if isinstance(value, int | float) else f"<![CDATA[{value}]]>"
    return f"<{name}>{inner}</{name}>"


def some_bureau() -> Bureau:
    office = {"address": "某路1号", "hours": "工作日 9:00-17:00", "phone": "0573-0000-0001"}
    offices = [
        {"id": "hall", "sort": "service-hall", "name": {"zh": "办事大厅", "en": "Service hall"}}
        | {"latitude": 30.75, "longitude": 120.78}
        | office,
        {"id": "east", "sort": "station", "name": "城东派出所", "latitude": 30.76, "longitude": 120.90} | office,
    ]
    names = {"name": "某市公安局某区分局", "city": "某市", "district": "某区"}
    short = {"short_name": {"zh": "某区公安", "en": "Some Police"}}
    return Bureau.model_validate(names | short | {"hotlines": [], "offices": offices})


def some_settings(folder: Path, **changed: Any) -> Settings:
    values = {
        "data_dir": folder,
        "knowledge_dir": folder,
        "public_url": "https://police.example.cn",
        "secret_key": "s" * 40,
        "wechat_app_id": APP_ID,
        "wechat_app_secret": "secret-of-the-tests",
        "wechat_token": TOKEN,
        "wechat_aes_key": AES_KEY,
        "wechat_api_url": "http://127.0.0.1:9",
    }
    return Settings(_env_file=None, **(values | changed))


def build_app(settings: Settings, consultant: Any) -> Flask:
    """Return an application with nothing but the account."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    init_db(app)
    init_sealed(app)
    snapshot = SimpleNamespace(
        bureau=some_bureau(), matters={"id-card-lost": object()}, listed={"id-card-lost": object()}
    )
    catalogue: Any = SimpleNamespace(current=snapshot, faults=[])
    home = House(settings, catalogue)
    home.__dict__["consultant"] = consultant  # in place of the one made at first use
    app.extensions[KEY] = home
    init_wechat(app)
    with app.app_context():
        db.create_all()
    return app


@dataclass
class World:
    app: Flask
    tencent: Tencent
    consultant: StandInConsultant
    clock: SetClock
