"""Who may do what, in one table: every role, own and another unit, active and disabled."""

import pytest

from backend.errors import Forbidden
from backend.identity.models import OfficerRole as R
from backend.identity.permissions import (
    ensure,
    may_administer,
    may_audit,
    may_edit_knowledge,
    may_see_unit,
    may_work,
)
from tests.identity.conftest import plain_officer

CASEWORK = {R.WINDOW_CLERK, R.STATION_OFFICER, R.REVIEWER, R.APPROVER}
#   role               work  see own  see other  administer  audit  edit
TABLE = {
    R.WINDOW_CLERK:    (True,  True,  False, False, False, False),
    R.STATION_OFFICER: (True,  True,  False, False, False, False),
    R.REVIEWER:        (True,  True,  False, False, False, False),
    R.APPROVER:        (True,  True,  False, False, False, False),
    R.EDITOR:          (False, False, False, False, False, True),
    R.AUDITOR:         (False, True,  True,  False, True,  False),
    R.ADMINISTRATOR:   (False, False, False, True,  False, False),
}  # fmt: skip


def answers(role: R, *, active: bool = True) -> tuple[bool, ...]:
    officer = plain_officer(role, active=active)
    return (
        may_work(officer, unit="east", role=role),
        may_see_unit(officer, "east"),
        may_see_unit(officer, "west"),
        may_administer(officer),
        may_audit(officer),
        may_edit_knowledge(officer),
    )


def test_the_table_names_every_role() -> None:
    assert set(TABLE) == set(R)


@pytest.mark.parametrize("role", R)
def test_a_role_may_what_the_table_says(role: R) -> None:
    assert answers(role) == TABLE[role]


@pytest.mark.parametrize("role", R)
def test_a_disabled_officer_may_nothing(role: R) -> None:
    assert not any(answers(role, active=False))


@pytest.mark.parametrize("own", R)
@pytest.mark.parametrize("asked", R)
@pytest.mark.parametrize("unit", ["east", "west"])
def test_work_is_for_the_own_role_in_the_own_unit(own: R, asked: R, unit: str) -> None:
    allowed = may_work(plain_officer(own), unit=unit, role=asked)
    assert allowed == (own == asked and unit == "east" and own in CASEWORK)


def test_roles_add_up() -> None:
    officer = plain_officer(R.REVIEWER, R.APPROVER)
    assert may_work(officer, unit="east", role=R.REVIEWER) and may_work(officer, unit="east", role=R.APPROVER)
    assert not may_work(officer, unit="east", role=R.STATION_OFFICER)


def test_without_a_role_there_is_nothing() -> None:
    officer = plain_officer()
    assert not may_see_unit(officer, "east") and not may_audit(officer)


def test_the_guard_refuses_what_the_predicate_denies() -> None:
    ensure(True)
    with pytest.raises(Forbidden):
        ensure(False)
