"""Where a case stands, for the citizen and the officer alike: stages, steps, what is awaited, what happened."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..matters.schema import Stage
from ..matters.service import Snapshot
from ..workdays import DayNote, workdays
from .deadlines import Pause, clock_of
from .models import Case, CaseEvent, CaseStep, MaterialState, Status, StepState
from .timeline import Kind, events_of, pauses_of
from .versions import matter_of
from .wording import STAGE, STATUS, due_text, event_text, said


@dataclass(frozen=True)
class StageView:
    """One point of the progress line. state: "done", "now" or "ahead"."""

    id: str
    name: str
    state: str


@dataclass(frozen=True)
class StepView:
    """state: waiting, open, passed or skipped. says: what happens here, "" where nothing is written.

    due: the date in words, with its provisional mark. office: id in bureau.yaml, "" for the
    applicant. clock: day by day; [] where the step has no limit of its own.
    """

    id: str
    name: str
    says: str
    stage: str
    state: str
    unit: str
    office: str
    phone: str
    visit: bool
    opened_at: datetime | None
    due_on: date | None
    due_provisional: bool
    due: str
    done_at: datetime | None
    clock: list[DayNote]


@dataclass(frozen=True)
class EventView:
    """detail: reasons, basis … as `CaseEvent.detail` has them. by: "citizen", "officer" or "system"."""

    at: datetime
    kind: str
    text: str
    note: str
    by: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Awaited:
    """What the citizen still owes. kind: "correction" or "material". field: as in Reason. by: date or None."""

    kind: str
    field: str
    says: str
    by: date | None


@dataclass(frozen=True)
class Progress:
    """stage: where it is now, an id of `Stage`. due: when all of it is due, in words."""

    number: str
    matter: str
    status: str
    status_name: str
    stage: str
    stages: list[StageView]
    steps: list[StepView]
    awaited: list[Awaited]
    timeline: list[EventView]
    due: str
    due_on: date | None


def progress(case: Case, snapshot: Snapshot, lang: str = "zh", *, public_only: bool = True) -> Progress:
    """Return the case's progress in `lang`. public_only: without what only officers read."""
    events = events_of(case, public_only=public_only)
    pauses = pauses_of(events)
    stage = _stage_now(case)
    return Progress(
        number=case.number,
        matter=said(case.matter_name, lang),
        status=case.status,
        status_name=said(STATUS[Status(case.status)], lang),
        stage=stage,
        stages=_stages(case, stage, lang),
        steps=[_step(step, snapshot, lang, _says(case, lang), pauses) for step in case.steps],
        awaited=_awaited(case, events, lang),
        timeline=[_event(line, case, lang) for line in events],
        due=due_text(case.due_on, case.due_provisional, lang),
        due_on=case.due_on,
    )


def _stage_now(case: Case) -> str:
    """The first stage with something left to do; the stage of the last step where nothing is."""
    for step in case.steps:
        if step.state == StepState.OPEN or (step.state == StepState.WAITING and case.status == Status.RETURNED):
            return step.stage
    ended = [step for step in case.steps if step.done_at is not None]
    return (ended or case.steps)[-1].stage


def _stages(case: Case, now: str, lang: str) -> list[StageView]:
    order = [stage.value for stage in Stage if any(step.stage == stage for step in case.steps)]
    here = order.index(now)
    over = case.status == Status.DONE
    return [
        StageView(name, said(STAGE[name], lang), "done" if over or at < here else "now" if at == here else "ahead")
        for at, name in enumerate(order)
    ]


def _says(case: Case, lang: str) -> dict[str, str]:
    return {step.id: step.says.in_(lang) for step in matter_of(case).steps if step.says}


def _step(step: CaseStep, snapshot: Snapshot, lang: str, says: dict[str, str], pauses: list[Pause]) -> StepView:
    office = next((o for o in snapshot.bureau.offices if o.id == step.unit), None)
    return StepView(
        id=step.step_id,
        name=said(step.name, lang),
        says=says.get(step.step_id, ""),
        stage=step.stage,
        state=step.state,
        unit=said(step.unit_name, lang),
        office=step.unit,
        phone=office.phone if office else "",
        visit=step.visit,
        opened_at=step.opened_at,
        due_on=step.due_on,
        due_provisional=step.due_provisional,
        due=due_text(step.due_on, step.due_provisional, lang) if step.opened_at else "",
        done_at=step.done_at,
        clock=clock_of(step, pauses, workdays()),
    )


def _awaited(case: Case, events: list[CaseEvent], lang: str) -> list[Awaited]:
    """The reasons of the last return while it lies with the citizen; what was promised to follow."""
    owed: list[Awaited] = []
    if case.status == Status.RETURNED:
        last = next(line for line in reversed(events) if line.kind == Kind.RETURNED)
        owed = [Awaited("correction", reason["field"], reason["says"], None) for reason in last.detail["reasons"]]
    if case.status in (Status.SUBMITTED, Status.RETURNED):
        names = {material.id: material.name.in_(lang) for material in matter_of(case).materials}
        owed += [
            Awaited("material", f"material:{m.material_id}", names[m.material_id], m.promised_on)
            for m in case.materials
            if m.state == MaterialState.DEFERRED
        ]
    return owed


def _event(line: CaseEvent, case: Case, lang: str) -> EventView:
    step = next((own for own in case.steps if own.step_id == line.step_id), None)
    name, unit = (said(step.name, lang), said(step.unit_name, lang)) if step else ("", "")
    if "unit" in line.detail:  # where the line names an office of its own
        unit = said(line.detail["unit"], lang)
    text = event_text(line, name, unit, lang)
    return EventView(line.at, line.kind, text, line.note, line.actor_kind, line.detail)
