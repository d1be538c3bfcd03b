"""Back to the citizen for correction, and back again; the clock stands meanwhile.

Source of telling everything at once: 行政许可法 第三十二条第一款第四项 (一次告知申请人需要补正的全部内容).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ..db import db
from ..identity.audit import record
from ..identity.service import Citizen, Officer
from ..workdays import workdays
from .deadlines import day_of, resume_clock
from .drafts import ensure_size
from .errors import DraftGone, NoSuchCase, ReasonMissing
from .locks import take_draft
from .materials import Given, replace_materials
from .models import Case, CaseFormVersion, CaseStep, Draft, StepState
from .permissions import owns
from .table import Move, enter, hold, hold_at_turn
from .telling import tell_citizen, tell_resumed
from .timeline import Kind, write_event
from .versions import matter_of
from .wording import WHOLE, ensure_short, listed, said


@dataclass(frozen=True)
class Reason:
    """What to correct. field: a form field's id, "material:<id>", or "" for all of it. says: for the citizen."""

    field: str
    says: str


def return_for_correction(
    officer: Officer,
    case: Case,
    reasons: Sequence[Reason],
    now: datetime,
    *,
    note: str = "",
    step: CaseStep | None = None,
) -> None:
    """Give the case back to the citizen with every reason at once. note: a free sentence besides.

    step: the one the officer's page showed. Whoever returns it keeps holding the step. Raise
    ReasonMissing, Forbidden, NotAllowedNow, TakenByOther.
    """
    if not reasons or not all(reason.says.strip() for reason in reasons):
        raise ReasonMissing
    ensure_short(note, *(reason.says for reason in reasons))
    at = hold_at_turn(officer, case, Move.RETURN, step)
    at.claimed_by = officer.id
    for own in case.steps:
        if own.state == StepState.OPEN:
            own.state = StepState.WAITING
    enter(case, Move.RETURN)
    case.returned_at = now
    line = write_event(
        case,
        Kind.RETURNED,
        officer.actor(),
        now,
        step_id=at.step_id,
        note=note,
        detail={"reasons": [asdict(reason) for reason in reasons]},
    )
    record(officer.actor(), "case.return", f"case:{case.id}", step=at.step_id, event=line.id)
    tell_citizen(case, line, now, unit=at.unit_name, reasons=_labels(case, reasons))


def resubmit(
    citizen: Citizen,
    case: Case,
    form: dict[str, Any],
    now: datetime,
    *,
    materials: Sequence[Given] = (),
    draft: Draft | None = None,
) -> None:
    """Take the corrected form; the steps go on where they stood, their clocks too.

    form: all of it, not only what changed; the old one is kept. materials: those given anew,
    each in place of what was there. draft: where the corrections were typed; it belongs to the
    case then, and submitting it again changes nothing. Raise NoSuchCase for a stranger's,
    NotAllowedNow, DraftGone, DraftTooLarge, BadMaterial.
    """
    if not owns(citizen, case):
        raise NoSuchCase
    ensure_size(form)
    if draft is not None and not _use_up(draft, case, now):
        return
    hold(case, Move.RESUBMIT)
    changed = _replace_form(case, form, now)
    replaced = replace_materials(case, matter_of(case), materials)
    detail = {"changed": changed, "materials": replaced}
    line = write_event(case, Kind.RESUBMITTED, citizen.actor(), now, detail=detail)
    resumed = _resume(case, now)
    record(citizen.actor(), "case.resubmit", f"case:{case.id}", event=line.id)
    tell_resumed(case, resumed, line, now)


def _use_up(draft: Draft, case: Case, now: datetime) -> bool:
    """Give the draft to the case; False where it was given before, by the first of two taps."""
    take_draft(draft)
    if draft.case_id == case.id:
        return False
    if draft.case_id is not None or draft.abandoned_at is not None or draft.citizen_id != case.citizen_id:
        raise DraftGone
    draft.case_id, draft.form, draft.updated_at = case.id, {}, now
    return True


def _replace_form(case: Case, form: dict[str, Any], now: datetime) -> list[str]:
    """Keep the old form as a version; return the ids of the fields that differ."""
    old = case.form
    db.session.add(CaseFormVersion(case_id=case.id, form=old, replaced_at=now))
    case.form = form
    return sorted(name for name in old.keys() | form.keys() if old.get(name) != form.get(name))


def _resume(case: Case, now: datetime) -> list[CaseStep]:
    """Open again what lay still; return those steps."""
    assert case.returned_at is not None
    returned_on, back_on, calendar = day_of(case.returned_at), day_of(now), workdays()
    resumed = [step for step in case.steps if step.state == StepState.WAITING and step.opened_at is not None]
    for step in resumed:
        step.state = StepState.OPEN
        resume_clock(step, returned_on, back_on, calendar)
    resume_clock(case, returned_on, back_on, calendar)
    enter(case, Move.RESUBMIT)
    case.returned_at = None
    db.session.flush()
    return resumed


def _labels(case: Case, reasons: Sequence[Reason]) -> dict[str, str]:
    """Return what is to be corrected, by the names the citizen knows, in one line."""
    matter = matter_of(case)
    names = {field.id: field.label for field in matter.form}
    names |= {f"material:{material.id}": material.name for material in matter.materials}
    return {
        lang: listed((names[r.field].in_(lang) if r.field in names else said(WHOLE, lang) for r in reasons), lang)
        for lang in ("zh", "en")
    }
