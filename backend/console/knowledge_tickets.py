"""Questions for a human: the queue, the reply. Window clerks and editors."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_security import auth_required

from ..editing.masking import mask
from ..editing.models import Ticket, TicketState
from ..editing.permissions import may_answer_tickets, may_edit_knowledge
from ..editing.tickets import answer_ticket, close_ticket, get_ticket, list_tickets
from ..identity.permissions import ensure
from ..identity.service import Officer, record
from .desk import console, now, officer_at_work
from .knowledge_views import matter_choices, matter_name
from .knowledge_words import ASPECTS, LANGS, TICKETS
from .parsing import parse_text


def _at_work() -> Officer:
    officer = officer_at_work()
    ensure(may_answer_tickets(officer))
    return officer


def _ticket(ticket_id: int) -> Ticket:
    return get_ticket(min(ticket_id, 2**31 - 1))


@console.get("/tickets")
@auth_required("session")
def tickets() -> str:
    officer = _at_work()
    wanted = request.args.get("state", TicketState.OPEN.value)
    state = TicketState(wanted) if wanted in TICKETS else TicketState.OPEN
    found = list_tickets(state)
    record(officer.actor(), "ticket.list", "page:tickets", count=len(found), state=state.value)
    return render_template(
        "console/knowledge/tickets.html", tickets=found, state=state.value, states=TICKETS, matter_name=matter_name
    )


@console.get("/tickets/<int:ticket_id>")
@auth_required("session")
def ticket(ticket_id: int) -> str:
    officer = _at_work()
    found = _ticket(ticket_id)
    record(officer.actor(), "ticket.look", f"ticket:{found.id}")
    return render_template(
        "console/knowledge/ticket.html",
        ticket=found,
        states=TICKETS,
        matter_name=matter_name,
        sample=mask(found.question),
        matters=matter_choices(),
        aspects=ASPECTS,
        langs=LANGS,
        edits=may_edit_knowledge(officer),
    )


@console.post("/tickets/<int:ticket_id>/answer")
@auth_required("session")
def reply_to_ticket(ticket_id: int) -> Response:
    officer = _at_work()
    answer_ticket(officer, _ticket(ticket_id), parse_text(request.form, "answer"), now())
    flash("答复已发给提问的人。", "done")
    return redirect(url_for("console.ticket", ticket_id=ticket_id), code=303)  # type: ignore[return-value]


@console.post("/tickets/<int:ticket_id>/close")
@auth_required("session")
def put_ticket_aside(ticket_id: int) -> Response:
    officer = _at_work()
    close_ticket(officer, _ticket(ticket_id), now())
    flash("已关闭，不再答复。", "done")
    return redirect(url_for("console.tickets"), code=303)  # type: ignore[return-value]
