"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy offers apart."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from ..db import db


def insert_into(model: Any) -> Any:
    """Return an INSERT into the model's table that knows `.on_conflict_do_nothing()` and `…_do_update()`."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model.__table__)
