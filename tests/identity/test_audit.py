"""The trail: written with the change it tells of, never altered, and every tampering shows."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, text, update

from backend.db import db
from backend.identity import audit_check
from backend.identity.audit import (
    START,
    SYSTEM,
    Actor,
    AuditIsForEver,
    UnfitForAudit,
    canonical,
    chain_key,
    link,
    record,
    record_refused,
)
from backend.identity.audit_check import entries_about, verify
from backend.identity.audit_tables import AuditEntry, hashed_part
from backend.identity.citizens import citizen_for_openid
from backend.identity.models import Citizen

OFFICER = Actor("officer", 7, "east")


def write(count: int) -> None:
    for number in range(count):
        record(OFFICER, "case.seen", f"case:{number}", step="accept", page=number)
        db.session.commit()


def sql(statement: str, **values: Any) -> None:
    """Change the database behind the program's back."""
    db.session.execute(text(statement), values)
    db.session.commit()


@pytest.fixture
def trail(room: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Eight entries, read in pages of three."""
    monkeypatch.setattr(audit_check, "PAGE_ENTRIES", 3)
    write(8)
    yield room


def test_an_empty_trail_is_whole(room: Flask) -> None:
    verdict = verify()
    assert (verdict.entries, verdict.broken_at, verdict.head) == (0, None, (0, START))


def test_what_was_written_is_whole(trail: Flask) -> None:
    verdict = verify()
    assert (verdict.entries, verdict.broken_at) == (8, None)


def test_an_entry_says_who_did_what_to_whom(room: Flask) -> None:
    record(OFFICER, "case.passed", "case:12", step="visit", due=date(2026, 11, 25), fields=["surname", "room"])
    db.session.commit()
    (row,) = entries_about("case:12")
    assert (row.seq, row.actor_kind, row.actor_id, row.actor_unit) == (1, "officer", 7, "east")
    assert (row.action, row.detail) == (
        "case.passed",
        '{"due":"2026-11-25","fields":["surname","room"],"step":"visit"}',
    )
    assert datetime.fromisoformat(row.at).tzinfo is not None


def test_several_entries_of_one_transaction_follow_one_another(room: Flask) -> None:
    for number in range(3):
        record(SYSTEM, "file.dropped", f"file:{number}")
    db.session.commit()
    assert [row.subject for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))] == [
        "file:0", "file:1", "file:2"
    ]  # fmt: skip
    assert verify().broken_at is None


def test_what_is_rolled_back_has_never_been(room: Flask) -> None:
    record(OFFICER, "case.passed", "case:1")
    db.session.rollback()
    record(OFFICER, "case.passed", "case:2")
    db.session.commit()
    assert [row.subject for row in db.session.scalars(select(AuditEntry))] == ["case:2"]


def test_an_entry_stands_or_falls_with_its_savepoint(room: Flask) -> None:
    record(OFFICER, "case.seen", "case:1")
    with db.session.begin_nested():
        record(OFFICER, "case.seen", "case:2")
    with pytest.raises(RuntimeError), db.session.begin_nested():
        record(OFFICER, "case.seen", "case:3")
        raise RuntimeError
    outer = db.session.begin_nested()
    with db.session.begin_nested():
        record(OFFICER, "case.seen", "case:4")
    outer.rollback()
    db.session.commit()
    assert [row.subject for row in db.session.scalars(select(AuditEntry))] == ["case:1", "case:2"]
    assert verify().broken_at is None


def test_the_head_is_locked_last_and_only_at_the_end(room: Flask) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    record(OFFICER, "case.seen", "case:1")
    citizen = citizen_for_openid("o-late")
    citizen.lang = "en"
    assert not any("identity_audit" in s for s in statements)
    db.session.commit()
    writes = [s for s in statements if s.startswith(("INSERT", "UPDATE"))]
    first = next(i for i, s in enumerate(writes) if "identity_audit" in s)
    assert first >= 2 and all("identity_audit" in s for s in writes[first:])


def test_a_refused_attempt_is_written_though_its_work_is_undone(room: Flask) -> None:
    citizen_for_openid("o-undone")
    record(OFFICER, "case.passed", "case:1")
    record_refused(OFFICER, "case.pass", "case:1", "identity.not_permitted")
    db.session.rollback()
    (row,) = db.session.scalars(select(AuditEntry))
    assert (row.action, row.detail) == ("case.pass.refused", '{"why":"identity.not_permitted"}')
    assert db.session.scalars(select(Citizen)).all() == []


@pytest.mark.parametrize(
    "value",
    [
        "王小明",
        "Anna Müller",
        "two words",
        "13800138000",
        "+8613800138000",
        "8613800138000",
        "+447400123456",
        "360426199101010071",
        "x" * 65,
        "",
        {"a": 1},
        b"bytes",
        object(),
        ["ok", "not ok"],
    ],
)
def test_a_detail_that_may_be_personal_is_refused(room: Flask, value: Any) -> None:
    with pytest.raises(UnfitForAudit):
        record(OFFICER, "case.seen", "case:1", value=value)
    db.session.commit()
    assert db.session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    "value", [1, 2.5, True, None, "station-east", "case.step_not_open", "a" * 32, date(2026, 1, 1), datetime.now(UTC)]
)
def test_ids_codes_numbers_and_dates_are_fit(room: Flask, value: Any) -> None:
    record(OFFICER, "case.seen", "case:1", value=value)
    db.session.commit()
    assert verify().entries == 1


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        ("Case seen", "case:1"),
        ("", "case:1"),
        ("case.seen", "王小明"),
        ("case.seen", "case"),
        ("case.seen", "case:a b"),
    ],
)
def test_action_and_subject_have_their_form(room: Flask, action: str, subject: str) -> None:
    with pytest.raises(UnfitForAudit):
        record(OFFICER, action, subject)


COLUMNS = {
    "at": "2020-01-01T00:00:00+00:00", "actor_kind": "system", "actor_id": 8, "actor_unit": "west",
    "action": "case.unseen", "subject": "case:99", "detail": "{}", "hash": "f" * 64,
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("seq", [1, 4, 8])
def test_a_changed_entry_shows(trail: Flask, column: str, seq: int) -> None:
    sql(f"UPDATE identity_audit_entry SET {column} = :value WHERE seq = :seq", value=COLUMNS[column], seq=seq)
    verdict = verify()
    assert (verdict.broken_at, verdict.entries) == (seq, seq - 1)


@pytest.mark.parametrize("seq", [1, 3, 4, 7])
def test_a_removed_entry_shows(trail: Flask, seq: int) -> None:
    sql("DELETE FROM identity_audit_entry WHERE seq = :seq", seq=seq)
    assert verify().broken_at == seq


def test_a_removed_entry_with_the_rest_moved_up_shows(trail: Flask) -> None:
    sql("DELETE FROM identity_audit_entry WHERE seq = 4")
    for seq in range(5, 9):
        sql("UPDATE identity_audit_entry SET seq = :new WHERE seq = :old", new=seq - 1, old=seq)
    assert verify().broken_at == 4


@pytest.mark.parametrize("count", [1, 8])
def test_a_truncated_tail_shows(trail: Flask, count: int) -> None:
    sql("DELETE FROM identity_audit_entry WHERE seq > :last", last=8 - count)
    assert verify().broken_at == 9 - count


def test_reordered_entries_show(trail: Flask) -> None:
    for old, new in ((4, 100), (5, 4), (100, 5)):
        sql("UPDATE identity_audit_entry SET seq = :new WHERE seq = :old", new=new, old=old)
    assert verify().broken_at == 4


def test_an_inserted_entry_shows(trail: Flask) -> None:
    for seq in range(8, 4, -1):
        sql("UPDATE identity_audit_entry SET seq = :new WHERE seq = :old", new=seq + 1, old=seq)
    sql(
        "INSERT INTO identity_audit_entry SELECT 5, at, actor_kind, actor_id, actor_unit, action, subject, detail, hash"
        " FROM identity_audit_entry WHERE seq = 4"
    )
    assert verify().broken_at == 5


def test_an_entry_put_after_the_end_shows(trail: Flask) -> None:
    """Even by somebody who knows the key but not that the head counts."""
    last = db.session.get_one(AuditEntry, 8)
    forged = hashed_part(last) | {"seq": 9}
    sql(
        "INSERT INTO identity_audit_entry SELECT 9, at, actor_kind, actor_id, actor_unit, action, subject, detail, :hash"
        " FROM identity_audit_entry WHERE seq = 8",
        hash=link(chain_key(), last.hash, forged),
    )
    assert verify().broken_at == 9


def test_a_chain_made_without_the_key_does_not_fit(trail: Flask) -> None:
    """Who can write to the database only changes an entry and every hash after it, the head's too."""
    sql("UPDATE identity_audit_entry SET actor_id = 8 WHERE seq = 6")
    previous = db.session.get_one(AuditEntry, 5).hash
    for seq in (6, 7, 8):
        previous = link(b"a guessed key", previous, hashed_part(db.session.get_one(AuditEntry, seq)))
        sql("UPDATE identity_audit_entry SET hash = :hash WHERE seq = :seq", hash=previous, seq=seq)
    sql("UPDATE identity_audit_head SET hash = :hash", hash=previous)
    assert verify().broken_at == 6


def test_a_tail_cut_off_with_the_head_set_back_shows_against_an_anchor(trail: Flask) -> None:
    anchor = verify().head
    fifth = db.session.get_one(AuditEntry, 5).hash
    sql("DELETE FROM identity_audit_entry WHERE seq > 5")
    sql("UPDATE identity_audit_head SET seq = 5, hash = :hash", hash=fifth)
    assert verify().broken_at is None, "from inside nobody can tell"
    assert verify(anchor).broken_at == 6


def test_an_anchor_that_was_passed_holds_and_another_does_not(trail: Flask) -> None:
    anchor = verify().head
    write(2)
    assert verify(anchor).entries == 10
    assert verify((anchor[0], "0" * 64)).broken_at == 8


@pytest.mark.parametrize("change", ["update", "delete", "bulk update", "bulk delete"])
def test_the_program_itself_cannot_change_an_entry(trail: Flask, change: str) -> None:
    entry = db.session.get_one(AuditEntry, 2)
    with pytest.raises(AuditIsForEver):
        if change == "update":
            entry.actor_id = 9
            db.session.flush()
        elif change == "delete":
            db.session.delete(entry)
            db.session.flush()
        elif change == "bulk update":
            db.session.execute(update(AuditEntry).values(actor_id=9))
        else:
            db.session.execute(delete(AuditEntry))
    db.session.rollback()
    assert verify().entries == 8


def test_writers_at_once_make_one_chain(app: Flask) -> None:
    start = threading.Barrier(5)
    faults: list[Exception] = []

    def work(officer: int) -> None:
        with app.app_context():
            start.wait()
            try:
                for number in range(10):
                    record(Actor("officer", officer, "east"), "case.seen", f"case:{number}")
                    db.session.commit()
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=work, args=(officer,)) for officer in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        verdict = verify()
    assert faults == [] and (verdict.entries, verdict.broken_at) == (50, None)


def test_the_same_value_is_always_the_same_text() -> None:
    assert canonical({"b": 1, "a": "é"}) == '{"a":"\\u00e9","b":1}'
