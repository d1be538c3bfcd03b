"""What is kept of a question, and what never is."""

import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.db import db
from backend.editing import hearing
from backend.editing.counting import by_aspect, by_day, by_kind, by_matter, tally
from backend.editing.hearing import Ear, Heard, forget_old
from backend.editing.models import Asked, LastAsked
from tests.editing.conftest import NOW, reply

WHO = "f" * 64


@pytest.fixture
def ear(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """An ear that is flushed by hand, at a set time."""
    monkeypatch.setattr(hearing, "utc_now", lambda: NOW)
    ear = Ear(app.app_context)
    ear._started = True
    return ear


def kept() -> list[Asked]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Asked)))


def test_a_question_is_kept_masked_and_without_the_person(ear: Ear) -> None:
    ear.hear(WHO, reply("我叫张伟，电话13812345678，狗证多少钱？"))
    assert ear.flush() == 1
    asked = kept()[0]
    assert (asked.matter, asked.aspect, asked.kind, asked.day.isoformat()) == (
        "dog-licence",
        "fee",
        "matter",
        "2026-11-23",
    )
    assert "张伟" not in asked.text and "138" not in asked.text and "狗证多少钱" in asked.text
    dump = "\n".join(str(tuple(row)) for row in db.session.execute(text("SELECT * FROM editing_asked")))
    assert WHO not in dump
    raw = db.session.execute(text("SELECT question FROM editing_last")).scalar_one()
    assert "张伟".encode() not in raw


def test_hearing_costs_the_answer_next_to_nothing(ear: Ear) -> None:
    said = reply("狗证多少钱")
    started = time.perf_counter()
    for _ in range(1000):
        ear.hear(WHO, said)
    assert (time.perf_counter() - started) / 1000 < 0.001


def test_more_than_memory_should_hold_is_dropped(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(hearing.MOST_WAITING + 3):
        ear.hear(WHO, reply("狗证"))
    assert ear.dropped == 3


def test_the_writer_writes_by_itself_and_survives_a_broken_database(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    broken = iter([True])
    real = hearing.keep

    def keep(connection: object, heard: Heard) -> None:
        if next(broken, False):
            raise OSError
        real(connection, heard)  # type: ignore[arg-type]
        written.set()

    monkeypatch.setattr(hearing, "keep", keep)
    monkeypatch.setattr(hearing, "PAUSE_SECONDS", 0.01)
    ear = Ear(app.app_context)
    ear.hear(WHO, reply("第一句丢了"))
    deadline = time.monotonic() + 5
    while not written.is_set() and time.monotonic() < deadline:
        ear.hear(WHO, reply("后来的还在"))
        written.wait(0.05)
    assert written.is_set()


def test_a_verdict_finds_the_answer_it_is_about(ear: Ear) -> None:
    ear.hear(WHO, reply("狗证多少钱"))
    ear.hear("a" * 64, reply("护照多少钱", matter="passport-first"))
    ear.flush()
    ear.hear(WHO, reply("没用", "chitchat"))
    ear.flush()
    assert {asked.matter: asked.useful for asked in kept()} == {"dog-licence": False, "passport-first": None}


def test_a_verdict_after_a_quarter_of_an_hour_is_about_nothing(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    ear.hear(WHO, reply("狗证多少钱"))
    ear.flush()
    monkeypatch.setattr(hearing, "utc_now", lambda: NOW + timedelta(minutes=16))
    ear.hear(WHO, reply("有用", "chitchat"))
    ear.flush()
    assert kept()[0].useful is None


def test_what_was_picked_is_noted_at_the_question(ear: Ear) -> None:
    ear.hear(WHO, reply("旺财上牌", "clarify", matter=None, confidence=0.3))
    ear.hear(WHO, reply("1", "pick"))
    ear.flush()
    question, pick = sorted(kept(), key=lambda a: a.kind)
    assert (question.kind, question.unsure, question.picked) == ("clarify", True, "dog-licence")
    assert (pick.kind, pick.text) == ("pick", "")


def test_the_words_of_an_emergency_are_nobodys_to_read(ear: Ear) -> None:
    ear.hear(WHO, reply("我老公打我", "emergency"))
    ear.flush()
    assert [(a.kind, a.text) for a in kept()] == [("emergency", "")]
    assert db.session.scalars(select(LastAsked)).all() == []


@pytest.mark.parametrize("kind", ["chitchat"])
def test_small_talk_is_not_kept(ear: Ear, kind: str) -> None:
    ear.hear(WHO, reply("你好呀", kind))
    ear.flush()
    assert kept() == []


def test_old_questions_and_conversations_are_forgotten(ear: Ear) -> None:
    ear.hear(WHO, reply("狗证多少钱"))
    ear.flush()
    assert forget_old(NOW + timedelta(minutes=16)) == 1
    assert forget_old(NOW + timedelta(days=179)) == 0
    assert forget_old(NOW + timedelta(days=182)) == 1
    db.session.commit()
    assert kept() == []


def test_hits_are_counted_by_day_matter_and_aspect(ear: Ear) -> None:
    for question, changes in (
        ("狗证多少钱", {}), ("狗证在哪办", {"aspect": "location"}), ("护照", {"matter": "passport-first", "confidence": 0.55}),
    ):  # fmt: skip
        ear.hear(WHO, reply(question, **changes))
    ear.hear(WHO, reply("没用", "chitchat"))
    ear.hear(WHO, reply("听不懂", "handoff", confidence=0.2))
    ear.hear(WHO, reply("转人工", "handoff", confidence=0.95))
    ear.flush()
    day = NOW.date()
    week = tally(day - timedelta(days=6), day)
    assert (week.questions, week.unsure, week.useless, week.useful) == (5, 2, 1, 0)
    assert week.answered_share == pytest.approx(0.6)
    assert [(h.name, h.tally.questions) for h in by_matter(day, day)] == [("dog-licence", 2), ("passport-first", 1)]
    assert {h.name: h.tally.questions for h in by_aspect(day, day, "dog-licence")} == {"fee": 1, "location": 1}
    assert by_kind(day, day) == {"matter": 3, "handoff": 2}
    days = by_day(day, 3)
    assert [t.questions for _, t in days] == [0, 0, 5]
    assert tally(day - timedelta(days=9), day - timedelta(days=8)).answered_share == 1
