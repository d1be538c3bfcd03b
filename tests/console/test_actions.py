"""What an officer does with a case, one action after the other, and what is refused on the way."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accommodation.service import forms_of, get_stay
from backend.cases.models import CaseEvent, CaseStep
from backend.cases.service import Case, Status
from backend.db import db
from backend.identity.models import AuditEntry
from backend.notify.models import NotifyMessage
from tests.cast import NOW, run_jobs
from tests.console.conftest import Clock, Desk, do, fresh

VISIT_AT = "2026-11-23T18:00:00+08:00"


def up_to_decision(phone: FlaskClient, case: Case, clock: Clock) -> None:
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    clock.now = NOW + timedelta(hours=8)
    do(phone, case, "arrive", step="visit")
    do(phone, case, "visit", step="visit", met="本人", confirmed="yes")


def issued(app: Flask, phone: FlaskClient, case: Case, clock: Clock) -> str:
    """Return the number of the form."""
    up_to_decision(phone, case, clock)
    do(phone, case, "issue", step="decide", sure="1")
    run_jobs(app, "forms")
    return forms_of(fresh(case))[0].number


def the_steps(case: Case) -> dict[str, str]:
    fresh(case)
    return {s.step_id: s.state for s in db.session.scalars(select(CaseStep).where(CaseStep.case_id == case.id))}


def test_the_officers_own_time_is_shanghais(at_desk: Desk, case: Case) -> None:
    assert do(at_desk(), case, "agree", step="accept", time="own", own_time="2026-11-25T09:30").status_code == 303
    agreed = get_stay(fresh(case)).visits[-1].agreed_at
    assert agreed is not None and agreed.isoformat() == "2026-11-25T01:30:00+00:00"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"time": "soon"},
        {"time": "own", "own_time": ""},
        {"time": "own", "own_time": "2026-11-01T09:00"},
        {"time": "own", "own_time": "2030-01-01T09:00"},
        {"time": "own", "own_time": "0001-01-01T00:00"},
        {"time": "9999-12-31T23:59:59-23:59"},
    ],
)
def test_no_time_for_a_visit_is_made_up(at_desk: Desk, case: Case, told: dict[str, str]) -> None:
    refused = do(at_desk(), case, "agree", step="accept", **told)
    assert refused.status_code == 400 and 'role="alert"' in refused.text and case.number in refused.text
    assert the_steps(case)["accept"] == "open"


def test_a_visit_agreed_is_the_officers_and_can_be_moved(at_desk: Desk, case: Case, clock: Clock) -> None:
    phone, colleague = at_desk(), at_desk("330102")
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    assert case.number in phone.get("/console/?tab=mine").text
    assert "同单位的其他民警在办" in colleague.get(f"/console/cases/{case.number}").text
    assert do(phone, case, "agree", step="visit", time="own", own_time="2026-11-25T09:30").status_code == 303
    assert "11月25日 周三 09:30" in phone.get(f"/console/cases/{case.number}").text
    told = select(NotifyMessage).where(NotifyMessage.notice == "stay-visit-agreed")
    assert len(db.session.scalars(told).all()) == 2


def test_the_place_of_arrival_is_optional_and_never_nonsense(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    assert do(phone, case, "arrive", step="visit", latitude="nan", longitude="1e999").status_code == 303
    visit = get_stay(fresh(case)).visits[-1]
    assert visit.arrived_at == NOW and visit.latitude is None


def test_a_visit_needs_an_arrival_and_an_answer(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    early = do(phone, case, "visit", step="visit", met="本人", confirmed="yes")
    assert early.status_code == 409 and "先点“已到达”" in early.text
    do(phone, case, "arrive", step="visit")
    assert do(phone, case, "visit", step="visit", met="本人").status_code == 400
    kept = do(phone, case, "visit", step="visit", met=" ", confirmed="no", note="敲门三次")
    assert kept.status_code == 400 and "敲门三次" in kept.text
    assert the_steps(case)["visit"] == "open"


def test_a_photo_that_is_none_is_refused_with_its_reason(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    do(phone, case, "arrive", step="visit")
    photo = (io.BytesIO(b"MZ no picture"), "x.jpg")
    refused = do(phone, case, "visit", step="visit", met="本人", confirmed="yes", photo=photo)
    assert refused.status_code == 400 and the_steps(case)["visit"] == "open"


def test_a_photo_larger_than_other_pages_take_comes_through(at_desk: Desk, case: Case) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((1800, 1400), 90).save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > 1024 * 1024
    phone = at_desk()
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    do(phone, case, "arrive", step="visit")
    photo = (io.BytesIO(out.getvalue()), "x.jpg")
    assert do(phone, case, "visit", step="visit", met="本人", confirmed="yes", photo=photo).status_code == 303


def test_a_photo_beyond_all_measure_is_told_so(at_desk: Desk, case: Case) -> None:
    photo = (io.BytesIO(b"x" * 11_500_000), "x.jpg")
    refused = do(at_desk(), case, "visit", step="visit", met="本人", confirmed="yes", photo=photo)
    assert refused.status_code == 400 and "照片太大" in refused.text


def test_nobody_at_home_leaves_the_visit_to_be_repeated(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    do(phone, case, "agree", step="accept", time=VISIT_AT)
    do(phone, case, "arrive", step="visit")
    assert do(phone, case, "visit", step="visit", met="无人应门", confirmed="no").status_code == 303
    page = phone.get(f"/console/cases/{case.number}").text
    assert "无人应门" in page and "未核实" in page and "已到达" in page


def test_nothing_is_issued_before_the_visit_nor_unread(at_desk: Desk, case: Case, clock: Clock) -> None:
    phone = at_desk()
    assert do(phone, case, "issue", step="decide", sure="1").status_code == 409
    up_to_decision(phone, case, clock)
    assert do(phone, case, "issue", step="decide").status_code == 400
    assert forms_of(fresh(case)) == []


def test_a_second_tap_on_issue_makes_no_second_form(at_desk: Desk, case: Case, clock: Clock) -> None:
    phone = at_desk()
    up_to_decision(phone, case, clock)
    assert do(phone, case, "issue", step="decide", sure="1").status_code == 303
    again = do(phone, case, "issue", step="decide", sure="1")
    assert again.status_code == 409 and "已经办过" in again.text
    assert len(forms_of(fresh(case))) == 1


def test_the_steps_of_a_stay_are_not_passed_by_a_click(at_desk: Desk, case: Case) -> None:
    refused = do(at_desk(), case, "pass", step="accept")
    assert refused.status_code == 409 and the_steps(case)["accept"] == "open"


def test_what_is_returned_tells_every_reason_in_the_applicants_language(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    told = {
        "tick:address": "1", "why:address": "unclear", "more:address": "请写到门牌号。",
        "tick:material:passport": "1", "why:material:passport": "blurred",
        "tick:nationality": "", "why:nationality": "differs", "whole": "请尽快。",
    }  # fmt: skip
    assert do(phone, case, "return", step="accept", **told).status_code == 303
    assert fresh(case).status == Status.RETURNED
    line = db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "returned")).one()
    reasons = {reason["field"]: reason["says"] for reason in line.detail["reasons"]}
    assert set(reasons) == {"address", "material:passport", ""}
    assert "is not clear" in reasons["address"] and reasons["address"].endswith("请写到门牌号。")
    assert "cannot be read" in reasons["material:passport"]
    page = phone.get(f"/console/cases/{case.number}").text
    assert "待申请人补正" in page and "请写到门牌号。" in page and "约定上门并通知" not in page


@pytest.mark.parametrize(
    "told", [{}, {"tick:address": "1"}, {"tick:address": "1", "why:address": "nonsense"}, {"whole": "  "}]
)
def test_nothing_goes_back_without_a_reason(at_desk: Desk, case: Case, told: dict[str, str]) -> None:
    assert do(at_desk(), case, "return", step="accept", **told).status_code == 400
    assert fresh(case).status == Status.SUBMITTED


def test_what_was_typed_survives_a_refusal(at_desk: Desk, case: Case) -> None:
    told = {
        "tick:address": "1",
        "why:address": "",
        "tick:nationality": "1",
        "why:nationality": "differs",
        "whole": "别忘了签字",
    }
    page = do(at_desk(), case, "return", step="accept", **told).text
    assert "别忘了签字" in page and 'name="tick:nationality" value="1" checked' in page
    assert '<details class="fold" id="return" open>' in page


def test_a_refusal_names_law_reason_and_remedy(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    page = phone.get(f"/console/cases/{case.number}").text
    assert "中华人民共和国出境入境管理法第三十九条" in page and "60日内申请行政复议" in page
    assert do(phone, case, "refuse", step="accept", basis="eea-39", reason="不在本辖区居住。").status_code == 303
    assert fresh(case).status == Status.REFUSED
    line = db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "refused")).one()
    assert line.detail["basis"] == "中华人民共和国出境入境管理法第三十九条" and "行政复议" in line.detail["remedy"]


@pytest.mark.parametrize("told", [{"basis": "eea-39"}, {"basis": "my-own-law", "reason": "不行"}, {"reason": "不行"}])
def test_no_refusal_without_law_and_reason(at_desk: Desk, case: Case, told: dict[str, str]) -> None:
    assert do(at_desk(), case, "refuse", step="accept", **told).status_code == 400
    assert fresh(case).status == Status.SUBMITTED


def test_a_form_is_replaced_then_revoked(app: Flask, at_desk: Desk, case: Case, clock: Clock) -> None:
    phone = at_desk()
    number = issued(app, phone, case, clock)
    assert do(phone, case, f"forms/{number}/replace", why="姓名有误").status_code == 303
    old, new = forms_of(fresh(case))
    assert old.revoked_why == "姓名有误" and new.replaces == old.number
    assert do(phone, case, f"forms/{number}/revoke", why="再撤一次").status_code == 409
    assert do(phone, case, f"forms/{new.number}/revoke", why=" ").status_code == 400
    assert do(phone, case, f"forms/{new.number}/revoke", why="已离境").status_code == 303
    page = phone.get(f"/console/cases/{case.number}").text
    assert page.count("已撤销") >= 2 and "已离境" in page


def test_a_form_that_is_being_made_says_so(at_desk: Desk, case: Case, clock: Clock) -> None:
    phone = at_desk()
    up_to_decision(phone, case, clock)
    do(phone, case, "issue", step="decide", sure="1")
    (form,) = forms_of(fresh(case))
    assert "正在生成" in phone.get(f"/console/cases/{case.number}").text
    assert phone.get(f"/console/cases/{case.number}/forms/{form.number}").status_code == 409


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("agree", {"time": VISIT_AT}),
        ("claim", {}),
        ("return", {"whole": "补"}),
        ("refuse", {"basis": "eea-39", "reason": "不在本辖区居住。"}),
    ],
)
def test_of_two_officers_the_second_is_told_and_sees_the_case_anew(
    at_desk: Desk, case: Case, action: str, told: dict[str, str]
) -> None:
    first, second = at_desk(), at_desk("330102")
    assert do(first, case, "agree", step="accept", time=VISIT_AT).status_code == 303
    late = do(second, case, action, step="accept", **told)
    assert late.status_code == 409
    assert "其他民警" in late.text and "上门核实" in late.text and case.number in late.text
    assert len(db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "passed")).all()) == 1


@pytest.mark.parametrize("action", ["arrive", "visit"])
def test_the_visit_is_that_officers_who_agreed_it(at_desk: Desk, case: Case, action: str) -> None:
    first, second = at_desk(), at_desk("330102")
    do(first, case, "agree", step="accept", time=VISIT_AT)
    late = do(second, case, action, step="visit", met="本人", confirmed="yes")
    assert late.status_code == 409 and "其他民警" in late.text


def test_every_look_at_a_case_is_in_the_trail(at_desk: Desk, case: Case) -> None:
    at_desk().get(f"/console/cases/{case.number}")
    looks = select(AuditEntry).where(AuditEntry.action == "case.look", AuditEntry.subject == f"case:{case.id}")
    assert len(db.session.scalars(looks).all()) == 1
