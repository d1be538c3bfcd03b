"""The room's tables. What identifies a person is sealed; what the queue sorts by is not."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base, Moment
from ..sealed import SealedJson, SealedText

NEVER = date.max  # where nothing is due: last in every queue


class Status(StrEnum):
    """Where a case is; where it is within SUBMITTED is told by its open steps."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


TERMINAL = frozenset({Status.DONE, Status.REFUSED, Status.WITHDRAWN})


class StepState(StrEnum):
    WAITING = "waiting"  # not reached yet, or laid down while the case is with the citizen
    OPEN = "open"
    PASSED = "passed"
    SKIPPED = "skipped"  # the case ended before it


class MaterialState(StrEnum):
    GIVEN = "given"
    DEFERRED = "deferred"  # 容缺: may follow, by promised_on
    SHARED = "shared"  # another department's data stand in


class MatterVersion(Base):
    """A matter's file as it was when a case was accepted under it. sha256: of `content`."""

    __tablename__ = "cases_matter_version"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    matter_id: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime] = mapped_column(Moment)


class DayCounter(Base):
    """The last running number given on a day."""

    __tablename__ = "cases_day_counter"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class Draft(Base):
    """What a citizen has typed so far. id: 32 hex, also the key that makes submitting idempotent.

    form: field → value of JSON, erased once submitted. due_at: the moment by which the person
    must have submitted, where the law sets one.
    """

    __tablename__ = "cases_draft"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("identity_citizen.id"), index=True)
    matter_id: Mapped[str] = mapped_column(String(60))
    form: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    version: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment, index=True)
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases_case.id"))
    abandoned_at: Mapped[datetime | None] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Case(Base):
    """An application (办件). number: shown to people. unit: the office whose case it is.

    matter_name: {"zh": …, "en": …}. applicant: the name officers see in their queue.
    decided_at: when the last step of stage `decide` was passed, or the case refused.
    returned_at: since when it lies with the citizen; the clock stands still.
    """

    __tablename__ = "cases_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    draft_id: Mapped[str] = mapped_column(String(32), unique=True)
    matter_id: Mapped[str] = mapped_column(String(60), index=True)
    matter_version: Mapped[str] = mapped_column(ForeignKey("cases_matter_version.sha256"))
    matter_name: Mapped[dict[str, str]] = mapped_column(JSON)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("identity_citizen.id"), index=True)
    applicant: Mapped[str] = mapped_column(SealedText)
    unit: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(12))
    form: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    due_on: Mapped[date | None] = mapped_column(Date)
    due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(Integer)

    steps: Mapped[list["CaseStep"]] = relationship(back_populates="case", order_by="CaseStep.position")
    materials: Mapped[list["CaseMaterial"]] = relationship(order_by="CaseMaterial.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class CaseStep(Base):
    """A step (环节) of one case, copied from the matter's file when the case was accepted.

    unit: office id ("" for the applicant). role: OfficerRole value ("" likewise). name and
    unit_name: {"zh": …, "en": …}. group: steps of one group run side by side.
    rank_on: due_on, or NEVER: what queues are sorted by. reminded: "", "soon" or "overdue".
    """

    __tablename__ = "cases_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    step_id: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    stage: Mapped[str] = mapped_column(String(12))
    group: Mapped[str | None] = mapped_column(String(60))
    visit: Mapped[bool] = mapped_column(Boolean, default=False)
    limit_working_days: Mapped[int | None] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(60))
    unit_name: Mapped[dict[str, str]] = mapped_column(JSON)
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(8), default=StepState.WAITING)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    due_on: Mapped[date | None] = mapped_column(Date)
    due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    rank_on: Mapped[date] = mapped_column(Date, default=NEVER)
    reminded: Mapped[str] = mapped_column(String(8), default="")
    claimed_by: Mapped[int | None] = mapped_column(Integer)
    done_by: Mapped[int | None] = mapped_column(Integer)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer)

    case: Mapped[Case] = relationship(back_populates="steps")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy
    __table_args__ = (
        # role and claimed_by stand last so that other people's steps are passed over within the index
        Index("ix_cases_step_queue", "state", "unit", "rank_on", "id", "role", "claimed_by"),
        Index("ix_cases_step_mine", "claimed_by", "state", "rank_on", "id"),
        Index("ix_cases_step_done", "done_by", "done_at", "id"),
        Index("ix_cases_step_due", "state", "rank_on", "reminded"),
    )


class CaseEvent(Base):
    """A line of the timeline. Written once, never changed (`timeline.py` guards it).

    kind: see `timeline.Kind`. note: what an officer wrote for the citizen. detail: what the
    kind needs, sealed: {"reasons": [{"field", "says"}]}, {"basis", "reason", "remedy"},
    {"changed": [field ids], "materials": [ids]}, {"unit": office name}. public: the citizen reads it too.
    """

    __tablename__ = "cases_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(12))
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int] = mapped_column(Integer)
    actor_unit: Mapped[str] = mapped_column(String(60), default="")
    step_id: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(SealedText, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    public: Mapped[bool] = mapped_column(Boolean)


class CaseFormVersion(Base):
    """The form as it was before a resubmission changed it."""

    __tablename__ = "cases_form_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    form: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    replaced_at: Mapped[datetime] = mapped_column(Moment)


class CaseMaterial(Base):
    """A material (材料) of a case; one row a file where it was given."""

    __tablename__ = "cases_material"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    material_id: Mapped[str] = mapped_column(String(60))
    file_id: Mapped[str | None] = mapped_column(String(32), index=True)
    state: Mapped[str] = mapped_column(String(8))
    promised_on: Mapped[date | None] = mapped_column(Date)
