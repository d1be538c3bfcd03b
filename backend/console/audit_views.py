"""The audit trail, for auditors: who looked at or changed what, and whether the chain is whole."""

import re
from datetime import datetime

from flask import render_template, request
from flask_security import auth_required

from ..cases.service import get_case
from ..errors import NotFound
from ..identity.audit_search import Wanted, search_trail
from ..identity.officers import find_officer, list_officers
from ..identity.permissions import ensure, may_audit
from ..identity.service import record, verify
from .desk import NUMBER, console, officer_at_work
from .parsing import parse_before, parse_day

SUBJECT = re.compile(r"[a-z-]{1,20}:[A-Za-z0-9-]{1,64}")
NOBODY = 0


@console.get("/audit")
@auth_required("session")
def audit() -> str:
    officer = officer_at_work()
    ensure(may_audit(officer))
    page = search_trail(_wanted(), before=parse_before(request.args))
    record(officer.actor(), "audit.search", f"officer:{officer.id}", entries=len(page.entries))
    usernames = {other.id: other.username for other in list_officers()}
    verdict = verify() if request.args.get("verify") else None
    return render_template(
        "console/audit.html", page=page, asked=request.args, usernames=usernames, verdict=verdict, query=_query()
    )


def _wanted() -> Wanted:
    username = request.args.get("officer", "").strip()
    found = find_officer(username) if username else None
    return Wanted(
        subject=_subject(request.args.get("about", "").strip()),
        officer=(found.id if found else NOBODY) if username else None,
        refused=bool(request.args.get("refused")),
        since=_day("since"),
        until=_day("until"),
    )


def _day(name: str) -> datetime | None:
    return parse_day(request.args.get(name, ""), end=name == "until")


def _subject(about: str) -> str | None:
    """Return what the trail calls it: a case by its number, all else as the trail writes it; None for everything."""
    if not about:
        return None
    if SUBJECT.fullmatch(about):
        return about
    if not NUMBER.fullmatch(about):
        return "nothing:0"
    try:
        return f"case:{get_case(about).id}"
    except NotFound:
        return f"form:{about}"


def _query() -> dict[str, str]:
    """Return the search without the page, for the link to the following one."""
    return {name: value for name, value in request.args.items() if name not in ("before", "verify")}
