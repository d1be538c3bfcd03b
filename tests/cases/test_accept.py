"""Submitting: once a draft, with its steps placed, its materials checked, its version remembered."""

from datetime import date
from typing import Any

import pytest

from backend.cases.errors import BadMaterial, DraftGone, DraftTooLarge, NoSuchUnit, NotOurs
from backend.cases.models import MatterVersion
from backend.cases.numbers import is_number, next_number
from backend.cases.placing import place_steps
from backend.cases.service import (
    Case,
    Given,
    MaterialState,
    Reason,
    Status,
    abandon_draft,
    get_step,
    matter_of,
    pass_step,
    resubmit,
    return_for_correction,
    submit,
)
from backend.cases.timeline import events_of
from backend.db import db
from backend.files.models import StoredFile
from backend.matters.schema import Matter
from backend.matters.service import Catalogue, Snapshot

from .conftest import (
    BUREAU,
    FORM,
    HALL,
    MONDAY,
    OTHER,
    STATION,
    Cast,
    days_later,
    make_case,
    make_draft,
    make_matter,
    make_snapshot,
    messages,
    step,
)


def test_a_draft_submitted_again_is_the_same_case(cast: Cast, snapshot: Snapshot) -> None:
    draft = make_draft(cast.citizen)
    cases = [
        submit(draft, form=FORM, unit=STATION, snapshot=snapshot, materials=[], now=days_later(n)) for n in range(3)
    ]
    assert {case.id for case in cases} == {cases[0].id}
    assert db.session.query(Case).count() == 1
    assert [line.kind for line in events_of(cases[0], public_only=False)] == ["submitted"]
    assert len(messages("case-submitted")) == 1


def test_the_citizen_is_told_number_unit_and_due_date(cast: Cast) -> None:
    case = make_case(cast.citizen)
    assert messages("case-submitted")[0].params == {
        "number": case.number, "matter": "居民身份证换领", "unit": "东派出所", "due": "2026-12-07",
    }  # fmt: skip
    assert messages("case-submitted")[0].link == f"/my/cases/{case.number}"


