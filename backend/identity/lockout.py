"""Five wrong passwords or codes within a quarter of an hour lock an account for as long.

Password and code count together, and only a whole login clears the count: who knows the
password does not get to guess codes for ever.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, literal, update

from ..db import Moment, db
from . import audit

if TYPE_CHECKING:
    from .models import Officer

FAILURES = 5
WINDOW = timedelta(minutes=15)


def note_failure(officer: "Officer", now: datetime) -> None:
    """Count one wrong password or code; the fifth locks. Counted in the database: two at once are two."""
    model = type(officer)
    fresh = (model.failed_since == None) | (model.failed_since <= now - WINDOW)  # noqa: E711 - SQL
    count = case((fresh, 1), else_=model.failed_count + 1)
    since, until = literal(now, Moment), literal(now + WINDOW, Moment)
    db.session.execute(
        update(model)
        .where(model.id == officer.id)
        .values(
            failed_count=count,
            failed_since=case((fresh, since), else_=model.failed_since),
            locked_until=case((count >= FAILURES, until), else_=model.locked_until),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(officer)
    audit.record(officer.actor(), "officer.login_failed", f"officer:{officer.id}", locked=officer.locked(now))


def clear_failures(officer: "Officer") -> None:
    """Forget what went wrong before: the officer has come in, or was reset."""
    officer.failed_count, officer.failed_since, officer.locked_until = 0, None, None
