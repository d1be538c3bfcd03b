"""Editors on a small knowledge of three matters: the tables in SQLite, officers, nobody's network."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from backend import create_app
from backend.config import Settings
from backend.consult.reply import Candidate, Reply
from backend.db import db
from backend.editing.models import Proposal, ProposalState
from backend.identity.officers import create_officer
from backend.identity.service import Officer, OfficerRole
from backend.matters.service import Catalogue
from tests.conftest import DAY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}


@pytest.fixture
def settings(tmp_path: Path, knowledge: Path) -> Settings:
    notices = Path(__file__).parents[2] / "knowledge" / "notices.yaml"
    (knowledge / "notices.yaml").write_text(notices.read_text(encoding="utf-8"), encoding="utf-8")
    return Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        files_dir=tmp_path / "files",
        knowledge_dir=knowledge,
        log_level="ERROR",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.config.update(TESTING=True, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=CHEAP)
    with app.app_context():
        db.create_all()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> "Context":
    return app.app_context


Context = type(lambda: AbstractContextManager)


@pytest.fixture
def shelf(app: Flask, knowledge: Path) -> Catalogue:
    return Catalogue(knowledge, day=lambda: DAY)


def make_officer(username: str, *roles: OfficerRole) -> Officer:
    officer = create_officer(username, "王警官", "hall", roles or (OfficerRole.EDITOR,)).officer
    db.session.commit()
    return officer


@pytest.fixture
def first(app: Flask) -> Officer:
    return make_officer("editor-1")


@pytest.fixture
def second(app: Flask) -> Officer:
    return make_officer("editor-2")


def reply(question: str, kind: str = "matter", **changes: object) -> Reply:
    values: dict = {
        "lang": "zh",
        "matter": "dog-licence",
        "aspect": "fee",
        "confidence": 0.9,
        "candidates": (Candidate("dog-licence", 0.9),),
    }
    if kind in ("handoff", "chitchat", "ood", "emergency"):
        values |= {"matter": None, "aspect": None}
    return Reply(question=question, kind=kind, text="t", full_text="t", **(values | changes))


def settle(proposal: Proposal) -> Proposal:
    """Let the trial be done, without learning anything."""
    proposal.state = ProposalState.READY
    db.session.commit()
    return proposal
