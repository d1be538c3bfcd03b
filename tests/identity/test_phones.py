"""Proving a phone: the code goes by SMS, and neither guessing nor flooding pays."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.db import db
from backend.identity.citizens import citizen_for_openid, confirm_phone, start_phone_check
from backend.identity.errors import BadPhone, CodeExpired, TooManyCodes, WrongCode
from backend.identity.models import Citizen, PhoneCode
from backend.identity.phones import check_phone
from backend.notify.models import NotifyMessage
from tests.identity.conftest import NOW

PHONE = "13800138000"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def anna(room: Flask) -> Citizen:
    citizen = citizen_for_openid("o-anna")
    db.session.commit()
    return citizen


def ask(citizen: Citizen, now: datetime = NOW, phone: str = PHONE) -> str:
    """Ask for a code as a request would; return the code that was sent."""
    start_phone_check(citizen, phone, now)
    db.session.commit()
    message = db.session.scalars(select(NotifyMessage).order_by(NotifyMessage.id.desc()).limit(1)).one()
    return str(message.params["code"])


def refused_ask(citizen: Citizen, now: datetime, phone: str = PHONE) -> None:
    with pytest.raises(TooManyCodes):
        start_phone_check(citizen, phone, now)
    db.session.rollback()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("+44 7400 123456", "+447400123456"),
        ("+1 415 555 2671", "+14155552671"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_mobile_numbers_of_the_world_are_kept_as_e164(typed: str, number: str) -> None:
    assert check_phone(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "110", "12345", "0573-82088888", "23800138000", "+44 20 7946 0958", "abc", "138001380001"]
)
def test_what_gets_no_sms_is_refused(typed: str) -> None:
    with pytest.raises(BadPhone):
        check_phone(typed)


def test_the_right_code_confirms_the_phone(anna: Citizen) -> None:
    code = ask(anna)
    confirm_phone(anna, f" {code} ", NOW + MINUTE)
    db.session.commit()
    assert (anna.phone, anna.phone_confirmed_at) == ("+8613800138000", NOW + MINUTE)
    assert anna.to().phone == "+8613800138000"


def test_the_code_goes_to_the_new_phone_by_sms_at_once(anna: Citizen) -> None:
    code = ask(anna)
    message = db.session.scalars(select(NotifyMessage)).one()
    assert (message.notice, message.sms_only, message.urgent) == ("phone-code", True, True)
    assert message.address["phone"] == "+8613800138000" and message.address["openid"] is None
    assert len(code) == 6 and code.isdigit()
    assert anna.phone is None, "not theirs before it is proven"


def test_the_code_itself_is_nowhere_in_our_tables(anna: Citizen) -> None:
    code = ask(anna)
    row = db.session.execute(text("SELECT code_hash, phone FROM identity_phone_code")).one()
    assert code not in row.code_hash and len(row.code_hash) == 64 and b"13800138000" not in row.phone


def test_five_wrong_tries_spend_the_code_and_roll_back_does_not_give_them_back(anna: Citizen) -> None:
    code = ask(anna)
    for _ in range(5):
        with pytest.raises(WrongCode):
            confirm_phone(anna, wrong(code), NOW)
        db.session.rollback()  # as the face does for every refusal
    with pytest.raises(CodeExpired):
        confirm_phone(anna, code, NOW)
    assert anna.phone is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "０", "💥", "1" * 5000])
def test_whatever_is_typed_is_just_a_wrong_code(anna: Citizen, typed: str) -> None:
    ask(anna)
    with pytest.raises(WrongCode):
        confirm_phone(anna, typed, NOW)


def test_a_code_lasts_five_minutes(anna: Citizen) -> None:
    code = ask(anna)
    with pytest.raises(CodeExpired):
        confirm_phone(anna, code, NOW + timedelta(minutes=5))


def test_a_code_is_good_once(anna: Citizen) -> None:
    code = ask(anna)
    confirm_phone(anna, code, NOW)
    db.session.commit()
    with pytest.raises(CodeExpired):
        confirm_phone(anna, code, NOW)


def test_only_the_last_code_counts(anna: Citizen) -> None:
    first = ask(anna)
    second = ask(anna, NOW + MINUTE)
    if first == second:  # one in a million
        pytest.skip("the dice fell twice the same")
    with pytest.raises(WrongCode):
        confirm_phone(anna, first, NOW + MINUTE)
    db.session.rollback()
    confirm_phone(anna, second, NOW + MINUTE)
    assert anna.phone_confirmed_at == NOW + MINUTE


def test_without_a_code_there_is_nothing_to_confirm(anna: Citizen) -> None:
    with pytest.raises(CodeExpired):
        confirm_phone(anna, "123456", NOW)


def test_another_citizen_cannot_use_the_code(anna: Citizen) -> None:
    code = ask(anna)
    with pytest.raises(CodeExpired):
        confirm_phone(citizen_for_openid("o-mallory"), code, NOW)


def test_one_code_a_minute(anna: Citizen) -> None:
    ask(anna)
    refused_ask(anna, NOW + timedelta(seconds=59))
    assert ask(anna, NOW + MINUTE)


def test_five_an_hour_and_ten_a_day_for_a_citizen_whatever_the_phone(anna: Citizen) -> None:
    phones = [f"1380013800{digit}" for digit in range(10)]
    for number in range(5):
        ask(anna, NOW + number * MINUTE, phones[number])
    refused_ask(anna, NOW + 6 * MINUTE, phones[6])
    for number in range(5):
        ask(anna, NOW + 2 * HOUR + number * MINUTE, phones[number])
    refused_ask(anna, NOW + 5 * HOUR, phones[8])
    assert ask(anna, NOW + DAY + 6 * MINUTE, phones[8])


def test_five_an_hour_and_ten_a_day_for_a_phone_whoever_asks(room: Flask) -> None:
    people = [citizen_for_openid(f"o-{number}") for number in range(12)]
    for number in range(5):
        ask(people[number], NOW + number * MINUTE)
    refused_ask(people[6], NOW + 6 * MINUTE)
    for number in range(5, 10):
        ask(people[number], NOW + HOUR + number * MINUTE)
    refused_ask(people[10], NOW + 5 * HOUR)
    refused_ask(people[11], NOW + 5 * HOUR, "+86 138 0013 8000")


def test_a_minute_apart_for_a_phone_whoever_asks(room: Flask) -> None:
    ask(citizen_for_openid("o-1"))
    refused_ask(citizen_for_openid("o-2"), NOW + timedelta(seconds=30))


def test_what_was_refused_sends_nothing(anna: Citizen) -> None:
    ask(anna)
    refused_ask(anna, NOW)
    assert len(db.session.scalars(select(NotifyMessage)).all()) == 1
    assert len(db.session.scalars(select(PhoneCode)).all()) == 1
