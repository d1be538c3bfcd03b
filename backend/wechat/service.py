"""The door of the room: one account a process, put together from its parts."""

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from flask import Flask
from wechatpy.messages import BaseMessage

from ..clock import Clock, SystemClock
from ..db import db
from ..house import house
from ..vault import Vault
from . import wording
from .client import Wechat
from .codec import Codec, Opened, Query
from .flights import Flights, process_name
from .logbook import Answer, Logbook
from .messages import Desk
from .parsing import parse_xml
from .push import push_answer
from .token import Tokens

log = structlog.get_logger()
KEY = "epolice.wechat"
SUCCESS = "success"  # tells WeChat: nothing to show, and do not call again
TICK_SECONDS = 1.0
BACKGROUND_THREADS = 4


class Account:
    """The public account. Safe to use from many threads."""

    def __init__(self, app: Flask, clock: Clock):
        self._app = app
        home = house(app)
        settings = home.settings
        self.max_body_bytes = settings.wechat_max_body_bytes
        vault = Vault(settings.secret_key.get_secret_value(), "wechat")
        with app.app_context():
            engine = db.engine
        self.codec = Codec(settings, clock)
        self.wechat = Wechat(settings, Tokens(engine, vault, clock, settings), clock)
        self._desk = Desk(home, vault)
        self.name = process_name()
        self.flights = Flights(
            Logbook(engine, vault, self.name),
            clock,
            self._spawn,
            recompute=self._recompute,
            push=lambda answer: push_answer(self.wechat, answer),
        )
        self._pool = ThreadPoolExecutor(BACKGROUND_THREADS, thread_name_prefix="wechat")
        self._sweeping = threading.Lock()

    def receive(self, query: Query, body: bytes) -> tuple[str, bool]:
        """Return the body to answer WeChat with, and whether it is JSON.

        Raise BadCallback where the callback is not WeChat's. Nothing else is raised: an
        error would show the citizen 该公众号暂时无法提供服务.
        """
        opened = self.codec.open(query, body)
        try:
            text = self._text_for(opened)
            return (self.codec.seal(opened, text), opened.json) if text else (SUCCESS, False)
        except Exception:  # see above; the event says where
            log.error("callback_failed", type=opened.message.type, exc_info=True)
            return SUCCESS, False

    def sweep(self) -> None:
        """Start this process's sweeper, once; it ends with the process."""
        if self._sweeping.acquire(blocking=False):
            threading.Thread(target=self._sweep, name="wechat-sweeper", daemon=True).start()

    def _text_for(self, opened: Opened) -> str | None:
        message = opened.message
        if not self._desk.has_answer(message):
            self._desk.note(message)
            return None
        return self.flights.fly(flight_key(message), opened.xml.encode(), lambda: self._desk.answer(message))

    def _recompute(self, payload: bytes, give_up: bool) -> Answer:
        message = parse_xml(payload.decode())
        return Answer(str(message.source), wording.APOLOGY) if give_up else self._desk.answer(message)

    def _spawn(self, work: Callable[[], None]) -> None:
        self._pool.submit(self._in_context, work)

    def _in_context(self, work: Callable[[], None]) -> None:
        try:
            with self._app.app_context():
                work()
        except Exception:  # the pool would swallow it; a later tick looks at the flight again
            log.error("background_failed", exc_info=True)

    def _sweep(self) -> None:
        pause = threading.Event()
        while not pause.wait(TICK_SECONDS):
            try:
                self.flights.tick()
            except Exception:  # the sweeper must outlive any fault of the database
                log.error("sweep_failed", account=self.name, exc_info=True)


def flight_key(message: BaseMessage) -> str:
    """Return what all calls of one message have in common, and no two messages.

    MsgId alone collided between citizens (binarywang/WxJava#333), and two events can come
    in one second (chanjarster/weixin-java-tools#230), so an event counts with all its fields.
    """
    fields = message._data
    if message.type != "event" and fields.get("MsgId"):
        told = f"{message.source}\n{fields['MsgId']}"
    else:
        told = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def init_account(app: Flask, clock: Clock | None = None) -> None:
    app.extensions[KEY] = Account(app, clock or SystemClock())


def account(app: Flask) -> Account:
    """Return the account of `app`."""
    found: Account = app.extensions[KEY]
    return found
