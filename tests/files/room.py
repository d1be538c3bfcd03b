"""An application of this room alone: its table and nothing else."""

import base64
import os
from pathlib import Path

from flask import Flask

from backend.db import db, init_db
from backend.files.models import StoredFile
from backend.sealed import init_sealed


def new_master() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def make_app(folder: Path) -> Flask:
    app = Flask("files")
    app.config.update(SECRET_KEY="s" * 40, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/files.sqlite")
    init_db(app)
    init_sealed(app)
    with app.app_context():
        StoredFile.__table__.create(db.engine, checkfirst=True)  # type: ignore[attr-defined]
    return app
