"""Where conversations and verdicts are kept: the database, or memory on the command line."""

import itertools
from datetime import timedelta
from typing import Protocol

from sqlalchemy import DateTime, Executable, String, Text, bindparam, delete, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import utc_now
from ..db import db, reading, writing
from .dialogue import Memory

PURGE_EVERY = 500  # saves of a process between two looks for conversations that have ended


class DialogueRow(db.Model):  # type: ignore[name-defined]
    """One citizen's conversation. who: a keyed digest of the openid, never the openid."""

    __tablename__ = "consult_dialogue"
    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    memory: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[object] = mapped_column(DateTime(timezone=True), index=True)


class FeedbackRow(db.Model):  # type: ignore[name-defined]
    """A thumb up or down under an answer; without the question, without the person."""

    __tablename__ = "consult_feedback"
    id: Mapped[int] = mapped_column(primary_key=True)
    matter: Mapped[str | None] = mapped_column(String(60), index=True)
    aspect: Mapped[str | None] = mapped_column(String(20))
    useful: Mapped[bool]
    at: Mapped[object] = mapped_column(DateTime(timezone=True))


class Store(Protocol):
    def load(self, who: str) -> Memory: ...
    def save(self, who: str, memory: Memory) -> None: ...
    def forget(self, who: str) -> None: ...
    def keep_verdict(self, memory: Memory, useful: bool) -> None: ...


class MemoryStore:
    """For the command line and tests: lives as long as the process."""

    def __init__(self) -> None:
        self.memories: dict[str, Memory] = {}
        self.verdicts: list[tuple[str | None, bool]] = []

    def load(self, who: str) -> Memory:
        return self.memories.get(who, Memory())

    def save(self, who: str, memory: Memory) -> None:
        self.memories[who] = memory

    def forget(self, who: str) -> None:
        self.memories.pop(who, None)

    def keep_verdict(self, memory: Memory, useful: bool) -> None:
        self.verdicts.append((memory.matter, useful))


class DatabaseStore:
    """Shared by all processes; a conversation ends `minutes` after its last message.

    One statement each, on the thread's own connection: this is in the way of every message.
    """

    def __init__(self, minutes: int):
        self._life = timedelta(minutes=minutes)
        self._saves = itertools.count(1)

    def load(self, who: str) -> Memory:
        with reading(db.engine) as connection:
            row = connection.execute(LOAD, {"who": who, "now": utc_now()}).scalar()
        return Memory.from_json(row) if row else Memory()

    def save(self, who: str, memory: Memory) -> None:
        self._write(SAVE, who=who, memory=memory.to_json(), expires_at=utc_now() + self._life)
        if next(self._saves) % PURGE_EVERY == 0:
            self.purge()

    def forget(self, who: str) -> None:
        self._write(FORGET, gone=who)

    def keep_verdict(self, memory: Memory, useful: bool) -> None:
        self._write(KEEP_VERDICT, matter=memory.matter, aspect=memory.aspect, useful=useful, at=utc_now())

    def purge(self) -> None:
        """Drop conversations that have ended."""
        self._write(PURGE, now=utc_now())

    def _write(self, statement: Executable, **values: object) -> None:
        with writing(db.engine) as connection:
            connection.execute(statement, values)


LOAD = select(DialogueRow.memory).where(DialogueRow.who == bindparam("who"), DialogueRow.expires_at > bindparam("now"))
# The same words for SQLite and PostgreSQL; made once, for building a statement costs more than running it.
SAVE = text(
    "INSERT INTO consult_dialogue (who, memory, expires_at) VALUES (:who, :memory, :expires_at) "
    "ON CONFLICT (who) DO UPDATE SET memory = excluded.memory, expires_at = excluded.expires_at"
).bindparams(bindparam("expires_at", type_=DateTime(timezone=True)))
FORGET = delete(DialogueRow).where(DialogueRow.who == bindparam("gone"))
PURGE = delete(DialogueRow).where(DialogueRow.expires_at <= bindparam("now"))
KEEP_VERDICT = insert(FeedbackRow)
