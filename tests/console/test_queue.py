"""The queue: what stands in it, in which order and colour, and how cheaply."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from backend.cases.service import Case
from backend.db import db
from backend.identity.officers import officer_named
from backend.identity.service import OfficerRole
from tests.cast import NOW, OTHER, create_citizen, submit_case
from tests.console.conftest import Clock, Desk, Statements, do


def submit_more(app: Flask, picture: bytes, count: int, **more: Any) -> list[str]:
    """Return the numbers of new cases, each of another citizen."""
    numbers = [submit_case(app, create_citizen(f"o-{n}"), picture, **more).number for n in range(count)]
    db.session.commit()
    return numbers


@pytest.mark.parametrize(
    ("later", "words", "colour"),
    [
        (timedelta(), "剩 1 个工作日", "due--soon"),
        (timedelta(days=1), "今天到期", "due--today"),
        (timedelta(days=3), "超期 2 天", "due--late"),
    ],
)
def test_what_is_left_is_told_in_words_and_colour(
    at_desk: Desk, case: Case, clock: Clock, later: timedelta, words: str, colour: str
) -> None:
    clock.now = NOW + later
    page = at_desk().get("/console/").text
    assert words in page and colour in page


def test_claimed_is_mine_and_no_longer_a_colleagues(at_desk: Desk, case: Case) -> None:
    phone, colleague = at_desk(), at_desk("330102")
    assert do(phone, case, "claim", step="accept", back="queue").location == "/console/"
    assert case.number in phone.get("/console/?tab=mine").text
    assert case.number not in colleague.get("/console/").text
    assert do(phone, case, "release", step="accept", back="queue").status_code == 303
    assert "没有您领取的办件" in phone.get("/console/?tab=mine").text
    assert case.number in colleague.get("/console/").text


def test_the_badges_count(at_desk: Desk, app: Flask, picture: bytes, case: Case, clock: Clock) -> None:
    submit_more(app, picture, 2)
    clock.now = NOW + timedelta(days=5)
    phone = at_desk()
    do(phone, case, "claim", step="accept")
    page = phone.get("/console/").text
    assert [page.count(f'">{n}<span class="sr"> 件') for n in (3, 1)] == [2, 1]  # 待办 3, 超期 3, 我的 1


def test_the_list_goes_on_with_more(at_desk: Desk, app: Flask, picture: bytes, clock: Clock) -> None:
    numbers = submit_more(app, picture, 23)
    phone = at_desk()
    first = phone.get("/console/").text
    assert first.count('class="row row--') == 20 and "hx-get" in first
    address = first.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    rest = phone.get(address).text
    assert rest.count('class="row row--') == 3 and "<html" not in rest and "更多" not in rest
    assert all(number in first + rest for number in numbers)
    plain = phone.get(address.replace("/console/rows", "/console/")).text
    assert plain.count('class="row row--') == 3


def test_the_queue_of_one_matter_only(at_desk: Desk, case: Case) -> None:
    phone = at_desk()
    assert case.number in phone.get("/console/?matter=foreigner-accommodation").text
    page = phone.get("/console/?matter=id-card-renew").text
    assert case.number not in page and "没有待办" in page


def test_another_stations_cases_do_not_stand_there(at_desk: Desk, app: Flask, picture: bytes) -> None:
    (number,) = submit_more(app, picture, 1, station=OTHER)
    assert number not in at_desk().get("/console/").text
    assert number in at_desk("330103", OTHER).get("/console/").text


def test_the_queue_takes_as_many_statements_for_many_rows_as_for_one(
    at_desk: Desk, app: Flask, picture: bytes, case: Case
) -> None:
    phone = at_desk()
    phone.get("/console/")
    with Statements() as one:
        phone.get("/console/")
    submit_more(app, picture, 12)
    with Statements() as many:
        phone.get("/console/")
    assert len(one.sent) == len(many.sent) <= 5  # who asks, the roles, the counts, the rows


@pytest.mark.parametrize(
    "asked",
    [
        "tab=nonsense",
        "after=x",
        "after=2026-11-24_99999999999999999999",
        "tab=done&after=0001-01-01T00:00%2B23:59_1",
        "matter=%00",
    ],
)
def test_nonsense_in_the_address_breaks_nothing(at_desk: Desk, case: Case, asked: str) -> None:
    assert at_desk().get(f"/console/?{asked}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("role", "goes"),
    [(OfficerRole.ADMINISTRATOR, "/console/officers"), (OfficerRole.AUDITOR, "/console/audit")],
)
def test_who_has_no_cases_is_sent_to_the_own_work(at_desk: Desk, role: OfficerRole, goes: str) -> None:
    assert at_desk("330900", "hall", role).get("/console/").location == goes


def test_who_has_no_role_any_more_is_told_that_there_is_nothing_here(app: Flask, at_desk: Desk) -> None:
    client = at_desk("330901", "hall", OfficerRole.EDITOR)
    officer = officer_named("330901")
    officer.roles = []
    db.session.commit()
    assert "还没有要办的事" in client.get("/console/").text


def test_the_address_without_its_slash_is_the_same_page(at_desk: Desk, case: Case) -> None:
    assert case.number in at_desk().get("/console").text


def test_the_way_to_the_pages_leads_through_the_login(app: Flask) -> None:
    assert app.test_client().get("/console/").location.startswith("/console/login")
