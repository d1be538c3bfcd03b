"""How large a page is written: normal, or the elders' mode (长辈版) with large type and first things first."""

from flask import has_request_context, request

CHOICES = ("0", "1")
COOKIE = "big"


def is_big() -> bool:
    """Return whether the page is for elders: the address's `big`, then the cookie."""
    if not has_request_context():
        return False
    chosen = request.args.get(COOKIE)
    return (chosen if chosen in CHOICES else request.cookies.get(COOKIE)) == "1"
