"""Taking a case or a draft before changing it: who comes second waits, then sees what the first has done.

The first statement of every move is an UPDATE of the one row everybody must pass: on PostgreSQL
it takes the row's lock, on SQLite the file's write lock. What is read after it is therefore the
truth until the transaction ends, and every check is made then. (Reads before it may be old.)
"""

from sqlalchemy import select, update

from ..db import db
from .errors import NoSuchCase, NoSuchDraft
from .models import Case, CaseStep, Draft

_PLAIN = {"synchronize_session": False}


def take_case(case: Case) -> None:
    """Hold the case until the transaction ends; it and its steps are as the last one left them."""
    touch = update(Case).where(Case.id == case.id).values(version=Case.version + 1).returning(Case.id)
    if db.session.execute(touch, execution_options=_PLAIN).one_or_none() is None:
        raise NoSuchCase
    db.session.refresh(case)
    again = select(CaseStep).where(CaseStep.case_id == case.id).execution_options(populate_existing=True)
    db.session.scalars(again).all()


def take_draft(draft: Draft) -> None:
    """Hold the draft until the transaction ends; it is as the last one left it."""
    touch = update(Draft).where(Draft.id == draft.id).values(version=Draft.version + 1).returning(Draft.id)
    if db.session.execute(touch, execution_options=_PLAIN).one_or_none() is None:
        raise NoSuchDraft
    db.session.refresh(draft)
