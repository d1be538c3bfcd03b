"""What anybody may learn of a form from its QR code: whether it holds, its number, initials and dates."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ..db import db
from .errors import NoSuchForm
from .models import IssuedForm


@dataclass(frozen=True)
class Checked:
    """state: "valid", "ended" (the registered time is over) or "revoked"."""

    state: str
    number: str
    initials: str
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    replaced_by: str | None


def check_form(token: str, today: date) -> Checked:
    """Raise NoSuchForm for a token nobody gave out."""
    form = db.session.scalar(select(IssuedForm).where(IssuedForm.token == token[:64]))
    if form is None:
        raise NoSuchForm
    by = db.session.scalar(select(IssuedForm.number).where(IssuedForm.replaces == form.number))
    return Checked(
        _state(form, today), form.number, form.initials, form.issued_at, form.valid_from, form.valid_until, by
    )


def _state(form: IssuedForm, today: date) -> str:
    if form.revoked_at is not None:
        return "revoked"
    return "ended" if form.valid_until and form.valid_until < today else "valid"
