"""`flask outbox deliver|show|retry|preview`; and how the room is put into the application."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from ..clock import SHANGHAI, utc_now
from ..db import db
from ..errors import Refusal
from ..jobs import jobs_of
from .delivery import Notifier
from .outbox import JOB
from .repair import list_messages, retry
from .texts import preview

KEY = "epolice.notify"
outbox_cli = AppGroup("outbox", help="Messages to people: what waits, what failed.")


def init_notify(app: Flask, notifier: Notifier) -> None:
    """Offer the room's jobs to the worker and its commands to the operator."""
    app.extensions[KEY] = notifier
    jobs = jobs_of(app)
    jobs.add(JOB, notifier.deliver_due)
    jobs.add("receipts", notifier.ask_receipts)
    jobs.add("forget_messages", notifier.forget_old)
    app.cli.add_command(outbox_cli)


def _notifier() -> Notifier:
    found: Notifier = current_app.extensions[KEY]
    return found


@outbox_cli.command("deliver")
def deliver_command() -> None:
    """Deliver what is due, and ask what has arrived."""
    now = utc_now()
    looked_at, asked = _notifier().deliver_due(now), _notifier().ask_receipts(now)
    click.echo(f"{looked_at} messages looked at, {asked} asked about")


@outbox_cli.command("show")
@click.option("--failed", is_flag=True, help="Only those given up, or held up by a fault.")
@click.option("--limit", default=50, show_default=True, help="How many, the newest first.")
def show_command(failed: bool, limit: int) -> None:
    """List messages: no names, numbers or contents."""
    for line in list_messages(failed=failed, limit=limit):
        when = line.created_at.astimezone(SHANGHAI).isoformat(" ", "minutes")
        fault = f" ({line.last_fault})" if line.last_fault else ""
        click.echo(
            f"{line.id}\t{when}\t{line.notice}\t{line.recipient}\t{line.state}{fault}\t"
            f"{line.channel or '-'}\t{line.tries} tries"
        )


@outbox_cli.command("retry")
@click.argument("message_id", type=int)
def retry_command(message_id: int) -> None:
    """Try a message again that was given up."""
    try:
        retry(message_id, utc_now())
    except Refusal as refusal:
        raise click.ClickException(refusal.says) from None
    db.session.commit()
    click.echo(f"{message_id} waits again.")


@outbox_cli.command("preview")
@click.argument("notice")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def preview_command(notice: str, lang: str) -> None:
    """Show what a person would read."""
    try:
        click.echo(preview(_notifier().notices.get(notice), lang))
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.says}") from None
