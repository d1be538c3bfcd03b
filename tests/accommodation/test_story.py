"""A stay from the first photo to the signed form, on real services."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.accommodation.errors import FormRevoked, Incomplete, NotVisited
from backend.accommodation.form.verifying import verify
from backend.accommodation.models import IssuedForm, Stay
from backend.accommodation.service import (
    Held,
    agree_visit,
    arrive,
    check_form,
    correct,
    forms_of,
    get_stay,
    hold_visit,
    issue_forms,
    move_out,
    read_form,
    register_again,
    replace_form,
    revoke_form,
    save_choice,
    save_fields,
    submission_of,
    submit_stay,
)
from backend.cases.service import Case, Reason, Status, return_for_correction
from backend.clock import utc_now
from backend.db import db
from backend.errors import Conflict, Forbidden, NotFound
from backend.identity.audit_check import verify as verify_trail
from backend.notify.models import NotifyMessage
from tests.cast import (
    ANNA,
    COMMUNITY,
    NOW,
    OTHER,
    OWN,
    create_citizen,
    make_draft,
    make_officer,
    rooms,
    run_jobs,
    submit_case,
)

TOMORROW = NOW + timedelta(days=1)


def issued(app: Flask, picture: bytes, name: str = "anna") -> Case:
    citizen, officer = create_citizen(f"o-{name}"), make_officer(f"33{name}")
    case = submit_case(app, citizen, picture)
    bureau = rooms(app).catalogue.current.bureau
    agree_visit(officer, case, NOW + timedelta(hours=8), NOW)
    arrive(officer, case, NOW + timedelta(hours=8), (30.75, 120.76))
    hold_visit(officer, case, Held("本人", True, photo=picture), rooms(app).files, NOW + timedelta(hours=8))
    issue_forms(officer, case, bureau, NOW + timedelta(hours=9))
    db.session.commit()
    run_jobs(app, "forms")
    return case


def test_a_tenant_gets_a_signed_form_that_anyone_can_check(app: Flask, picture: bytes) -> None:
    case = issued(app, picture)
    (form,) = forms_of(case)
    assert case.status == Status.DONE
    pdf = read_form(rooms(app).files, form)
    assert pdf is not None and verify(pdf).valid
    checked = check_form(form.token, date(2026, 12, 1))
    assert (checked.state, checked.initials, checked.valid_until) == ("valid", "A. M. E.", date(2027, 4, 30))
    assert check_form(form.token, date(2027, 5, 1)).state == "ended"
    assert verify_trail().broken_at is None


def test_every_form_of_a_dead_worker_is_made_when_its_lease_has_run_out(app: Flask, picture: bytes) -> None:
    forms = [form for name in ("anna", "boris") for form in forms_of(issued(app, picture, name))]
    now = utc_now()
    for form in forms:
        form.file_id, form.making_until = None, now + timedelta(seconds=50)
    db.session.commit()
    assert rooms(app).form_maker.make_waiting(now) == 0
    assert rooms(app).form_maker.make_waiting(now + timedelta(minutes=2)) == len(forms)


def test_the_command_line_verifies_a_form(app: Flask, picture: bytes, tmp_path: Path) -> None:
    (form,) = forms_of(issued(app, picture))
    pdf, changed = tmp_path / "form.pdf", tmp_path / "changed.pdf"
    signed = read_form(rooms(app).files, form) or b""
    pdf.write_bytes(signed)
    changed.write_bytes(signed.replace(b"%PDF-1", b"%PDF-2", 1))
    verdict = app.test_cli_runner().invoke(args=["accommodation", "verify", str(pdf)])
    assert verdict.exit_code == 0 and json.loads(verdict.stdout)["trusted"] is True
    assert app.test_cli_runner().invoke(args=["accommodation", "verify", str(changed)]).exit_code == 1


def test_each_step_tells_the_tenant_once(app: Flask, picture: bytes) -> None:
    issued(app, picture)
    told = db.session.scalars(select(NotifyMessage.notice).where(NotifyMessage.recipient_kind == "citizen")).all()
    assert sorted(told) == ["case-done", "case-submitted", "stay-visit-agreed"]


def test_submitted_twice_it_is_one_case(app: Flask, picture: bytes) -> None:
    citizen = create_citizen()
    draft = make_draft(app, citizen, picture)
    snapshot = rooms(app).catalogue.current
    first = submit_stay(citizen, draft, rooms(app).files, snapshot, NOW)
    assert submit_stay(citizen, draft, rooms(app).files, snapshot, NOW) is first
    assert db.session.scalar(select(func.count()).select_from(Stay)) == 1


def test_the_clock_runs_from_moving_in(app: Flask, picture: bytes) -> None:
    stay = get_stay(submit_case(app, create_citizen(), picture))
    assert stay.due_at - stay.check_in_at == timedelta(hours=24)


def test_compatriots_in_a_village_have_72_hours(app: Flask, picture: bytes) -> None:
    citizen = create_citizen()
    draft = make_draft(app, citizen, picture, station=OTHER)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    guest = next(name for name in draft.form if name.endswith(":surname")).rsplit(":", 1)[0]
    save_fields(draft, guest, {"document_type": "taiwan-permit", "nationality": "CHN"}, matter, NOW)
    stay = get_stay(submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, NOW))
    assert stay.due_at - stay.check_in_at == timedelta(hours=72)


def test_what_is_missing_is_told_all_at_once(app: Flask, picture: bytes) -> None:
    citizen = create_citizen()
    draft = make_draft(app, citizen, picture)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    guest = next(name for name in draft.form if name.endswith(":surname")).rsplit(":", 1)[0]
    save_fields(draft, guest, {"surname": "", "birth_date": "2030-01-01"}, matter, NOW)
    save_fields(draft, "stay", {"address": ""}, matter, NOW)
    with pytest.raises(Incomplete) as told:
        submission_of(draft, NOW)
    assert set(told.value.faults) == {f"{guest}:surname", "stay:address"}


def test_a_page_cannot_name_somebody_elses_photo(app: Flask, picture: bytes) -> None:
    draft = make_draft(app, create_citizen(), picture)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    guest = next(name for name in draft.form if name.endswith(":surname")).rsplit(":", 1)[0]
    before = draft.form[f"{guest}:passport_file"]
    save_fields(draft, guest, {"passport_file": "0" * 32}, matter, NOW)
    assert draft.form[f"{guest}:passport_file"] == before


def test_without_a_visit_nothing_is_issued(app: Flask, picture: bytes) -> None:
    officer, case = make_officer(), submit_case(app, create_citizen(), picture)
    agree_visit(officer, case, TOMORROW, NOW)
    with pytest.raises(NotVisited):
        hold_visit(officer, case, Held("本人", True), rooms(app).files, NOW)
    with pytest.raises(Conflict):
        issue_forms(officer, case, rooms(app).catalogue.current.bureau, NOW)


def test_an_officer_of_another_station_may_do_nothing(app: Flask, picture: bytes) -> None:
    stranger, case = make_officer("330102", OTHER), submit_case(app, create_citizen(), picture)
    with pytest.raises((Forbidden, NotFound)):
        agree_visit(stranger, case, TOMORROW, NOW)


def test_a_visit_that_finds_nobody_is_held_again(app: Flask, picture: bytes) -> None:
    officer, case = make_officer(), submit_case(app, create_citizen(), picture)
    agree_visit(officer, case, TOMORROW, NOW)
    arrive(officer, case, TOMORROW)
    hold_visit(officer, case, Held("无人应门", False), rooms(app).files, TOMORROW)
    assert case.status == Status.SUBMITTED
    agree_visit(officer, case, TOMORROW + timedelta(days=1), TOMORROW)
    arrive(officer, case, TOMORROW + timedelta(days=1))
    hold_visit(officer, case, Held("本人", True), rooms(app).files, TOMORROW + timedelta(days=1))
    assert [v.outcome for v in get_stay(case).visits] == ["not-confirmed", "confirmed"]


def test_a_returned_case_is_corrected_and_goes_on_at_the_right_station(app: Flask, picture: bytes) -> None:
    citizen, officer = create_citizen(), make_officer()
    case = submit_case(app, citizen, picture)
    return_for_correction(officer, case, [Reason("", "社区不对，请重新选择。")], NOW)
    draft = correct(citizen, case, NOW)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    save_fields(draft, "stay", {"community": COMMUNITY[OTHER]}, matter, NOW)
    assert submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, NOW) is case
    assert (case.status, case.unit, get_stay(case).station) == (Status.SUBMITTED, OTHER, OTHER)
    agree_visit(make_officer("330102", OTHER), case, TOMORROW, NOW)


def test_a_form_is_replaced_and_revoked_once(app: Flask, picture: bytes) -> None:
    case = issued(app, picture)
    officer = make_officer("330103")
    (old,) = forms_of(case)
    new = replace_form(officer, old, "姓名有误", rooms(app).catalogue.current.bureau, NOW)
    db.session.commit()
    run_jobs(app, "forms")
    assert check_form(old.token, NOW.date()).replaced_by == new.number
    assert check_form(new.token, NOW.date()).state == "valid"
    with pytest.raises(FormRevoked):
        revoke_form(officer, old, "再撤一次", NOW)
    with pytest.raises(Forbidden):
        revoke_form(make_officer("330104", OTHER), new, "别的所", NOW)


def test_one_tap_registers_again_after_a_trip(app: Flask, picture: bytes) -> None:
    case = issued(app, picture)
    citizen = create_citizen()
    stay = get_stay(case)
    move_out(citizen, stay, date(2026, 12, 1))
    with pytest.raises(Conflict):
        move_out(citizen, stay, date(2026, 12, 2))
    later = NOW + timedelta(days=30)
    draft = register_again(citizen, stay, later, moved=False)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    save_fields(draft, "stay", {"check_in_at": "2026-12-22T20:00"}, matter, later)
    save_choice(draft, later, consent=later.isoformat())
    again = submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, later)
    assert again.number != case.number and get_stay(again).guests[0].details["surname"] == ANNA["surname"]


def test_form_numbers_run_without_repeating(app: Flask, picture: bytes) -> None:
    issued(app, picture)
    case = submit_case(app, create_citizen("o-other"), picture)
    officer = make_officer("330105", OWN)
    agree_visit(officer, case, TOMORROW, NOW)
    arrive(officer, case, TOMORROW)
    hold_visit(officer, case, Held("本人", True), rooms(app).files, TOMORROW)
    issue_forms(officer, case, rooms(app).catalogue.current.bureau, TOMORROW)
    numbers = db.session.scalars(select(IssuedForm.number)).all()
    assert len(set(numbers)) == len(numbers) == 2
