"""`flask knowledge export` and `import`: the folder as one ZIP, and back."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ..clock import today
from ..config import load_settings
from ..db import db
from ..identity.service import SYSTEM, record
from .archive import export_knowledge, import_knowledge
from .errors import BadArchive

FURTHER_CHECKS = "epolice.knowledge_checks"  # as matters/cli.py names it: no command line imports another


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_command(file: Path) -> None:
    """Write all knowledge files into a ZIP."""
    click.echo(f"{export_knowledge(load_settings().knowledge_dir, file)} files")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def import_command(file: Path) -> None:
    """Replace and add the files of a ZIP; with any new fault nothing is changed, exit 1."""
    settings, further = load_settings(), current_app.extensions.get(FURTHER_CHECKS, ())
    try:
        changed, faults = import_knowledge(settings.knowledge_dir, settings.data_dir, file, today(), further)
    except BadArchive as refused:
        raise click.ClickException(refused.says) from None
    for fault in faults:
        click.echo(fault)
    if faults:
        click.echo(f"nothing changed, {len(faults)} faults")
        raise SystemExit(1)
    record(SYSTEM, "knowledge.imported", "page:knowledge", files=changed)
    db.session.commit()
    click.echo(f"{changed} files changed")
