"""The migrations lead to the tables the models describe, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from backend import create_app
from backend.config import Settings
from backend.db import db
from backend.identity.audit import record
from backend.identity.service import SYSTEM
from tests.servers import postgres


def make_app(folder: Path, knowledge: Path, database_url: str) -> Flask:
    return create_app(
        Settings(
            _env_file=None, data_dir=folder, files_dir=folder / "files", knowledge_dir=knowledge,
            database_url=database_url, log_level="ERROR",
        )
    )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path, knowledge: Path) -> Iterator[Flask]:
    if request.param == "sqlite":
        yield make_app(tmp_path / "data", knowledge, "")
    else:
        with postgres() as address:
            yield make_app(tmp_path / "data", knowledge, address)


def test_the_migrations_make_the_tables_of_the_models(migrated: Flask) -> None:
    with migrated.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
        db.engine.dispose()


def test_on_postgresql_nobody_changes_the_trail(tmp_path: Path, knowledge: Path) -> None:
    with postgres() as address:
        app = make_app(tmp_path / "data", knowledge, address)
        with app.app_context():
            upgrade()
            record(SYSTEM, "test.look", "case:1")
            db.session.commit()
            for statement in ("UPDATE identity_audit_entry SET action = 'x'", "DELETE FROM identity_audit_entry"):
                with pytest.raises(DatabaseError, match="append-only"):
                    db.session.execute(text(statement))
                db.session.rollback()
            db.session.remove()
            db.engine.dispose()