def test_an_abandoned_draft_is_not_submitted(cast: Cast, snapshot: Snapshot) -> None:
    draft = make_draft(cast.citizen)
    abandon_draft(draft, MONDAY)
    with pytest.raises(DraftGone):
        submit(draft, form=FORM, unit=STATION, snapshot=snapshot, materials=[], now=MONDAY)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [({"unit": "nowhere"}, NoSuchUnit), ({"form": {"address": "长" * 30_000}}, DraftTooLarge)],
)
def test_what_cannot_be_a_case_is_refused(cast: Cast, changes: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        make_case(cast.citizen, **changes)
    db.session.rollback()
    assert db.session.query(Case).count() == 0


APPLY = step("apply", "apply", "applicant", "applicant")


def test_a_later_step_of_the_applicant_is_passed_when_its_turn_comes(cast: Cast) -> None:
    plan = [
        APPLY,
        step("more", "apply", "applicant", "applicant"),
        step("accept", "accept", "station", "clerk"),
        step("post", "deliver", "applicant", "applicant"),
    ]
    case = make_case(cast.citizen, snapshot=make_snapshot(make_matter(steps=plan)))
    assert [s.state for s in case.steps] == ["passed", "passed", "open", "waiting"]
    pass_step(cast.clerk, get_step(case, "accept"), days_later(1))
    assert (case.steps[-1].state, case.steps[-1].done_at, case.status) == ("passed", days_later(1), Status.DONE)
    assert case.decided_at == days_later(1)  # nothing in it is called a decision: its end is


def test_a_matter_done_elsewhere_is_not_accepted(cast: Cast) -> None:
    plan = [APPLY, step("go", "accept", "applicant", "applicant")]
    with pytest.raises(NotOurs):
        make_case(cast.citizen, snapshot=make_snapshot(make_matter(steps=plan)))


def test_steps_are_placed_with_their_units_and_roles(cast: Cast) -> None:
    case = make_case(cast.citizen, unit=OTHER)
    assert [(s.step_id, s.unit, s.role, s.unit_name["zh"]) for s in case.steps] == [
        ("apply", "", "", "申请人"),
        ("accept", OTHER, "window-clerk", "西派出所"),
        ("check", OTHER, "reviewer", "西派出所"),
        ("look", HALL, "window-clerk", "大厅"),
        ("decide", OTHER, "approver", "西派出所"),
        ("deliver", OTHER, "window-clerk", "西派出所"),
    ]


def test_a_superior_step_lies_with_who_does_the_step_before() -> None:
    matter = make_matter(
        steps=[
            step("apply", "apply", "applicant", "applicant"),
            step("first", "accept", "superior", "clerk"),
            step("own", "review", "station", "reviewer"),
            step("theirs", "decide", "superior", "approver"),
            step("order", "deliver", "public-order", "clerk"),
        ]
    )
    places = list(place_steps(matter.steps, STATION, BUREAU))
    assert [(p.unit, p.role) for p in places] == [
        ("", ""), (STATION, "window-clerk"), (STATION, "reviewer"), (STATION, "reviewer"), (HALL, "window-clerk"),
    ]  # fmt: skip


def test_every_matter_of_the_catalogue_can_be_placed_and_remembered(real_catalogue: Catalogue) -> None:
    snapshot = real_catalogue.current
    ids = {office.id for office in snapshot.bureau.offices} | {""}
    for matter in snapshot.matters.values():
        places = list(place_steps(matter.steps, "station-nanhu", snapshot.bureau))
        assert {place.unit for place in places} <= ids
        assert Matter.model_validate_json(matter.model_dump_json()) == matter


def test_a_case_follows_the_version_it_was_accepted_under(cast: Cast) -> None:
    first, same = make_case(cast.citizen), make_case(cast.citizen)
    changed = make_snapshot(make_matter(summary="改过的简介。"))
    later = make_case(cast.citizen, snapshot=changed)
    assert first.matter_version == same.matter_version != later.matter_version
    assert matter_of(first) == make_matter()
    assert matter_of(later).summary.zh == "改过的简介。"
    assert db.session.query(MatterVersion).count() == 2


def a_file(cast: Cast, owner: str | None = None) -> str:
    """Return the id of a stored photo."""
    file = StoredFile(
        id=f"{db.session.query(StoredFile).count():032x}",
        owner=owner or f"citizen:{cast.citizen.id}",
        purpose="lease",
        name="",
        media_type="image/jpeg",
        size_bytes=1,
        width=1,
        height=1,
        pages=1,
        sha256="0" * 64,
        key_id="k",
        wrapped_key=b"k",
        state="loose",
        created_at=MONDAY,
    )
    db.session.add(file)
    db.session.flush()
    return file.id


def test_materials_are_given_deferred_or_shared(cast: Cast) -> None:
    file_id = a_file(cast)
    given = [
        Given("lease", file_id),
        Given("lease", state=MaterialState.DEFERRED, promised_on=date(2026, 12, 1)),
        Given("register", state=MaterialState.SHARED),
    ]
    case = make_case(cast.citizen, materials=given)
    assert [(m.material_id, m.file_id, m.state, m.promised_on) for m in case.materials] == [
        ("lease", file_id, "given", None),
        ("lease", None, "deferred", date(2026, 12, 1)),
        ("register", None, "shared", None),
    ]


@pytest.mark.parametrize(
    "given",
    [
        Given("unknown", "a" * 32),
        Given("lease"),
        Given("lease", "f" * 32),  # no such file
        Given("lease", state=MaterialState.DEFERRED),
        Given("register", state=MaterialState.DEFERRED, promised_on=date(2026, 12, 1)),
        Given("lease", state=MaterialState.SHARED),
    ],
)
def test_a_material_that_does_not_fit_is_refused(cast: Cast, given: Given) -> None:
    with pytest.raises(BadMaterial):
        make_case(cast.citizen, materials=[given])


def test_nobody_attaches_anothers_file(cast: Cast) -> None:
    file_id = a_file(cast, f"citizen:{cast.stranger.id}")
    with pytest.raises(BadMaterial):
        make_case(cast.citizen, materials=[Given("lease", file_id)])


def test_a_correction_replaces_the_materials_given_anew(cast: Cast) -> None:
    old = a_file(cast)
    case = make_case(cast.citizen, materials=[Given("lease", old), Given("register", state=MaterialState.SHARED)])
    return_for_correction(cast.clerk, case, [Reason("material:lease", "模糊")], MONDAY)
    new = a_file(cast)
    resubmit(cast.citizen, case, FORM, MONDAY, materials=[Given("lease", new)])
    db.session.commit()
    assert [(m.material_id, m.file_id) for m in case.materials] == [("register", None), ("lease", new)]


def test_numbers_run_by_the_day_and_prove_themselves(cast: Cast) -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    numbers = [next_number(day) for day in (monday, monday, tuesday)]
    assert [n[:15] for n in numbers] == ["NH2026112300001", "NH2026112300002", "NH2026112400001"]
    assert all(is_number(n) for n in numbers)


@pytest.mark.parametrize("place", range(2, 16))
def test_a_mistyped_digit_is_noticed(cast: Cast, place: int) -> None:
    number = next_number(date(2026, 11, 23))
    for digit in set("0123456789") - {number[place]}:
        assert not is_number(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "NH", "NH1", "XX20261123000019", "NH2026112300001９", "NH20261123-0001", "'; --"])
def test_what_is_no_number_is_told(text: str) -> None:
    assert not is_number(text)


def test_more_cases_than_five_digits_in_a_day_still_get_numbers(cast: Cast) -> None:
    from backend.cases.models import DayCounter

    day = date(2026, 11, 23)
    db.session.add(DayCounter(day=day, last=99_999))
    db.session.flush()
    assert is_number(next_number(day))


def test_the_queue_shows_a_masked_name(cast: Cast) -> None:
    assert make_case(cast.citizen).applicant == "王**"
    assert make_case(cast.citizen, applicant="Anna Maria Berg").applicant == "A*** M*** B***"
