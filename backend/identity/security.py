"""Officers' login: Flask-Security-Too, set up for 警号, argon2 and an authenticator.

It makes no accounts and resets nothing by itself: `flask officers` does. The pages lie in
the console's templates.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask, abort, session
from flask_limiter import Limiter
from flask_security import Security, SQLAlchemyUserDatastore, user_authenticated
from flask_security.totp import Totp
from passlib.exc import TokenError
from passlib.totp import TotpMatch
from sqlalchemy import update

from ..clock import utc_now
from ..db import db
from ..vault import derive
from . import audit
from .lockout import clear_failures
from .login_forms import OfficerAgain, OfficerCode, OfficerLogin
from .models import Officer, Role
from .officers import PASSWORD_CHARACTERS, normal_username

PREFIX = "/console"
LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)
FRESH = timedelta(minutes=30)
SEEN_EVERY_SECONDS = 60  # a cookie is not sent anew with every page
CODE_SECONDS = 30  # a code before and after the present one is good: clocks differ
_SINCE, _SEEN = "officer_since", "officer_seen"
FAILURES_PER_ADDRESS = "20 per minute; 100 per hour"  # a station's officers share an address
# Of what Flask-Security brings; the rest is answered 404, for keys come from `flask officers` alone.
GUARDED = ("security.login", "security.two_factor_token_validation", "security.verify")
OFFERED = (*GUARDED, "security.logout")
MESSAGES = {
    "UNAUTHENTICATED": ("请先登录。", "error"),
    "UNAUTHORIZED": ("您没有权限这样做。", "error"),
    "TWO_FACTOR_INVALID_TOKEN": ("动态码不对，或者已经用过，请等下一个。", "error"),
    "TWO_FACTOR_PERMISSION_DENIED": ("请先输入警号和密码。", "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("已登录。", "success"),
    "REAUTHENTICATION_REQUIRED": ("这一步要再输一次密码。", "error"),
    "REAUTHENTICATION_SUCCESSFUL": ("已确认。", "success"),
    "PASSWORD_NOT_PROVIDED": ("请填写密码。", "error"),
    "INVALID_PASSWORD": ("密码不对。", "error"),
}


def init_security(app: Flask, limiter: Limiter) -> None:
    """Set up the officers' login. CSRFProtect must be there already; the secret key is set."""
    for name, value in _settings(app.config["SECRET_KEY"]).items():
        app.config.setdefault(f"SECURITY_{name}", value)
    app.config.setdefault("SESSION_PROTECTION", "strong")
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Officer, Role),
        login_form=OfficerLogin,
        verify_form=OfficerAgain,
        two_factor_verify_code_form=OfficerCode,
        totp_cls=OncePerCode,
    )
    security.want_json(lambda _: False)
    user_authenticated.connect(_came_in, app)
    _end_old_sessions(app)
    views: dict[str, Any] = app.view_functions
    for name in GUARDED:
        views[name] = _limited(limiter, views[name])
    for name in [n for n in views if n.startswith("security.") and n not in OFFERED]:
        views[name] = _not_here


@cache
def _limited(limiter: Limiter, view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the view that answers an address no longer after too many failures; a success redirects.

    Once for all applications of a process: the limiter adds up the limits of a name.
    """
    failed = limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=lambda answer: answer.status_code == 200)
    return failed(view)


def _settings(secret: str) -> dict[str, Any]:
    return {
        "URL_PREFIX": PREFIX,
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
        "POST_LOGIN_VIEW": PREFIX,
        "POST_LOGOUT_VIEW": f"{PREFIX}/login",
        "LOGOUT_METHODS": ["POST"],
        "LOGIN_USER_TEMPLATE": "security/officer_login.html",
        "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "security/officer_code.html",
        "VERIFY_TEMPLATE": "security/officer_again.html",
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": normal_username, "case_insensitive": True}}],
        "JOIN_USER_ROLES": False,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],
        "PASSWORD_SALT": derive(secret, "officers' passwords").hex(),
        "PASSWORD_LENGTH_MIN": PASSWORD_CHARACTERS,
        "API_ENABLED_METHODS": ["session"],
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": True,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_SECONDS,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": derive(secret, "officers' second factors").hex()},
        "TOTP_ISSUER": "智慧e警务",
    } | {f"MSG_{name}": message for name, message in MESSAGES.items()}


class OncePerCode(Totp):
    """An authenticator's code is good once, whichever of two processes sees it first."""

    def get_last_counter(self, user: Any) -> int | None:
        return int(user.tf_last_counter)

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Raise TokenError, a wrong code to Flask-Security, where another request was first."""
        used = update(Officer).where(Officer.id == user.id, Officer.tf_last_counter < tmatch.counter)
        used = used.values(tf_last_counter=tmatch.counter).execution_options(synchronize_session=False)
        if db.session.execute(used).rowcount != 1:  # type: ignore[attr-defined]
            raise TokenError


def _came_in(_: Flask, user: Officer, **__: Any) -> None:
    session[_SINCE] = session[_SEEN] = int(utc_now().timestamp())
    clear_failures(user)
    audit.record(user.actor(), "officer.login", f"officer:{user.id}")


def _end_old_sessions(app: Flask) -> None:
    """Let Flask-Login find nobody in a session that is too old or lay idle, nor in a token of any kind."""
    manager = app.extensions["security"].login_manager
    load = manager._user_callback

    def load_fresh(user_id: str) -> Officer | None:
        now = int(utc_now().timestamp())
        since, seen = session.get(_SINCE, 0), session.get(_SEEN, 0)
        if now - since >= LONGEST.total_seconds() or now - seen >= IDLE.total_seconds():
            return None
        if now - seen >= SEEN_EVERY_SECONDS:
            session[_SEEN] = now
        found: Officer | None = load(user_id)
        return found

    manager.user_loader(load_fresh)
    manager.request_loader(lambda _: None)


def _not_here(**_: Any) -> None:
    abort(404)
