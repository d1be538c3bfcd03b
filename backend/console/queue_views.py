"""The first page after coming in: the unit's queue, or for other roles the way to their pages."""

from flask import Response, redirect, render_template, request, url_for
from flask_security import auth_required

from ..cases.service import Counts, QueuePage, count_queue, queue
from ..house import house
from ..identity.permissions import WORKS_ON_CASES, may_administer, may_audit, may_edit_knowledge
from ..identity.service import Officer
from .desk import console, now, officer_at_work
from .parsing import parse_matter

TABS = {"open": "待办", "mine": "我的", "overdue": "超期", "done": "已办"}
NOTHING = {
    "open": ("没有待办", "新的申请到了会通知您。"),
    "mine": ("没有您领取的办件", "在“待办”里领取后会出现在这里。"),
    "overdue": ("没有超期", "按时办结，很好。"),
    "done": ("还没有办过", "办完的环节会出现在这里。"),
}


@console.get("/", strict_slashes=False)
@auth_required("session")
def home() -> str | Response:
    officer = officer_at_work()
    if not works_on_cases(officer):
        return _elsewhere(officer)
    tab = _tab()
    return render_template(
        "console/queue.html",
        tabs=TABS,
        tab=tab,
        counts=_badges(count_queue(officer, now())),
        matters=_matters(),
        matter=parse_matter(request.args) or "",
        page=_page(officer, tab),
        nothing=NOTHING[tab],
    )


@console.get("/rows")
@auth_required("session")
def more_rows() -> str:
    """The next rows of the list, for htmx; without it the link leads to a page of their own."""
    tab = _tab()
    return render_template(
        "console/_rows.html", tab=tab, matter=parse_matter(request.args) or "", page=_page(officer_at_work(), tab)
    )


def works_on_cases(officer: Officer) -> bool:
    return any(officer.has(role) for role in WORKS_ON_CASES)


def _elsewhere(officer: Officer) -> str | Response:
    """Who does not work on cases is sent where the work is."""
    if may_edit_knowledge(officer):
        return redirect(url_for("console.knowledge"))  # type: ignore[return-value]
    if may_administer(officer):
        return redirect(url_for("console.list_accounts"))  # type: ignore[return-value]
    if may_audit(officer):
        return redirect(url_for("console.audit"))  # type: ignore[return-value]
    return render_template("console/idle.html")


def _tab() -> str:
    wanted = request.args.get("tab", "open")
    return wanted if wanted in TABS else "open"


def _page(officer: Officer, tab: str) -> QueuePage:
    matter = parse_matter(request.args)
    return queue(officer, now=now(), state=tab, matter=matter, after=request.args.get("after") or None)


def _matters() -> list[tuple[str, str]]:
    """Return id and name of the matters that can be applied for: the others have no cases."""
    matters = house().catalogue.current.matters.values()
    return [(m.id, m.name.zh) for m in matters if m.online.apply]


def _badges(counts: Counts) -> dict[str, str]:
    numbers = {"open": counts.open, "mine": counts.mine, "overdue": counts.overdue}
    return {tab: "99+" if n > 99 else str(n) for tab, n in numbers.items() if n}
