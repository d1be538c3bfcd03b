"""What every page shares: request ids, one shape of error, health, safe headers."""

import secrets
from typing import Any

import structlog
from flask import Blueprint, Flask, Request, Response, g, jsonify, render_template, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from .db import db
from .errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany, Unavailable
from .house import house

log = structlog.get_logger()
health = Blueprint("health", __name__)
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="fixed-window")

STATUS: dict[type[Refusal], int] = {
    Invalid: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}
SAYS = {
    400: "请求的内容有误，请返回重试。",
    404: "没有这个页面。",
    405: "不能这样打开这个页面。",
    413: "提交的内容太大了。",
    429: "操作太频繁，请稍后再试。",
}
PAGE_TOO_OLD = "页面打开得太久，请刷新后再提交；填过的内容还在。 Please reload the page and submit again."
CONSOLE = "/console"
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie; who brings none (WeChat's callbacks) costs no key to be derived.

    Officers' pages have a cookie of their own: in one browser neither login disturbs the other.
    """

    def get_cookie_name(self, app: Flask) -> str:
        return "officer" if _at_console() else super().get_cookie_name(app)

    def get_cookie_path(self, app: Flask) -> str:
        return CONSOLE if _at_console() else super().get_cookie_path(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def _at_console() -> bool:
    return request.path == CONSOLE or request.path.startswith(f"{CONSOLE}/")


class Application(Flask):
    """Flask with one rule more: what a view has changed is committed once, when it has returned."""

    def dispatch_request(self) -> Any:
        answer = super().dispatch_request()
        if db.session.registry.has():
            db.session.commit()
        return answer


def init_web(app: Flask) -> None:
    app.session_interface = Sessions()
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_name_request)
    app.after_request(_safe_headers)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(CSRFError, _not_from_our_page)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.register_blueprint(health)


def _name_request() -> None:
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _safe_headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", POLICY)
    return response


def error_response(status: int, code: str, says: str) -> tuple[Any, int]:
    """Return the error as JSON or as a page, whichever the caller asked for.

    JSON: `{"ok": false, "code": …, "message": …, "request_id": …}`.
    """
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        body = {"ok": False, "code": code, "message": says, "request_id": g.get("request_id", "")}
        return jsonify(body), status
    return render_template("error.html", status=status, says=says, request_id=g.get("request_id", "")), status


def _roll_back() -> None:
    if db.session.registry.has():
        db.session.rollback()


def _overtaken(fault: Exception) -> Any:
    """Two acted at once: the database let one of them through."""
    log.info("overtaken", path=request.path, fault=type(fault).__name__)
    return _refused(Conflict())


def _database_busy(fault: Exception) -> Any:
    log.error("database_busy", path=request.path, exc_info=fault)
    return _refused(Unavailable())


def _not_from_our_page(_: CSRFError) -> Any:
    return _refused(Invalid(PAGE_TOO_OLD))


def _refused(fault: Refusal) -> Any:
    _roll_back()
    status = next((s for kind, s in STATUS.items() if isinstance(fault, kind)), 400)
    return error_response(status, fault.code, fault.says)


def _http(fault: HTTPException) -> Any:
    _roll_back()
    status = fault.code or 500
    if status < 400:
        return fault
    return error_response(status, f"http_{status}", SAYS.get(status, "这个请求办不了。"))


def _broken(fault: Exception) -> Any:
    _roll_back()
    log.error("request_failed", path=request.path, exc_info=fault)
    return error_response(500, "broken", "系统出了点问题，我们已经记下。请稍后再试。")


@health.get("/healthz")
def healthz() -> Any:
    """The process answers."""
    return jsonify(ok=True)


@health.get("/readyz")
def readyz() -> Any:
    """The process can serve: the database is reachable and a catalogue is loaded."""
    checks = {"database": _database_answers(), "knowledge": bool(house().catalogue.current.matters)}
    body = {"ok": all(checks.values()), **checks, "knowledge_faults": len(house().catalogue.faults)}
    return jsonify(body), 200 if body["ok"] else 503


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except Exception:  # any driver's fault means the same here: not ready
        log.warning("database_unreachable", exc_info=True)
        return False
    return True
