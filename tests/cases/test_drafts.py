"""Drafts: kept as they are typed, the citizen's own, dropped in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.cases.drafts import MAX_OPEN
from backend.cases.errors import DraftGone, DraftTooLarge, NoSuchDraft, TooManyDrafts, UnknownField
from backend.cases.service import (
    Draft,
    abandon_draft,
    drafts_of,
    drop_old_drafts,
    get_own_case,
    get_own_draft,
    known_fields,
    save_draft,
    start_draft,
    submit,
)
from backend.db import db
from backend.matters.service import Snapshot

from .conftest import FORM, MONDAY, STATION, Cast, days_later, make_draft, make_matter

KNOWN = known_fields(make_matter())


def test_what_is_typed_is_merged_field_by_field(cast: Cast) -> None:
    draft = make_draft(cast.citizen)
    save_draft(draft, {"applicant": "王", "address": "一路"}, MONDAY, known=KNOWN)
    save_draft(draft, {"applicant": "王小明"}, days_later(1), known=KNOWN)
    save_draft(draft, {"address": None, "material:lease": ["a" * 32]}, days_later(2), known=KNOWN)
    db.session.commit()
    found = get_own_draft(cast.citizen, draft.id)
    assert found.form == {"applicant": "王小明", "material:lease": ["a" * 32]}
    assert found.updated_at == days_later(2)


def test_what_is_typed_is_unreadable_in_the_database(cast: Cast) -> None:
    draft = make_draft(cast.citizen)
    save_draft(draft, {"address": "凌公塘路1号"}, MONDAY, known=KNOWN)
    db.session.commit()
    raw = db.session.connection().exec_driver_sql("SELECT form FROM cases_draft").scalar_one()
    assert "凌公塘路".encode() not in raw


def test_unknown_fields_are_refused(cast: Cast) -> None:
    draft = make_draft(cast.citizen)
    with pytest.raises(UnknownField):
        save_draft(draft, {"applicant": "王", "role": "administrator"}, MONDAY, known=KNOWN)
    assert draft.form == {}


@pytest.mark.parametrize("value", ["长" * 22_000, ["x"] * 20_000, {"a": "b" * 70_000}])
def test_a_draft_has_a_size(cast: Cast, value: object) -> None:
    draft = make_draft(cast.citizen)
    with pytest.raises(DraftTooLarge):
        save_draft(draft, {"address": value}, MONDAY, known=KNOWN)


def test_a_draft_is_its_citizens(cast: Cast) -> None:
    draft = make_draft(cast.citizen)
    assert get_own_draft(cast.citizen, draft.id) is draft
    for citizen, draft_id in ((cast.stranger, draft.id), (cast.citizen, "0" * 32)):
        with pytest.raises(NoSuchDraft):
            get_own_draft(citizen, draft_id)


def test_drafts_are_listed_the_latest_first_without_what_is_over(cast: Cast, snapshot: Snapshot) -> None:
    old, new, gone, sent = (make_draft(cast.citizen, days_later(n)) for n in range(4))
    abandon_draft(gone, MONDAY)
    submit(sent, form=FORM, unit=STATION, snapshot=snapshot, materials=[], now=MONDAY)
    assert drafts_of(cast.citizen) == [new, old]
    assert drafts_of(cast.stranger) == []


def test_an_abandoned_draft_is_erased_and_closed(cast: Cast) -> None:
    draft = make_draft(cast.citizen)
    save_draft(draft, {"address": "一路"}, MONDAY, known=KNOWN)
    abandon_draft(draft, MONDAY)
    assert draft.form == {}
    with pytest.raises(DraftGone):
        save_draft(draft, {"address": "二路"}, MONDAY, known=KNOWN)
    with pytest.raises(NoSuchDraft):
        get_own_draft(cast.citizen, draft.id)


def test_a_submitted_draft_is_closed_and_empty(cast: Cast, snapshot: Snapshot) -> None:
    draft = make_draft(cast.citizen)
    submit(draft, form=FORM, unit=STATION, snapshot=snapshot, materials=[], now=MONDAY)
    assert draft.form == {}
    for act in (lambda: save_draft(draft, {"address": "x"}, MONDAY, known=KNOWN), lambda: abandon_draft(draft, MONDAY)):
        with pytest.raises(DraftGone):
            act()


def test_old_drafts_are_dropped_and_their_cases_stay(cast: Cast, snapshot: Snapshot) -> None:
    late = MONDAY + timedelta(days=30, minutes=1)
    _, fresh, sent = make_draft(cast.citizen), make_draft(cast.citizen, days_later(1)), make_draft(cast.citizen)
    case = submit(sent, form=FORM, unit=STATION, snapshot=snapshot, materials=[], now=MONDAY)
    db.session.commit()
    kept = [fresh.id]
    assert drop_old_drafts(MONDAY + timedelta(days=30)) == 0
    assert drop_old_drafts(late) == 2
    db.session.commit()
    assert list(db.session.scalars(select(Draft.id))) == kept
    assert get_own_case(cast.citizen, case.number) is case
    assert drop_old_drafts(late) == 0


def test_nobody_fills_the_disk_with_drafts(cast: Cast) -> None:
    for _ in range(MAX_OPEN):
        make_draft(cast.citizen)
    with pytest.raises(TooManyDrafts):
        start_draft(cast.citizen, "id-card-renew", now=MONDAY)
    make_draft(cast.stranger)
