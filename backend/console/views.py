"""Puts the officers' pages into the application. Importing a module of pages registers its routes."""

from flask import Flask

from ..editing.permissions import may_answer_tickets, may_edit_knowledge
from ..identity.permissions import may_administer, may_audit
from . import (
    account,
    accounts,
    audit_views,
    case_actions,
    case_views,
    knowledge_edits,
    knowledge_tickets,
    knowledge_views,
    queue_views,
    refusing,
)
from .assets import own_url
from .desk import console
from .queue_views import works_on_cases
from .showing import init_showing

PAGES = (
    account, accounts, audit_views, case_actions, case_views, knowledge_edits, knowledge_tickets, knowledge_views,
    queue_views, refusing,
)  # fmt: skip


def init_console(app: Flask) -> None:
    """After `init_portal`, whose `vendor()` the templates use."""
    init_showing(app)
    app.register_blueprint(console)
    app.jinja_env.globals.update(
        console_asset=own_url,
        may_administer=may_administer,
        may_answer_tickets=may_answer_tickets,
        may_audit=may_audit,
        may_edit_knowledge=may_edit_knowledge,
        works_on_cases=works_on_cases,
    )
