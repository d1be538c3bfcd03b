"""The room in a small application of its own: a file of SQLite, or EPOLICE_TEST_DATABASE_URL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from backend.db import db, init_db
from backend.notify.models import NotifyMessage
from backend.notify.shelf import Notices
from backend.sealed import init_sealed
from tests.notify.providers import Provider, World

SMS = 'sms: {{zh: {{template: SMS_10000000{n}, text: "请看公众号"}}, en: {{template: SMS_20000000{n}, text: "See WeChat"}}}}'
NOTICE = """
  {name}:
    purpose: a notice of the tests
    params: [number]
    {more}
    zh: {{title: 标题, text: "编号 {{number}}"}}
    en: {{title: Title, text: "Number {{number}}"}}
    {sms}
    wechat_template: {{id: progress, fields: {{thing1: "{{number}}"}}}}
"""


def write_notices(path: Path) -> Path:
    """important must arrive, casual need not, and code is worthless after ten minutes."""
    kinds = {"important": "must_arrive: true", "casual": "must_arrive: false", "code": "good_for_minutes: 10"}
    parts = ["wechat_templates: {progress: {template_id: T1, subscription_id: S1}}", "notices:"]
    for n, (name, more) in enumerate(kinds.items()):
        parts.append(NOTICE.format(name=name, more=more, sms=SMS.format(n=n)))
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = Flask("notify-tests")
    address = os.environ.get("EPOLICE_TEST_DATABASE_URL") or f"sqlite:///{tmp_path}/notify.sqlite"
    made.config.update(SECRET_KEY="s" * 40, SQLALCHEMY_DATABASE_URI=address)
    init_db(made)
    init_sealed(made)
    tables = [t for t in NotifyMessage.metadata.sorted_tables if t.name.startswith("notify_")]
    with made.app_context():
        NotifyMessage.metadata.drop_all(db.engine, tables)
        NotifyMessage.metadata.create_all(db.engine, tables)
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def notices(tmp_path: Path) -> Notices:
    return Notices(write_notices(tmp_path / "notices.yaml"))


@pytest.fixture
def world(app: Flask, notices: Notices) -> World:
    customer, template, sms = Provider("customer"), Provider("template", "drops"), Provider("sms", "asks")
    return World(app, notices, customer, template, sms)
