"""The blueprint, and who sits at the desk."""

import re
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, request
from flask_security import current_user

from ..cases.errors import NoSuchCase
from ..cases.service import Case, can_see, get_case
from ..clock import utc_now
from ..house import house
from ..identity.service import Officer

console = Blueprint(
    "console",
    __name__,
    url_prefix="/console",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
NUMBER = re.compile(r"[A-Za-z0-9-]{1,20}")
WITH_PHOTO = ("console.hold_the_visit",)
BESIDE_PHOTO_BYTES = 512 * 1024  # the other fields of the same form


def officer_at_work() -> Officer:
    """Return who is logged in; routes declare `auth_required`, so there is somebody."""
    return cast(Officer, current_user._get_current_object())


def now() -> datetime:
    """Return the present moment, one place for tests to set it."""
    return utc_now()


def case_in_sight(number: str) -> Case:
    """Return the case for an officer who may see it; for all others there is none. Raise NoSuchCase."""
    if not NUMBER.fullmatch(number):
        raise NoSuchCase
    case = get_case(number)
    if not can_see(officer_at_work(), case):
        raise NoSuchCase
    return case


@console.url_value_preprocessor
def _let_photos_in(endpoint: str | None, _: dict[str, Any] | None) -> None:
    """Allow larger bodies where a photo comes. Here, since the form is first read by the check against CSRF."""
    if endpoint in WITH_PHOTO:
        request.max_content_length = house().settings.files_max_bytes + BESIDE_PHOTO_BYTES


@console.after_request
def _keep_nothing(response: Response) -> Response:
    """Nobody's data stay in a browser's memory, nor on its way there."""
    if request.endpoint != "console.static":
        response.cache_control.no_store = True
        response.headers["X-Robots-Tag"] = "noindex"
    return response
