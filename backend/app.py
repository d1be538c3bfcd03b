"""The application, put together from its rooms."""

from pathlib import Path
from typing import Any

import click
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from .accommodation.cli import accommodation_cli
from .accommodation.service import remind
from .cases.service import drop_old_drafts, remind_due
from .config import Settings, load_settings
from .console.views import init_console
from .consult.cli import consult_cli
from .consult.proofs import bank_faults
from .db import init_db
from .editing.cli import export_command, import_command
from .editing.service import Ear, offer_jobs
from .files.cli import files_cli
from .house import KEY, House, house
from .identity.cli import audit_cli, officers_cli
from .identity.security import init_security
from .jobs import Jobs, init_jobs, jobs_of, make_huey
from .logs import configure_logs
from .matters.cli import FURTHER_CHECKS, LONG_CHECKS, knowledge_cli
from .matters.faults import Fault
from .matters.service import Catalogue
from .notify.cli import init_notify
from .notify.service import AliyunSms, Notices, Notifier, check_notices
from .portal.views import init_portal
from .sandbox.credentials import provide
from .sandbox.views import init_sandbox
from .sealed import init_sealed
from .web import Application, csrf, init_web, limiter
from .wechat.channels import wechat_channels
from .wechat.service import account
from .wechat.views import init_wechat
from .workdays import BadWorkdays, init_workdays, read_workdays

SANDBOX_BLUEPRINTS = ("sandbox", "sandbox_api")


def build(settings: Settings | None = None) -> Flask:
    """Return the application; see `backend.create_app`."""
    settings = settings or load_settings()
    configure_logs(settings.log_level)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    sandbox = settings.sandbox
    if sandbox:
        settings = provide(settings)
    app = Application("backend", static_folder=None)
    app.config.update(_flask_settings(settings))
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    _lay_ground(app, settings)
    init_web(app)
    init_security(app, limiter)
    init_portal(app)
    init_console(app)
    init_wechat(app)
    if sandbox:
        init_sandbox(app, settings)
        for name in SANDBOX_BLUEPRINTS:
            csrf.exempt(app.blueprints[name])  # it answers this machine's own page and servers only
    _employ(app)
    knowledge_cli.add_command(export_command)
    knowledge_cli.add_command(import_command)
    app.extensions[FURTHER_CHECKS] = [lambda folder: check_notices(folder / "notices.yaml"), _check_workdays]
    app.extensions[LONG_CHECKS] = [lambda folder: bank_faults(folder, settings.data_dir, _tell_operator)]
    for commands in (knowledge_cli, consult_cli, accommodation_cli, files_cli, officers_cli, audit_cli):
        app.cli.add_command(commands)
    return app


def open_doors(app: Flask) -> None:
    """Get ready to serve: the model loaded before the first citizen comes, files and flights watched."""
    rooms = house(app)
    _ = rooms.files, rooms.consultant  # a wrong master key stops the start
    rooms.catalogue.watch(rooms.settings.knowledge_poll_seconds)
    account(app).sweep()


def _tell_operator(said: str) -> None:
    click.echo(said, err=True)


def _check_workdays(folder: Path) -> list[Fault]:
    path = folder / "workdays.yaml"
    try:
        read_workdays(path)
    except BadWorkdays as fault:
        return [Fault(path, 1, str(fault))]
    return []


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https://"),
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: people take days over a form
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
    }


def _lay_ground(app: Flask, settings: Settings) -> None:
    init_db(app)
    init_sealed(app)
    init_workdays(app, settings.knowledge_dir)
    init_jobs(app, Jobs(app, make_huey(settings)))
    app.extensions[KEY] = House(settings, Catalogue(settings.knowledge_dir))


def _employ(app: Flask) -> None:
    """Say what the worker does. What a job needs is made when it first runs: web processes run none."""
    rooms, jobs = house(app), jobs_of(app)
    rooms.heard = Ear(app.app_context).hear  # before anybody asks: the consultant is made at first use
    rooms.fetch_photo = account(app).wechat.download_media
    channels = [*wechat_channels(account(app).wechat), AliyunSms(rooms.settings)]
    notices = Notices(rooms.settings.knowledge_dir / "notices.yaml")
    init_notify(app, Notifier(channels, notices, rooms.settings.public_url))
    jobs.add("read", lambda now: rooms.readings.read_waiting(now))
    jobs.add("forms", lambda now: rooms.form_maker.make_waiting(now))
    jobs.add("sweep", lambda now: rooms.files.sweep(now))
    jobs.add("remind", remind)
    jobs.add("due", remind_due)
    jobs.add("drafts", drop_old_drafts)
    offer_jobs(jobs, rooms.settings, app.app_context)
