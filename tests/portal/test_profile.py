"""The page about oneself: name, phone, messages; and that it shows no number whole."""

import re
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from stdnum.cn import ric
from werkzeug.test import TestResponse

from backend import clock
from backend.db import db
from backend.identity import phones
from backend.identity.audit_tables import AuditEntry
from backend.identity.models import Citizen
from backend.identity.service import DOCUMENT_TYPES, verify
from backend.portal.profile_posts import time_in
from backend.portal.profile_words import DOCUMENTS, FAULTS, hidden, hidden_phone
from tests.portal.phone import NOW, Phone

NUMBERS = {
    "resident-card": "33040219900307201" + ric.calc_check_digit("330402199003072010"),
    "passport": "L898902C3",
    "hk-macau-permit": "H12345678",
    "taiwan-permit": "01234567",
    "permanent-resident-card": "CAN330481090400",
}
NAME = {"act": "name", "name": "Anna Eriksson", "document_type": "passport", "document_number": NUMBERS["passport"]}
OLD, NEW = "+8613800000001", "13800138000"
CODE = "000123"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The moment, to be moved by the test; and the code that every SMS brings."""
    moment = [NOW]
    monkeypatch.setattr(clock, "utc_now", lambda: moment[0])
    monkeypatch.setattr(phones.secrets, "randbelow", lambda _: int(CODE))
    return moment


def send(phone: Phone, status: int = 303, /, **fields: str) -> TestResponse:
    response = phone.post("/my/me", fields)
    assert response.status_code == status, response.get_data(as_text=True)
    return response


def refused(phone: Phone, status: int = 400, /, **fields: str) -> str:
    return send(phone, status, **fields).get_data(as_text=True)


def known(phone: Phone) -> Citizen:
    with phone.app.app_context():
        citizen = db.session.get_one(Citizen, phone.citizen_id)
        db.session.expunge(citizen)
        return citizen


def audited(app: Flask) -> list[str]:
    with app.app_context():
        assert verify().broken_at is None
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def faulty(html: str) -> set[str]:
    """Return the ids of the fields marked as wrong that have their sentence."""
    marked = re.findall(r'aria-describedby="([\w-]+)-fault"', html)
    return {field for field in marked if f'id="{field}-fault"' in html}


def test_a_stranger_is_led_to_wechat(app: Flask) -> None:
    client = app.test_client()
    html = {"Accept": "text/html"}
    assert client.get("/my/me", headers=html).location == "/login?next=/my/me"
    assert client.post("/my/me", data=NAME, headers=html).status_code == 302
    assert audited(app) == []


def test_another_persons_name_and_phone_are_not_there(app: Flask) -> None:
    send(Phone(app), **NAME)
    html = Phone(app, "o-stranger", phone=None).html("/my/me")
    assert "Anna Eriksson" not in html and "L8*****C3" not in html and "0001" not in html


def test_a_form_without_our_token_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Phone(app)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    send(anna, 400, **NAME)
    token = re.search(r'name="csrf_token" value="([^"]+)"', anna.html("/my/me"))
    assert token and known(anna).bound_at is None
    send(anna, csrf_token=token[1], **NAME)
    assert known(anna).bound_at == NOW


def test_an_unknown_act_is_refused(app: Flask) -> None:
    send(Phone(app), 400, act="openid")


def test_my_leads_to_it_and_it_leads_out(app: Flask) -> None:
    anna = Phone(app)
    assert 'href="/my/me"' in anna.html("/my")
    assert 'action="/logout"' in anna.html("/my/me")


def test_every_document_has_its_name_and_its_fault() -> None:
    assert set(DOCUMENTS) == set(DOCUMENT_TYPES) <= set(FAULTS)


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
def test_a_name_is_bound_and_its_number_shown_by_its_ends_only(app: Flask, kind: str) -> None:
    anna = Phone(app)
    number = NUMBERS[kind]
    there = send(anna, **(NAME | {"document_type": kind, "document_number": number})).location
    html = anna.html(there)
    citizen = known(anna)
    assert (citizen.name, citizen.document_type, citizen.document_number) == ("Anna Eriksson", kind, number)
    assert (
        "Anna Eriksson" in html and str(hidden(number)) in html and "姓名和证件已保存" in html and "2026-11-23" in html
    )
    assert number not in html and OLD not in html and OLD[1:] not in html
    assert audited(app)[:2] == ["citizen.bound", "citizen.look"]


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("resident-card", "33040219900307201"), ("resident-card", ""), ("passport", "E1234"),
        ("hk-macau-permit", "A12345678"), ("taiwan-permit", "T1234567"),
        ("permanent-resident-card", "CAN330481133100"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_told_at_its_field_and_nothing_changes(app: Flask, kind: str, number: str) -> None:
    anna = Phone(app)
    html = refused(anna, **(NAME | {"document_type": kind, "document_number": number}))
    assert faulty(html) == {"document_number"} and str(FAULTS[kind]) in html
    assert f'value="{number}"' in html and 'value="Anna Eriksson"' in html
    assert f'<option value="{kind}" selected' in html
    assert known(anna).bound_at is None and audited(anna.app) == ["citizen.look"]


def test_both_faults_of_name_and_document_are_told_at_once(app: Flask) -> None:
    anna = Phone(app)
    html = refused(anna, act="name", name="A7", document_type="driving-licence", document_number="x")
    assert faulty(html) == {"name", "document_type"}
    assert faulty(refused(anna, act="name")) == {"name", "document_type"}


def test_a_right_number_is_not_in_the_page_even_where_the_name_is_wrong(app: Flask) -> None:
    html = refused(Phone(app), **(NAME | {"name": "4nna"}))
    assert faulty(html) == {"name"} and NUMBERS["passport"] not in html


def test_a_name_is_changed_and_the_change_is_written_down(app: Flask) -> None:
    anna = Phone(app)
    send(anna, **NAME)
    refused(anna, **(NAME | {"name": "<b>Anna", "document_number": "AB1234567"}))
    send(anna, **(NAME | {"name": "Anna Berg", "document_number": "AB1234567"}))
    assert (known(anna).name, known(anna).document_number) == ("Anna Berg", "AB1234567")
    assert audited(app).count("citizen.bound") == 2


def test_what_was_typed_is_shown_harmlessly(app: Flask) -> None:
    assert "<script>alert" not in refused(Phone(app), act="name", name='"><script>alert(1)</script>')


def test_a_phone_is_confirmed_by_its_code(app: Flask) -> None:
    anna = Phone(app, phone=None)
    assert "还没有确认" in anna.html("/my/me")
    html = anna.html(send(anna, act="phone", phone=NEW).location)
    assert 'name="code"' in html and NEW not in html and CODE not in html and hidden_phone(NEW) in html
    assert known(anna).phone is None
    html = anna.html(send(anna, act="code", code=CODE).location)
    assert known(anna).phone == f"+86{NEW}" and known(anna).phone_confirmed_at == NOW
    assert "手机号码已确认" in html and NEW not in html and "8000" in html and 'name="code"' not in html
    assert [one for one in audited(app) if one != "citizen.look"] == ["citizen.phone-code", "citizen.phone-confirmed"]


def test_the_old_phone_stays_until_the_new_one_is_confirmed(app: Flask) -> None:
    anna = Phone(app)
    send(anna, act="phone", phone=NEW)
    assert known(anna).phone == OLD
    send(anna, act="code", code=CODE)
    assert known(anna).phone == f"+86{NEW}"


@pytest.mark.parametrize("phone", ["", "12345", "057312345678", "+44", "x" * 300])
def test_a_wrong_phone_is_told_at_its_field(app: Flask, phone: str) -> None:
    assert faulty(refused(Phone(app), act="phone", phone=phone)) == {"phone"}


def test_too_many_codes_are_refused_and_the_refused_do_not_count(app: Flask, now: list[Any]) -> None:
    anna = Phone(app)
    send(anna, act="phone", phone=NEW)
    other = "13900139000"  # refused for the citizen's sake: its own gate must stay as it was
    html = refused(anna, 429, act="phone", phone=other)
    assert faulty(html) == {"phone"} and "太频繁" in html and other not in html
    send(Phone(app, "o-other"), act="phone", phone=other)
    for minutes in range(1, 5):
        now[0] = NOW + timedelta(minutes=minutes)
        send(anna, act="phone")  # again to the same phone, as the field is empty
    now[0] = NOW + timedelta(minutes=5)
    refused(anna, 429, act="phone")
    now[0] = NOW + timedelta(minutes=61)
    send(anna, act="phone")


def test_a_wrong_code_is_told_and_after_five_the_right_one_is_no_good(app: Flask) -> None:
    anna = Phone(app)
    send(anna, act="phone", phone=NEW)
    for _ in range(5):
        html = refused(anna, act="code", code="999999")
        assert faulty(html) == {"code"} and str(FAULTS["identity.wrong_code"]) in html
    html = refused(anna, act="code", code=CODE)
    assert str(FAULTS["identity.code_expired"]) in html and CODE not in html
    assert known(anna).phone == OLD


def test_a_code_is_no_good_after_five_minutes_or_where_none_was_sent(app: Flask, now: list[Any]) -> None:
    anna = Phone(app)
    assert faulty(refused(anna, act="code", code=CODE)) == {"code"}
    send(anna, act="phone", phone=NEW)
    now[0] = NOW + timedelta(minutes=5)
    assert faulty(refused(anna, act="code", code=CODE)) == {"code"}


def test_language_and_quiet_hours_are_kept_and_the_page_follows(app: Flask) -> None:
    anna = Phone(app, lang="zh")
    there = send(anna, act="messages", lang="en", quiet_from="23:30", quiet_until="06:15").location
    html = anna.html(there)
    assert "About me" in html and 'value="23:30"' in html and "Your message settings are saved" in html
    assert "About me" in anna.html("/my/me")  # remembered: the next login takes the pages' language
    to = known(anna).to()
    assert (to.lang, to.quiet) == ("en", (time(23, 30), time(6, 15)))
    assert audited(app)[0] == "citizen.messages"


def test_both_hours_left_empty_mean_no_quiet_hours(app: Flask) -> None:
    anna = Phone(app)
    send(anna, act="messages", lang="zh", quiet_from="", quiet_until="")
    assert known(anna).to().quiet is None
    assert 'name="quiet_from" type="time" value=""' in anna.html("/my/me")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"lang": "zh", "quiet_from": "22:00"}, "quiet"), ({"lang": "zh", "quiet_until": "07:00"}, "quiet"),
        ({"lang": "zh", "quiet_from": "25:00", "quiet_until": "07:00"}, "quiet"),
        ({"lang": "fr", "quiet_from": "22:00", "quiet_until": "07:00"}, "lang"), ({}, "lang"),
    ],
)  # fmt: skip
def test_wrong_settings_are_told_and_nothing_changes(app: Flask, fields: dict[str, str], where: str) -> None:
    anna = Phone(app, lang="en")
    assert f'id="{where}-fault"' in refused(anna, act="messages", **fields)
    assert (known(anna).lang, known(anna).to().quiet) == ("en", (time(22), time(7)))


@pytest.mark.parametrize(
    ("text", "found"),
    [("22:00", time(22)), ("22:00:30.5", time(22)), ("22:00+08:00", None), ("", None), ("x", None), ("24:00", None)],
)
def test_a_time_is_one_of_the_clock(text: str, found: time | None) -> None:
    assert time_in(text) == found


@pytest.mark.parametrize(
    ("number", "shown"), [("L898902C3", "L8*****C3"), ("AB1234", "A****4"), ("ABC", "***"), ("", "")]
)
def test_a_number_is_recognised_by_its_ends(number: str, shown: str) -> None:
    assert hidden(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(OLD, "+*********0001"), (NEW, "*******8000"), ("12345", "*****"), ("", "")]
)
def test_a_phone_is_recognised_by_its_last_digits(number: str, shown: str) -> None:
    assert hidden_phone(number) == shown


@pytest.mark.parametrize("fields", [{}, {"act": "name", "name": "7"}, {"act": "phone"}, {"act": "code"}])
def test_the_english_page_has_chinese_only_where_it_is_marked(app: Flask, fields: dict[str, str]) -> None:
    anna = Phone(app, lang="en")
    send(anna, **NAME)
    html = refused(anna, **fields) if fields else anna.html("/my/me")
    shown = re.sub(r"(?s)^.*?<main|</main>.*$|<[^>]*lang=\"zh-CN\"[^>]*>[^<]*<|<[^>]+>", "", html)
    assert "About me" in shown and re.findall(r"[\u4e00-\u9fff]+", shown) == []


def test_no_cache_keeps_the_page_and_each_look_is_written_down(app: Flask) -> None:
    anna = Phone(app)
    assert anna.get("/my/me").headers["Cache-Control"] == "no-store"
    assert audited(app) == ["citizen.look"]


def test_the_language_switch_of_a_page_with_faults_leads_to_the_page(app: Flask) -> None:
    html = refused(Phone(app), act="name")
    assert 'href="/my/me?lang=en"' in html
