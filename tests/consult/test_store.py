"""Conversations and verdicts in the database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend import create_app
from backend.clock import utc_now
from backend.config import Settings
from backend.consult import store as room
from backend.consult.dialogue import Choice, Memory
from backend.consult.store import DatabaseStore, DialogueRow, FeedbackRow
from backend.db import db, reading


@pytest.fixture
def store(knowledge: Path, tmp_path: Path) -> Iterator[DatabaseStore]:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path / "d", knowledge_dir=knowledge, log_level="ERROR"))
    with app.app_context():
        db.create_all()
        yield DatabaseStore(15)


def rows() -> int:
    with reading(db.engine) as connection:
        return len(connection.execute(select(DialogueRow.who)).all())


def test_a_conversation_is_kept_replaced_and_forgotten(store: DatabaseStore) -> None:
    assert store.load("a") == Memory()
    store.save("a", Memory("m", "fee", choices=(Choice("x", "fee"),)))
    store.save("a", Memory("n", "fee", choices=(Choice("x", "fee"),)))
    assert store.load("a") == Memory("n", "fee", choices=(Choice("x", "fee"),))
    assert store.load("b") == Memory()
    store.forget("a")
    assert store.load("a") == Memory()


def test_a_conversation_ends_by_itself(store: DatabaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save("a", Memory("m"))
    monkeypatch.setattr(room, "utc_now", lambda: utc_now() + timedelta(minutes=16))
    assert store.load("a") == Memory()
    store.purge()
    assert rows() == 0


def test_ended_conversations_are_dropped_now_and_then(store: DatabaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PURGE_EVERY", 3)
    store.save("a", Memory("m"))
    monkeypatch.setattr(room, "utc_now", lambda: utc_now() + timedelta(minutes=16))
    store.save("b", Memory("m"))
    assert rows() == 2
    store.save("c", Memory("m"))
    assert rows() == 2  # b and c; a has ended


def test_a_verdict_is_kept_without_the_person(store: DatabaseStore) -> None:
    store.keep_verdict(Memory("m", "fee"), False)
    with reading(db.engine) as connection:
        (row,) = connection.execute(select(FeedbackRow.matter, FeedbackRow.aspect, FeedbackRow.useful))
    assert tuple(row) == ("m", "fee", False)
