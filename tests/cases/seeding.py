"""A database as full as a busy bureau's after years: written in bulk, for scale tests and bench/queues.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from backend.cases.models import NEVER, Case, CaseStep, MatterVersion, Status, StepState
from backend.db import db
from backend.identity.service import Officer, OfficerRole
from backend.sealed import _records

from .conftest import MONDAY, make_citizen, make_officer

UNITS = [f"station-{n:02d}" for n in range(12)] + ["hall"]
OPEN_SHARE = 4  # one case in four is still under way
CHUNK = 5_000
_STEP: dict[str, Any] = {"name": {"zh": "受理", "en": "Accept"}, "unit_name": {"zh": "派出所", "en": "Station"}}


def seed(cases: int, officers: int) -> list[int]:
    """Fill the tables with `cases` cases of two steps each and return the ids of `officers` officers.

    Every tenth is an approver, for whom none of thousands of open steps is meant.
    """
    citizen = make_citizen()
    works, approves = (OfficerRole.WINDOW_CLERK, OfficerRole.REVIEWER), (OfficerRole.APPROVER,)
    staff: list[Officer] = [
        make_officer(UNITS[n % len(UNITS)], *(approves if n % 10 == 9 else works)) for n in range(officers)
    ]
    ids = [officer.id for officer in staff]
    db.session.add(MatterVersion(sha256="0" * 64, matter_id="id-card-renew", content="{}", first_used_at=MONDAY))
    db.session.flush()
    applicant, form = _sealed("王**"), _sealed("{}")
    for start in range(1, cases + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, cases + 1))
        db.session.execute(_plain(Case), [_case(n, citizen.id, applicant, form) for n in numbers])
        db.session.execute(_plain(CaseStep), [step for n in numbers for step in _steps(n, ids)])
    db.session.commit()
    db.session.connection().exec_driver_sql("ANALYZE")
    db.session.commit()
    return ids


def _sealed(text: str) -> bytes:
    return _records().seal(text.encode())


def _plain(model: type[Case] | type[CaseStep]) -> Any:
    """An INSERT that takes sealed bytes as they are: sealing 100,000 values anew measures nothing here."""
    from sqlalchemy import LargeBinary, column, table

    names = [c.name for c in model.__table__.columns]
    sealed = {"applicant", "form"}
    columns = [column(n, LargeBinary if n in sealed else model.__table__.c[n].type) for n in names]
    return insert(table(model.__tablename__, *columns))


def _case(n: int, citizen_id: int, applicant: bytes, form: bytes) -> dict[str, Any]:
    under_way = n % OPEN_SHARE == 0
    return {
        "id": n, "number": f"NH{n:014d}", "draft_id": f"{n:032x}", "matter_id": f"matter-{n % 7}",
        "matter_version": "0" * 64, "matter_name": {"zh": "事项", "en": "Matter"}, "citizen_id": citizen_id,
        "applicant": applicant, "unit": UNITS[n % len(UNITS)],
        "status": Status.SUBMITTED if under_way else Status.DONE, "form": form,
        "submitted_at": _moment(n), "returned_at": None, "decided_at": None, "ended_at": None,
        "due_on": None, "due_provisional": False, "version": 1,
    }  # fmt: skip


def _steps(n: int, officers: list[int]) -> list[dict[str, Any]]:
    under_way = n % OPEN_SHARE == 0
    by = officers[(n // 8) % len(officers)]
    first: dict[str, Any] = _STEP | {
        "case_id": n, "step_id": "accept", "position": 0, "stage": "accept", "group": None, "visit": False,
        "limit_working_days": 1, "unit": UNITS[n % len(UNITS)], "role": "window-clerk", "opened_at": _moment(n),
        "due_on": _due(n), "due_provisional": False, "rank_on": _due(n), "reminded": "", "version": 1,
    }  # fmt: skip
    claimed = by if n % 8 == 0 else None
    if under_way:
        first |= {"state": StepState.OPEN, "claimed_by": claimed, "done_by": None, "done_at": None}
    else:
        first |= {"state": StepState.PASSED, "claimed_by": by, "done_by": by, "done_at": _moment(n)}
    second = first | {
        "step_id": "review", "position": 1, "role": "reviewer", "state": StepState.WAITING, "opened_at": None,
        "due_on": None, "rank_on": NEVER, "claimed_by": None, "done_by": None, "done_at": None,
    }  # fmt: skip
    return [first, second]


def _moment(n: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n % 400_000)


def _due(n: int) -> date:
    return date(2026, 10, 1) + timedelta(days=n % 90)
