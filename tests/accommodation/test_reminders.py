"""Reminders are given once, in time, to those they concern."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from backend.accommodation import reminders
from backend.accommodation.models import IssuedForm
from backend.accommodation.reminders import remind
from backend.accommodation.service import get_stay, move_out
from backend.db import db
from backend.notify.models import NotifyMessage
from tests.cast import NOW, create_citizen, make_draft, submit_case

LEASE_ENDS, VISA_ENDS = date(2027, 4, 30), date(2027, 5, 1)


def told() -> list[str]:
    return list(db.session.scalars(select(NotifyMessage.notice).where(NotifyMessage.notice.like("stay-%"))))


def on(day: date) -> object:
    return NOW.replace(year=day.year, month=day.month, day=day.day)


@pytest.fixture
def issued(app: Flask, picture: bytes) -> object:
    case = submit_case(app, create_citizen(), picture)
    stay = get_stay(case)
    db.session.add(
        IssuedForm(
            number="1", token="t", case_id=case.id, guest_id=stay.guests[0].id, officer_id=1, initials="A.",
            valid_from=NOW.date(), issued_at=NOW,
        )
    )  # fmt: skip
    db.session.flush()
    return stay


def test_a_draft_is_reminded_of_before_its_24_hours_end(app: Flask, picture: bytes) -> None:
    draft = make_draft(app, create_citizen(), picture)
    assert draft.due_at is not None
    remind(draft.due_at - timedelta(hours=7))
    assert told() == []
    remind(draft.due_at - timedelta(hours=5))
    remind(draft.due_at - timedelta(hours=4))
    assert told() == ["stay-draft-ending"]
    for hours in (1, 2):
        remind(draft.due_at + timedelta(hours=hours))
    assert told() == ["stay-draft-ending", "stay-reported-late"]


def test_a_visa_and_a_lease_that_end_are_told_once_each(issued: object) -> None:
    remind(on(LEASE_ENDS - timedelta(days=20)))
    assert told() == []
    for days in (14, 13, 2):
        remind(on(LEASE_ENDS - timedelta(days=days)))
    assert sorted(told()) == ["stay-lease-ending", "stay-permit-ending"]


def test_who_moved_out_is_left_alone(issued: object) -> None:
    citizen = create_citizen()
    move_out(citizen, issued, NOW.date())
    remind(on(LEASE_ENDS - timedelta(days=5)))
    assert told() == []


def test_without_an_issued_form_nothing_is_reminded_of(app: Flask, picture: bytes) -> None:
    submit_case(app, create_citizen(), picture)
    remind(on(LEASE_ENDS - timedelta(days=5)))
    assert told() == []


def test_those_told_do_not_keep_the_others_waiting(app: Flask, picture: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "BATCH", 1)
    drafts = [make_draft(app, create_citizen(f"o-{number}"), picture) for number in range(3)]
    assert drafts[0].due_at is not None
    now = drafts[0].due_at - timedelta(hours=5)
    assert [remind(now) for _ in range(4)] == [1, 1, 1, 0]
