"""Pictures: marked with who looks and when, kept by no browser, every look written down; the signed form untouched."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageChops
from sqlalchemy import select

from backend.accommodation.service import forms_of, read_form
from backend.cases.service import Case
from backend.db import db
from backend.files.service import Files
from backend.identity.models import AuditEntry
from tests.cast import NOW, OTHER, create_citizen, rooms, run_jobs, submit_case
from tests.console.conftest import Clock, Desk, do, fresh


def address(case: Case) -> str:
    material = next(m for m in case.materials if m.material_id == "passport")
    return f"/console/files/{case.number}/{material.file_id}"


def test_a_picture_is_marked_with_unit_number_and_moment(
    at_desk: Desk, case: Case, monkeypatch: pytest.MonkeyPatch, picture: bytes
) -> None:
    marks, show = [], Files.picture

    def noted(self: Files, file: Any, **how: Any) -> bytes:
        marks.append(how["watermark"])
        return show(self, file, **how)

    monkeypatch.setattr(Files, "picture", noted)
    seen = at_desk().get(address(case))
    assert marks == ["南湖派出所 330101 2026-11-23 10:00"]
    plain, marked = (Image.open(io.BytesIO(data)).convert("L") for data in (picture, seen.data))
    assert max(ImageChops.difference(plain, marked).get_flattened_data()) > 40


def test_no_browser_keeps_it_and_each_look_is_written_down(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    for _ in range(2):
        seen = phone.get(address(case))
        assert seen.mimetype == "image/jpeg" and seen.cache_control.no_store
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
    looks = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "file.look")).all()
    assert len(looks) == 2 and f'"case":{case.id}' in looks[0].detail


def test_pages_with_names_are_kept_by_no_browser(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    for path in ("/console/", f"/console/cases/{case.number}", "/console/me"):
        assert phone.get(path).cache_control.no_store


def test_a_file_of_another_case_is_not_there(at_desk: Desk, app: Flask, picture: bytes, case: Case) -> None:
    others = submit_case(app, create_citizen("o-2"), picture, station=OTHER)
    db.session.commit()
    mixed = address(others).replace(others.number, case.number)
    phone = at_desk()
    assert phone.get(mixed).status_code == phone.get(address(others)).status_code == 404
    refused = select(AuditEntry.subject).where(AuditEntry.action == "console.show-file.refused")
    assert set(db.session.scalars(refused)) == {"file:" + address(others).rsplit("/", 1)[1]}


@pytest.mark.parametrize("file_id", ["..%2F..%2Fetc", "x" * 500, "%00", "0" * 32, "a%20b"])
def test_a_made_up_file_is_not_there(at_desk: Desk, case: Case, file_id: str) -> None:
    assert at_desk().get(f"/console/files/{case.number}/{file_id}").status_code == 404


@pytest.mark.parametrize("asked", ["?page=7", "?page=-1"])
def test_a_page_that_is_not_there_is_told(at_desk: Desk, case: Case, asked: str) -> None:
    assert at_desk().get(address(case) + asked).status_code in (400, 404)


@pytest.mark.parametrize("asked", ["?page=x", "?size=enormous", "?page=99999999999999999999999"])
def test_nonsense_about_size_and_page_breaks_nothing(at_desk: Desk, case: Case, asked: str) -> None:
    assert at_desk().get(address(case) + asked).status_code in (200, 400, 404)


def test_the_form_comes_byte_for_byte_and_to_its_case_only(
    app: Flask, at_desk: Desk, case: Case, clock: Clock, picture: bytes
) -> None:
    phone = at_desk()
    do(phone, case, "agree", step="accept", time="2026-11-23T18:00+08:00")
    clock.now = NOW + timedelta(hours=8)
    do(phone, case, "arrive", step="visit")
    do(phone, case, "visit", step="visit", met="本人", confirmed="yes", photo=(io.BytesIO(picture), "x.jpg"))
    do(phone, case, "issue", step="decide", sure="1")
    run_jobs(app, "forms")
    (form,) = forms_of(fresh(case))
    seen = phone.get(f"/console/cases/{case.number}/forms/{form.number}")
    assert seen.data == read_form(rooms(app).files, form)
    other = submit_case(app, create_citizen("o-2"), picture)
    db.session.commit()
    assert phone.get(f"/console/cases/{other.number}/forms/{form.number}").status_code == 404
    assert do(phone, other, f"forms/{form.number}/revoke", why="x").status_code == 404
    page = phone.get(f"/console/cases/{case.number}").text
    photo = page.split("现场照片")[0].rsplit("/console/files/", 1)[1].split('"')[0].replace("&amp;", "&")
    assert phone.get(f"/console/files/{photo}").mimetype == "image/jpeg"
