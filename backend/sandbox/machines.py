"""All providers' machines in one process, and how they fail: for the routes that servers call."""

import threading
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, current_app, g, request

from ..clock import Clock
from ..config import Settings
from .caller import Caller
from .cards import Cards
from .envelope import Account
from .failing import Failing
from .guard import ensure_no_browser, ensure_this_machine
from .media import Album
from .messages import Fields
from .oauth import Logins
from .platform import Platform, TencentSays
from .sms import AliyunSays, SmsGateway
from .store import Store
from .templates import Approved

KEY = "sandbox_machines"
SLOW_SECONDS = {"wechat": 6.0, "sms": 10.0}  # longer than the account waits for either
api = Blueprint("sandbox_api", __name__, url_prefix="/sandbox")
api.before_request(ensure_this_machine)
api.before_request(ensure_no_browser)


@dataclass(frozen=True)
class Machines:
    """What Tencent and the telephone company run."""

    store: Store
    clock: Clock
    platform: Platform
    cards: Cards
    album: Album
    logins: Logins
    sms: SmsGateway
    failing: Failing
    sms_key_id: str


def make_machines(settings: Settings, store: Store, caller: Caller, clock: Clock) -> Machines:
    account, failing = Account.of(settings), Failing(store)
    approved = Approved(settings.knowledge_dir / "notices.yaml")
    platform = Platform(store, account, clock)

    def report(fields: Fields) -> None:
        """The receipt comes after the answer, as Tencent's does."""
        threading.Thread(target=caller.tell, args=(fields,), daemon=True).start()

    return Machines(
        store=store,
        clock=clock,
        platform=platform,
        cards=Cards(store, platform, approved, failing, clock, report),
        album=Album(store, clock, settings.public_url),
        logins=Logins(store, account, clock, settings.public_url),
        sms=SmsGateway(store, approved, failing, clock),
        failing=failing,
        sms_key_id=settings.sms_access_key_id,
    )


def machines(app: Flask | None = None) -> Machines:
    return (app or current_app).extensions[KEY]  # type: ignore[no-any-return]


@api.before_request
def _fail() -> Response | None:
    """Fail as the panel says, before anything is done; "slow" does it and answers late."""
    provider = "sms" if request.path.startswith("/sandbox/sms") else "wechat"
    refusing = ("busy", "refusing") if "/message/" in request.path else ("busy",)
    modes = ("limit", "wrong-number") if provider == "sms" else refusing
    mode = machines().failing.take(provider, "slow", "down", *modes)
    if mode == "slow":
        g.sandbox_slow = SLOW_SECONDS[provider]
        return None
    return _failed(mode) if mode else None


def _failed(mode: str) -> Response:
    match mode:
        case "busy":
            raise TencentSays(-1, "system error")
        case "refusing":
            raise TencentSays(48001, "api unauthorized")
        case "limit":
            raise AliyunSays("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1")
        case "wrong-number":
            raise AliyunSays("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
        case _:
            status = 503 if request.path.startswith("/sandbox/sms") else 502
            return Response("<html><body>Bad Gateway</body></html>", status, mimetype="text/html")


@api.after_request
def _answer_late(response: Response) -> Response:
    if "sandbox_slow" in g:
        machines().clock.sleep(g.sandbox_slow)
    return response
