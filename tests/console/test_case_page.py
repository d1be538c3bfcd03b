"""The page of a case: what it shows, and how many statements that takes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from backend.accommodation.models import PhotoReading
from backend.accommodation.service import save_fields, submit_stay
from backend.cases.service import Case, Given, start_draft, submit
from backend.db import db
from backend.identity.service import OfficerRole
from tests.cast import ANNA, NOW, OTHER, OWN, create_citizen, make_draft, rooms, submit_case
from tests.console.conftest import Desk, Statements, do, fresh
from tests.console.test_guests import CHECKS, READ

Page = Callable[[Case], str]


@pytest.fixture
def page(at_desk: Desk) -> Page:
    phone = at_desk()
    return lambda case: phone.get(f"/console/cases/{case.number}").text


def test_read_fields_stand_beside_the_photo(app: Flask, picture: bytes, page: Page) -> None:
    citizen = create_citizen()
    draft = make_draft(app, citizen, picture)
    row = db.session.query(PhotoReading).filter_by(kind="passport").one()
    row.state = "done"
    row.result = {"format": "TD3", "fields": READ, "sure": dict.fromkeys(READ, True) | {"sex": False}, "checks": CHECKS}
    case = submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, NOW)
    db.session.commit()
    told = page(case)
    assert "校验位 4/4 通过" in told and "1 处未证明" in told and told.count("校验位通过") == 3
    assert f"/console/files/{case.number}/{row.file_id}" in told


def test_late_is_told_against_the_statutory_clock(app: Flask, picture: bytes, page: Page) -> None:
    in_time = submit_case(app, create_citizen(), picture)
    late = submit_case(app, create_citizen("o-late"), picture, now=NOW + timedelta(hours=20))
    db.session.commit()
    assert "按时申报" in page(in_time) and "提前 10 小时申报" in page(in_time)
    assert "超时申报" in page(late) and "超时 10 小时申报" in page(late)


def test_earlier_stays_of_the_document_are_this_stations_only(app: Flask, picture: bytes, page: Page) -> None:
    case = submit_case(app, create_citizen(), picture)
    here = submit_case(app, create_citizen("o-2"), picture)
    elsewhere = submit_case(app, create_citizen("o-3"), picture, station=OTHER)
    db.session.commit()
    told = page(case)
    assert "同一证件在本所的其他登记（1）" in told and here.number in told and elsewhere.number not in told


def test_call_map_and_station_are_one_tap_away(case: Case, page: Page) -> None:
    told = page(case)
    for link in ('href="tel:13800000002"', 'href="tel:+8613800000001"', 'href="geo:0,0?q=%E5%8D%97'):
        assert link in told
    assert "烟雨社区 · 南湖派出所" in told


def test_the_timeline_speaks_to_the_officer(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    do(phone, case, "claim", step="accept")
    told = phone.get(f"/console/cases/{case.number}").text
    assert "申请人提交申请" in told and "民警接手了" in told and "您提交了申请" not in told


def test_an_auditor_looks_and_has_no_buttons(at_desk: Desk, case: Case) -> None:
    told = at_desk("330950", "hall", OfficerRole.AUDITOR).get(f"/console/cases/{case.number}").text
    assert "ERIKSSON" in told
    assert not any(f"/cases/{case.number}/{do}" in told for do in ("agree", "claim", "return", "refuse", "issue"))


def test_what_a_person_wrote_is_text_and_nothing_else(app: Flask, picture: bytes, page: Page) -> None:
    citizen = create_citizen()
    draft = make_draft(app, citizen, picture)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    save_fields(draft, "stay", {"address": "<script>alert(1)</script>路1号"}, matter, NOW)
    save_fields(draft, "host", {"name": '"><img src=x>', "phone": 'javascript:alert(1)"'}, matter, NOW)
    case = submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, NOW)
    db.session.commit()
    told = page(case)
    assert "<script>alert" not in told and "<img src=x" not in told and 'alert(1)""' not in told


def test_a_matter_without_a_room_of_its_own_is_worked_on_too(app: Flask, at_desk: Desk) -> None:
    citizen, snapshot = create_citizen(), rooms(app).catalogue.current
    draft = start_draft(citizen, "id-card-renew", now=NOW)
    form = {"full_name": "王小明"}
    case = submit(draft, form=form, unit=OWN, snapshot=snapshot, materials=list[Given](), now=NOW, applicant="王小明")
    db.session.commit()
    step = next(step for step in case.steps if step.state == "open")
    phone = at_desk("330107", step.unit, OfficerRole(step.role))
    told = phone.get(f"/console/cases/{case.number}").text
    assert "申请内容" in told and f"办完“{step.name['zh']}”" in told
    assert do(phone, case, "pass", step=step.step_id, note="已核对").status_code == 303
    assert do(phone, case, "agree", step=step.step_id, time="2026-11-24T10:00").status_code == 404
    fresh(case)
    assert next(s for s in case.steps if s.step_id == step.step_id).state == "passed"


def test_more_guests_and_events_take_no_more_statements(app: Flask, picture: bytes, at_desk: Desk, case: Case) -> None:
    citizen = create_citizen("o-family")
    draft = make_draft(app, citizen, picture)
    matter = rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    file_id = next(value for name, value in draft.form.items() if name.endswith("passport_file"))
    for n in range(5):
        save_fields(draft, f"guest:child{n}", ANNA | {"checked": True, "document_number": f"L89890{n}C4"}, matter, NOW)
    draft.form = draft.form | {f"guest:child{n}:passport_file": file_id for n in range(5)}
    family = submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, NOW)
    db.session.commit()
    phone = at_desk()
    for _ in range(3):
        do(phone, family, "claim", step="accept")
        do(phone, family, "release", step="accept")
    phone.get(f"/console/cases/{case.number}")
    with Statements() as one:
        assert phone.get(f"/console/cases/{case.number}").text.count("guest__head") == 1
    with Statements() as many:
        assert phone.get(f"/console/cases/{family.number}").text.count("guest__head") == 6
    assert len(one.sent) == len(many.sent) <= 20
