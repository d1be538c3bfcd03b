"""What anybody learns from a form's QR code: little, and in both languages."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from backend import clock
from backend.accommodation.service import get_form, replace_form
from backend.db import db
from backend.web import limiter
from tests.cast import make_officer, rooms
from tests.portal.phone import NOW, Phone, issue


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


@pytest.fixture
def limited() -> Iterator[None]:
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


def token_of(app: Flask, number: str) -> str:
    with app.app_context():
        return get_form(number).token


def asked(app: Flask, token: str, status: int = 200) -> str:
    response = app.test_client().get(f"/check/{token}", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_data(as_text=True)


def test_a_valid_form_shows_number_initials_dates_and_nothing_else(app: Flask, picture: bytes) -> None:
    number = issue(app, Phone(app).submit(picture), picture)
    html = asked(app, token_of(app, number))
    assert all(told in html for told in ("有效", "Valid", number, "A. M. E.", "2026-11-22", "2027-04-30"))
    assert not re.search("ERIKSSON|ANNA|L898902C3|烟雨|3幢|13800000001|1974", html)


def test_an_ended_form_says_so(app: Flask, picture: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    number = issue(app, Phone(app).submit(picture), picture)
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(days=365))
    html = asked(app, token_of(app, number))
    assert "已到期" in html and "Ended" in html and "有效<" not in html


def test_a_replaced_form_is_revoked_and_names_the_new_one(app: Flask, picture: bytes) -> None:
    number = issue(app, Phone(app).submit(picture), picture)
    with app.app_context():
        bureau = rooms(app).catalogue.current.bureau
        new = replace_form(make_officer("339999"), get_form(number), "姓名有误", bureau, NOW).number
        db.session.commit()
    html = asked(app, token_of(app, number))
    assert "已撤销" in html and "Revoked" in html and new in html and "姓名有误" not in html


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "a" * 2000, "💥"])
def test_an_unknown_code_is_told_as_such(app: Flask, token: str) -> None:
    html = asked(app, token, 404)
    assert "查不到" in html and "No such form" in html


def test_guessing_is_slowed_down(app: Flask, limited: None) -> None:
    client = app.test_client()
    codes = [client.get(f"/check/{n}").status_code for n in range(21)]
    assert codes == [404] * 20 + [429]


def test_the_privacy_page_is_there_in_both_languages(app: Flask) -> None:
    client = app.test_client()
    assert "三年" in client.get("/privacy?lang=zh").get_data(as_text=True)
    english = client.get("/privacy?lang=en").get_data(as_text=True)
    assert "three years" in english and "Articles 28 and 29" in english
