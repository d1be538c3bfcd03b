"""From a draft to a case: once for each draft, however often it is submitted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..db import db
from ..identity.audit import record
from ..identity.service import Citizen, get_citizen
from ..matters.schema import Matter
from ..matters.service import Snapshot
from ..workdays import workdays
from .deadlines import day_of, due_of_matter
from .drafts import ensure_size
from .errors import DraftGone, NotOurs
from .locks import take_draft
from .materials import Given, add_materials
from .models import Case, CaseStep, Draft, Status, StepState
from .moves import open_next
from .numbers import next_number
from .placing import both, place_steps
from .telling import due_words, tell_citizen
from .timeline import Kind, write_event
from .versions import remember
from .wording import masked


def submit(
    draft: Draft,
    *,
    form: dict[str, Any],
    unit: str,
    snapshot: Snapshot,
    materials: Sequence[Given],
    now: datetime,
    applicant: str = "",
) -> Case:
    """Return the case made of the draft; submitted again, at once or hours later, the same case.

    form: checked by the room of the matter, whole. unit: the office whose case it is.
    applicant: whose name officers see in their queue, masked; else the citizen's. Raise
    NoSuchDraft, DraftGone, DraftTooLarge, NoSuchUnit, NotOurs, BadMaterial, NoSuchMatter.
    """
    take_draft(draft)
    if draft.case_id is not None:
        return db.session.get_one(Case, draft.case_id)
    if draft.abandoned_at is not None:
        raise DraftGone
    ensure_size(form)
    citizen = get_citizen(draft.citizen_id)
    matter = snapshot.get_matter(draft.matter_id)
    case = _new_case(draft, matter, form, now)
    case.unit = unit
    case.applicant = masked(applicant or citizen.name or "")
    case.steps = _steps(case, matter, snapshot)
    db.session.add(case)
    db.session.flush()
    draft.case_id, draft.form, draft.updated_at = case.id, {}, now
    add_materials(case, matter, materials)
    _announce(case, citizen, now)
    return case


def _new_case(draft: Draft, matter: Matter, form: dict[str, Any], now: datetime) -> Case:
    today = day_of(now)
    due = due_of_matter(matter, today, workdays())
    return Case(
        draft_id=draft.id,
        citizen_id=draft.citizen_id,
        matter_id=matter.id,
        matter_version=remember(matter, now),
        matter_name=both(matter.name),
        number=next_number(today),
        status=Status.SUBMITTED,
        form=form,
        submitted_at=now,
        due_on=due.on if due else None,
        due_provisional=bool(due and due.provisional),
    )


def _steps(case: Case, matter: Matter, snapshot: Snapshot) -> list[CaseStep]:
    """Copy the matter's steps, each with its place."""
    places = list(place_steps(matter.steps, case.unit, snapshot.bureau))
    if not any(place.unit for place in places):
        raise NotOurs
    return [
        CaseStep(
            step_id=step.id,
            position=position,
            name=both(step.name),
            stage=step.stage,
            group=step.parallel,
            visit=step.visit,
            limit_working_days=step.limit_working_days,
            unit=place.unit,
            unit_name=place.name,
            role=place.role,
            state=StepState.WAITING,
        )
        for position, (step, place) in enumerate(zip(matter.steps, places, strict=True))
    ]


def _announce(case: Case, citizen: Citizen, now: datetime) -> None:
    line = write_event(case, Kind.SUBMITTED, citizen.actor(), now)
    record(citizen.actor(), "case.submit", f"case:{case.id}", matter=case.matter_id, unit=case.unit)
    opened = open_next(case, now)
    due = due_words(case if case.due_on else opened[0])
    tell_citizen(case, line, now, unit=opened[0].unit_name, due=due)
