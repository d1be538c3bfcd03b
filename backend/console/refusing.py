"""What is refused at the desk: told on the page, and written down where somebody reached for what is not theirs.

An action on a case that comes too late or incomplete shows the case anew, with what was typed, so that
two officers acting at once both see how it stands now.
"""

import re
from typing import Any, TypeAlias

from flask import render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import RequestEntityTooLarge

from ..cases.service import get_case
from ..db import db
from ..errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from ..files.service import FILE_ID
from ..identity.service import record_refused
from ..web import PAGE_TOO_OLD, STATUS, error_response
from .case_views import render_case
from .desk import NUMBER, console, officer_at_work

PHOTO_TOO_LARGE = "照片太大，请重新拍摄或者压缩后再上传。"
FORM_NUMBER = re.compile(r"[A-Za-z0-9-]{1,40}")
Fault: TypeAlias = Refusal | StaleDataError | IntegrityError | CSRFError | RequestEntityTooLarge


@console.errorhandler(Refusal)
@console.errorhandler(StaleDataError)
@console.errorhandler(IntegrityError)
@console.errorhandler(CSRFError)
@console.errorhandler(RequestEntityTooLarge)
def refused(fault: Fault) -> Any:
    """Return the page that tells; nothing of what was tried is kept."""
    db.session.rollback()
    told = _as_refusal(fault)
    status = next((s for kind, s in STATUS.items() if isinstance(told, kind)), 400)
    if isinstance(told, Forbidden | NotFound):
        record_refused(officer_at_work().actor(), f"console.{_verb()}", _subject(), told.code)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return error_response(status, told.code, told.says)
    if isinstance(told, Invalid | Conflict) and isinstance(fault, Refusal | StaleDataError | IntegrityError):
        again = _case_again(told)
        if again is not None:
            return again, status
    return render_template("console/error.html", status=status, says=told.says), status


def _as_refusal(fault: Fault) -> Refusal:
    if isinstance(fault, Refusal):
        return fault
    if isinstance(fault, CSRFError):
        return Invalid(PAGE_TOO_OLD)
    return Invalid(PHOTO_TOO_LARGE) if isinstance(fault, RequestEntityTooLarge) else Conflict()


def _case_again(told: Refusal) -> str | None:
    """Return the case as it stands now with what was refused on top; None where no case was acted on."""
    number = (request.view_args or {}).get("number")
    if request.method != "POST" or number is None:
        return None
    page = render_case(number, told=told)
    db.session.commit()  # the look is written down; nobody commits after an error
    return page


def _verb() -> str:
    return (request.endpoint or "").rpartition(".")[2].replace("_", "-")


def _subject() -> str:
    """Return what was reached for, in the audit trail's form. Only what exists, or could, is named."""
    named = request.view_args or {}
    number, file_id, form = (str(named.get(name, "")) for name in ("number", "file_id", "form_number"))
    if FILE_ID.fullmatch(file_id):
        return f"file:{file_id}"
    if form and FORM_NUMBER.fullmatch(form):
        return f"form:{form}"
    if NUMBER.fullmatch(number):
        return _case_subject(number)
    if "officer_id" in named and named["officer_id"] < 2**31:
        return f"officer:{named['officer_id']}"
    return "page:console"


def _case_subject(number: str) -> str:
    try:
        return f"case:{get_case(number).id}"
    except NotFound:
        return "case:unknown"
