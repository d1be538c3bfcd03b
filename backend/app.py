"""The application, put together from its rooms."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from .config import Settings, load_settings
from .consult.cli import consult_cli
from .db import init_db
from .house import KEY, House, house
from .jobs import Jobs, init_jobs, make_huey
from .logs import configure_logs
from .matters.cli import knowledge_cli
from .matters.service import Catalogue
from .portal.views import init_portal
from .sandbox.credentials import provide
from .sandbox.views import init_sandbox
from .sealed import init_sealed
from .web import Application, csrf, init_web
from .wechat.service import account
from .wechat.views import init_wechat

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
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        MAX_CONTENT_LENGTH=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: people take days over a form
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    init_db(app)
    init_sealed(app)
    init_jobs(app, Jobs(app, make_huey(settings)))
    app.extensions[KEY] = House(settings, Catalogue(settings.knowledge_dir))
    init_web(app)
    init_portal(app)
    init_wechat(app)
    if sandbox:
        init_sandbox(app, settings)
        for name in SANDBOX_BLUEPRINTS:
            csrf.exempt(app.blueprints[name])  # it answers this machine's own page and servers only
    app.cli.add_command(knowledge_cli)
    app.cli.add_command(consult_cli)
    return app


def open_doors(app: Flask) -> None:
    """Get ready to serve: the model loaded before the first citizen comes, files and flights watched."""
    rooms = house(app)
    _ = rooms.consultant
    rooms.catalogue.watch(rooms.settings.knowledge_poll_seconds)
    account(app).sweep()
