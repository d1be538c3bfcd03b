"""A citizen's own cases, files and forms; and that they are nobody else's."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from backend import clock
from backend.accommodation.models import IssuedForm, PhotoReading, Stay
from backend.accommodation.service import get_form, revoke_form
from backend.cases.service import Case, Reason, get_case, return_for_correction
from backend.db import db
from backend.identity.audit_tables import AuditEntry
from tests.cast import COMMUNITY, OTHER, make_officer
from tests.portal.phone import NOW, Phone, issue


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


def looks(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(select(AuditEntry.action, AuditEntry.subject).where(AuditEntry.action.like("%.look")))
        return [(action, subject) for action, subject in rows]


def own_case(app: Flask, path: str) -> Case:
    return get_case(path.rsplit("/", 1)[-1])


def test_without_anything_the_pages_say_so(app: Flask) -> None:
    anna = Phone(app)
    assert "还没有办件" in anna.html("/my") and "还没有登记过" in anna.html("/stay")


def test_the_case_page_tells_stage_step_unit_and_due_date(app: Flask, picture: bytes) -> None:
    anna = Phone(app, lang="en")
    html = anna.html(anna.submit(picture) + "?sent=1")
    assert "We have it" in html and "Nanhu Police Station" in html and 'aria-current="step"' in html
    assert "Due: 2026-11-24" in html and "The officer will contact you" in html


def test_an_english_case_page_has_chinese_only_where_it_is_marked(app: Flask, picture: bytes) -> None:
    anna = Phone(app, lang="en")
    html = anna.html(anna.submit(picture, **{"stay:address": "3 Yanyu Road, Room 201"}))
    shown = re.sub(r"(?s)<head>.*?</head>|<[^>]*lang=\"zh-CN\"[^>]*>[^<]*<|<[^>]+>", "", html)
    assert re.findall(r"[\u4e00-\u9fff]+", shown) == []


@pytest.mark.parametrize("act", ["", "/withdraw", "/correct", "/out", "/forms/1.pdf", "/forms/1.jpg"])
def test_a_strangers_case_is_not_there(app: Flask, picture: bytes, act: str) -> None:
    case = Phone(app).submit(picture)
    stranger = Phone(app, "o-stranger")
    ask = stranger.get if act in ("", "/forms/1.pdf", "/forms/1.jpg") else stranger.post
    assert ask(case + act).status_code == 404
    assert stranger.post(f"/stay/again/{case.rsplit('/', 1)[-1]}").status_code == 404
    assert case not in stranger.html("/my")


def test_a_returned_case_is_corrected_by_one_draft_and_sent_once(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    with app.app_context():
        return_for_correction(make_officer(), own_case(app, case), [Reason("", "社区不对，请重新选择。")], NOW)
        db.session.commit()
    assert "社区不对，请重新选择。" in anna.html(case) and "去补正" in anna.html(case)
    draft = anna.post(f"{case}/correct").location
    assert anna.post(f"{case}/correct").location == draft
    anna.post(f"{draft}/fields", {"stay:community": COMMUNITY[OTHER]})
    first, second = anna.post(f"{draft}/submit"), anna.post(f"{draft}/submit")
    assert first.location.partition("?")[0] == second.location == case
    assert "新丰派出所" in anna.html(case)


def test_a_case_is_withdrawn_until_it_is_decided(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    assert anna.post(f"{case}/withdraw").status_code == 303
    html = anna.html(case)
    assert "已撤回" in html and "撤回申请" not in html
    assert anna.post(f"{case}/withdraw").status_code == 409


def test_the_form_is_opened_as_pdf_and_picture_and_each_look_is_written_down(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    number = issue(app, case, picture)
    html = anna.html(case)
    assert number in html and "有效" in html and "<svg" in html
    pdf, image = anna.get(f"{case}/forms/{number}.pdf"), anna.get(f"{case}/forms/{number}.jpg")
    assert pdf.data[:5] == b"%PDF-" and image.data[:2] == b"\xff\xd8"
    assert pdf.headers["Cache-Control"] == image.headers["Cache-Control"] == "no-store"
    assert looks(app).count(("form.look", f"form:{number}")) == 2
    assert Phone(app, "o-stranger").get(f"{case}/forms/{number}.pdf").status_code == 404
    assert anna.get(f"{case}/forms/33040220260099999.pdf").status_code == 404


def test_a_form_in_the_making_says_so(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    number = issue(app, case, picture)
    with app.app_context():
        get_form(number).file_id = None
        db.session.commit()
    assert "正在生成" in anna.html(case)
    assert anna.get(f"{case}/forms/{number}.pdf").status_code == 503


def test_a_revoked_form_says_so_and_is_offered_no_more(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    number = issue(app, case, picture)
    with app.app_context():
        revoke_form(make_officer("339999"), get_form(number), "姓名有误", NOW)
        db.session.commit()
    html = anna.html(case)
    assert "已撤销" in html and f"{number}.pdf" not in html


def test_pictures_handed_in_are_shown_to_their_owner_only(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    anna.submit(picture)
    with app.app_context():
        file_id = db.session.scalars(select(PhotoReading.file_id)).one()
    shown = anna.get(f"/my/files/{file_id}?size=small")
    assert shown.mimetype == "image/jpeg" and shown.headers["Cache-Control"] == "no-store"
    assert looks(app)[-1] == ("file.look", f"file:{file_id}")
    assert Phone(app, "o-stranger").get(f"/my/files/{file_id}").status_code == 404
    assert app.test_client().get(f"/my/files/{file_id}", headers={"Accept": "text/html"}).status_code == 302


@pytest.mark.parametrize("file_id", ["x", "0" * 32, "..%2f..%2fetc%2fpasswd", "%00", "a" * 2000])
def test_an_unknown_file_is_not_there(app: Flask, file_id: str) -> None:
    assert Phone(app).get(f"/my/files/{file_id}").status_code == 404


def test_one_tap_registers_again_after_a_trip(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    issue(app, case, picture)
    draft = anna.post(f"/stay/again/{case.rsplit('/', 1)[-1]}", {"moved": "0"}).location
    html = anna.html(draft)
    assert 'value="ERIKSSON"' in html and "3幢201室" in html
    anna.post(f"{draft}/fields", {"stay:check_in_at": "2026-11-23T08:00", "consent": "1"})
    again = anna.post(f"{draft}/submit").location.partition("?")[0]
    assert again not in ("", case) and "/my/cases/" in again


def test_moving_asks_for_the_new_address_and_ends_the_old_stay(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    number = issue(app, case, picture)
    draft = anna.post(f"/stay/again/{case.rsplit('/', 1)[-1]}", {"moved": "1"}).location
    assert "3幢201室" not in anna.html(draft)
    home = {"stay:housing": "own", "stay:address": "净相村18号", "stay:community": COMMUNITY[OTHER]}
    anna.post(f"{draft}/fields", home | {"stay:check_in_at": "2026-11-23T08:00", "consent": "1"})
    assert "/my/cases/" in anna.post(f"{draft}/submit").location
    with app.app_context():
        old = db.session.get_one(Stay, own_case(app, case).id)
        assert (old.ended_on, get_form(number).valid_until) == (date(2026, 11, 23), date(2026, 11, 23))


def test_moving_out_ends_the_stay_once_and_its_forms_with_it(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    issue(app, case, picture)
    assert anna.post(f"{case}/out", {"on": "2026-11-23"}).status_code == 303
    assert "已搬走" in anna.html("/stay")
    assert anna.post(f"{case}/out", {"on": "2026-11-23"}).status_code == 409
    with app.app_context():
        assert db.session.scalars(select(IssuedForm.valid_until)).all() == [date(2026, 11, 23)]


def test_moving_out_before_moving_in_is_refused(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    issue(app, case, picture)
    assert anna.post(f"{case}/out", {"on": "2020-01-01"}).status_code == 400


def test_a_correction_shows_photos_that_are_still_being_read(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    case = anna.submit(picture)
    with app.app_context():
        return_for_correction(make_officer(), own_case(app, case), [Reason("", "请核对。")], NOW)
        file_id = db.session.scalars(select(PhotoReading.file_id)).one()
        db.session.commit()
    draft = anna.post(f"{case}/correct").location
    assert "every 1s" in anna.html(f"{draft}/reading/{file_id}")
    assert Phone(app, "o-stranger").get(f"{draft}/reading/{file_id}").status_code == 404
