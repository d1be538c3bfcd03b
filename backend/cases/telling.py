"""Whom each change is told, with which words: written in the change's own transaction."""

from collections.abc import Iterable
from datetime import datetime

from ..db import db
from ..identity.service import Officer, get_citizen, officers_of
from ..notify.service import To, tell
from .models import Case, CaseEvent, CaseStep
from .permissions import roles_for
from .timeline import Kind
from .wording import REMEDY_SHORT, due_text, said

NOTICES = {
    Kind.SUBMITTED: "case-submitted",
    Kind.RETURNED: "case-returned",
    Kind.REFUSED: "case-refused",
    Kind.DONE: "case-done",
    Kind.WITHDRAWN: "case-withdrawn",
}


def tell_citizen(case: Case, line: CaseEvent, now: datetime, **extra: dict[str, str]) -> None:
    """Tell the applicant of an event. extra: further params as {"zh", "en"}."""
    to = get_citizen(case.citizen_id).to()
    params = {"number": case.number, "matter": said(case.matter_name, to.lang)}
    params |= {name: said(words, to.lang) for name, words in extra.items()}
    tell(
        to,
        NOTICES[Kind(line.kind)],
        params,
        key=f"case:{case.id}:event:{line.id}",
        link=f"/my/cases/{case.number}",
        now=now,
    )


def due_words(thing: Case | CaseStep) -> dict[str, str]:
    return {lang: due_text(thing.due_on, thing.due_provisional, lang) for lang in ("zh", "en")}


def remedy_words() -> dict[str, str]:
    return REMEDY_SHORT


def tell_waiting(case: Case, steps: Iterable[CaseStep], now: datetime) -> None:
    """Tell the officers whose queue the steps have come into; each officer once a step."""
    for step in steps:
        _tell_officers(case, step, "step-waiting", f"step:{step.id}:waiting", now)


def tell_resumed(case: Case, steps: Iterable[CaseStep], line: CaseEvent, now: datetime) -> None:
    """Tell that the citizen's corrections have come: who holds the step, else all who may do it."""
    for step in steps:
        _tell_officers(case, step, "step-resumed", f"step:{step.id}:event:{line.id}", now)


def tell_due(case: Case, step: CaseStep, kind: str, now: datetime) -> None:
    """kind: "soon" or "overdue". Each due date tells an officer once of each kind."""
    notice = {"soon": "step-due-soon", "overdue": "step-overdue"}[kind]
    _tell_officers(case, step, notice, f"step:{step.id}:{kind}:{step.due_on}", now)


def _tell_officers(case: Case, step: CaseStep, notice: str, key: str, now: datetime) -> None:
    for to in _addresses(step):
        params = {
            "number": case.number,
            "matter": said(case.matter_name, to.lang),
            "step": said(step.name, to.lang),
            "due": due_text(step.due_on, step.due_provisional, to.lang),
        }
        tell(to, notice, params, key=key, link=f"/console/cases/{case.number}", now=now)


def _addresses(step: CaseStep) -> list[To]:
    return [officer.to() for officer in _officers(step)]


def _officers(step: CaseStep) -> list[Officer]:
    """Who holds the step, while that person is active; else everybody of the unit who may do it, once."""
    holder = db.session.get(Officer, step.claimed_by) if step.claimed_by is not None else None
    if holder is not None and holder.active:
        return [holder]
    found = [officer for role in roles_for(step.role) for officer in officers_of(step.unit, role)]
    return list({officer.id: officer for officer in found}.values())
