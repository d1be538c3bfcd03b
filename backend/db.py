"""The database: SQLite in one file, or PostgreSQL, with the same models."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

# Constraints get names, so that later migrations can change them, in SQLite too.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A moment, aware, in UTC. SQLite forgets the zone: it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory="backend/migrations")


def init_db(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=app.root_path + "/migrations", render_as_batch=True)


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _: Any) -> None:
    """Readers beside a writer, a patient wait for the lock, keys enforced.

    synchronous=NORMAL with WAL keeps the file whole through a crash of the process. The
    log is merged every 32 MB instead of every 4: merging waits for the disk.
    """
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=8000",
            "foreign_keys=ON",
            "wal_autocheckpoint=8000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(table: Any) -> Any:
    """Return an INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`.

    SQLite and PostgreSQL spell it alike and SQLAlchemy offers it apart. table: a table or a model.
    """
    return _INSERT[db.engine.dialect.name](table)


_turn = threading.Lock()
_kept = threading.local()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give the thread's own connection for one short read.

    A thread keeps it: borrowing one from the pool costs more than the statements that
    stand in the way of every message.
    """
    connection = _connection(engine)
    try:
        yield connection
    finally:
        connection.rollback()  # ends the read, so that the next one sees what is new


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give the thread's own connection within a transaction; commit at the end.

    SQLite lets one write at a time and sleeps up to a tenth of a second for its turn;
    threads of one process take turns by a lock instead.
    """
    with _turn if engine.dialect.name == "sqlite" else nullcontext():
        connection = _connection(engine)
        with connection.begin():
            yield connection


def _connection(engine: Engine) -> Connection:
    kept: WeakKeyDictionary[Engine, Connection] | None = getattr(_kept, "connections", None)
    if kept is None:
        kept = _kept.connections = WeakKeyDictionary()
    connection = kept.get(engine)
    if connection is None or connection.closed:
        connection = kept[engine] = engine.connect()
    return connection
