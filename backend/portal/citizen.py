"""Which citizen is at work: the session's, for twelve hours; pages that need one send everybody else to WeChat."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Response, redirect, request, session, url_for

from .. import clock
from ..db import db
from ..errors import Forbidden
from ..identity.models import Citizen

KEY = "citizen"  # beside what the officers' login keeps in the same cookie
LONGEST = timedelta(hours=12)
HOME = "/my"
PATH_CHARACTERS = 300


class SignedOut(Forbidden):
    """The session has ended. What scripts cannot follow a redirection for."""

    code = "portal.signed_out"
    says = "登录已经过期，请重新进入页面；填过的内容还在。 Please open the page again; what you entered is kept."


def log_in(citizen: Citizen) -> None:
    session[KEY] = {"id": citizen.id, "since": int(clock.utc_now().timestamp())}


def log_out() -> None:
    session.pop(KEY, None)


def find_citizen() -> Citizen | None:
    """Return who is logged in in this browser, None where nobody is or it is too long ago."""
    kept = session.get(KEY)
    if not isinstance(kept, dict):
        return None
    age = clock.utc_now().timestamp() - kept["since"]
    return db.session.get(Citizen, kept["id"]) if 0 <= age < LONGEST.total_seconds() else None


def needs_citizen(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give the view the citizen as its first argument; without one the way leads through WeChat and back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        citizen = find_citizen()
        return view(citizen, *args, **kwargs) if citizen else _to_login()

    return guarded


def by_citizen() -> str:
    """Return whom a limit of rate counts: the citizen, else the address."""
    kept = session.get(KEY)
    return f"citizen:{kept['id']}" if isinstance(kept, dict) else (request.remote_addr or "")


def own_path(path: str | None) -> str:
    """Return `path` where it is one of our own pages, else the citizen's home: nobody is led elsewhere."""
    if not path or len(path) > PATH_CHARACTERS or not path.startswith("/") or "\\" in path or not path.isprintable():
        return HOME
    try:
        parts = urlsplit(path)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc or path.startswith("//") else path


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _to_login() -> Any:
    if request.headers.get("HX-Request"):
        back = own_path(urlsplit(request.headers.get("HX-Current-URL", "")).path)
        return Response(headers={"HX-Redirect": url_for("login.start", next=back)})
    if wants_json():
        raise SignedOut
    back = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path
    return redirect(url_for("login.start", next=own_path(back)))
