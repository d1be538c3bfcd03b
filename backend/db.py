"""The database: SQLite in one file, or PostgreSQL, with the same models."""

import json
import sqlite3
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base of every table."""


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory="backend/migrations")


def init_db(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=app.root_path + "/migrations", render_as_batch=True)


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _: Any) -> None:
    """Readers beside a writer, a patient wait for the lock, keys enforced.

    synchronous=NORMAL with WAL keeps the file whole through a crash of the process.
    """
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=8000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
