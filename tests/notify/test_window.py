"""The 48 hours in which the account may answer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from backend.db import db
from backend.notify.window import note_message_from, window_open
from tests.notify.providers import NOON


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("hours", "is_open"), [(0, True), (47.9, True), (47.95, False), (48, False), (500, False)])
def test_it_closes_a_little_before_48_hours(app: Flask, hours: float, is_open: bool) -> None:
    note_message_from("oWei", NOON)
    assert window_open("oWei", NOON + timedelta(hours=hours)) is is_open


def test_it_is_closed_for_who_never_wrote(app: Flask) -> None:
    note_message_from("oWei", NOON)
    assert not window_open("oAnn", NOON)


def test_a_chat_costs_one_write_an_hour(app: Flask, statements: list[str]) -> None:
    for minute in range(0, 130):
        note_message_from("oWei", NOON + timedelta(minutes=minute))
    assert statements.count("INSERT") == 3
    assert statements.count("SELECT") == 130
    assert window_open("oWei", NOON + timedelta(hours=49))


def test_an_old_message_that_comes_late_closes_nothing(app: Flask) -> None:
    note_message_from("oWei", NOON)
    note_message_from("oWei", NOON - timedelta(hours=40))
    assert window_open("oWei", NOON + timedelta(hours=47))
