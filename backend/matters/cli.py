"""`flask knowledge …`: what editors and CI run."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from ..clock import today
from ..config import load_settings
from .check import check_folder
from .facts import describe_fact, draw
from .schema import Matter
from .service import Catalogue
from .stats import describe

FURTHER_CHECKS = "epolice.knowledge_checks"  # what app.py enters of other rooms: a list of `check.Check`
LONG_CHECKS = "epolice.knowledge_long_checks"  # the same, for what takes minutes
knowledge_cli = AppGroup("knowledge", help="Check and describe the knowledge files.")


@knowledge_cli.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--quick", is_flag=True, help="Without asking every bank of a model that has not seen it (minutes).")
def check_command(folder: Path | None, quick: bool) -> None:
    """Say what is wrong with the matter files, by line; exit 1 if anything is.

    Where the files are sound, the question banks are proven: that takes some minutes, once until a bank changes.
    """
    root, extensions = folder or load_settings().knowledge_dir, current_app.extensions
    matters, faults = check_folder(root, today(), extensions.get(FURTHER_CHECKS, ()))
    if not faults and not quick:
        faults = sorted(fault for check in extensions.get(LONG_CHECKS, ()) for fault in check(root))
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(matters)} matters, {len(faults)} faults")
    if faults:
        raise SystemExit(1)


@knowledge_cli.command("stats")
def stats_command() -> None:
    """Print what the catalogue holds: matters, questions, laws, what is past its review."""
    snapshot = Catalogue(load_settings().knowledge_dir).current
    for line in describe(list(snapshot.matters.values()), dict(snapshot.banks), today()):
        click.echo(line)


@knowledge_cli.command("facts")
@click.option("--draw", "count", default=40, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--seed", default=1, show_default=True, help="Another number draws others.")
def facts_command(count: int, seed: int) -> None:
    """Draw statements at random, with law and source, for a second pair of eyes to look up."""
    snapshot = Catalogue(load_settings().knowledge_dir).current
    for number, fact in enumerate(draw(snapshot.matters.values(), count, seed), start=1):
        click.echo(f"{number}. {describe_fact(fact)}")


@knowledge_cli.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a matter file (editors complete and check with it)."""
    click.echo(json.dumps(Matter.model_json_schema(), ensure_ascii=False, indent=2))
