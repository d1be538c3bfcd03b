"""Who may use the sandbox: people and programs on this very machine.

It hands out what a real account keeps secret, so everybody else is told that there is
nothing here. A foreign page open in the same browser is kept out too: by the Host
(DNS rebinding) and by the origin of what it posts (CSRF).
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from ..errors import Forbidden, NotFound

FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


class NotHere(NotFound):
    code = "sandbox.not_here"
    says = "没有这个页面。"


class ForeignPage(Forbidden):
    code = "sandbox.foreign_page"


def ensure_this_machine() -> None:
    """Raise NotHere for callers from elsewhere, also where a proxy brings them."""
    if any(name in request.headers for name in FORWARDED):
        raise NotHere
    if not (is_loopback(request.remote_addr or "") and is_local_host(request.host)):
        raise NotHere


def ensure_own_page() -> None:
    """Raise ForeignPage for a posting that does not come from the sandbox's own page."""
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if not _beyond_a_form() or site != "same-origin" or (origin and origin != request.host_url.rstrip("/")):
        raise ForeignPage


def _beyond_a_form() -> bool:
    """True for bodies no form can post to us without asking first: JSON, and a picture by itself."""
    return request.is_json or request.mimetype in ("image/jpeg", "image/png")


def ensure_no_browser() -> None:
    """Raise NotHere for browsers: Tencent's API is for servers."""
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        raise NotHere


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def is_local_host(host: str) -> bool:
    """host: as in the Host header, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or is_loopback(name)
