"""`flask consult …`: ask, measure, learn."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from ..house import house
from .asking import BadQuestionFile, ask_all, read_questions
from .evaluate import evaluate, report
from .proofs import ENOUGH, FOLDS, Proof, report_proofs
from .service import Consultant
from .store import MemoryStore

consult_cli = AppGroup("consult", help="Ask the consultation and measure it.")
QUESTION_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def _consultant() -> Consultant:
    """Return the consultant with a memory of its own: the command line is nobody's phone."""
    return house().consultant.with_store(MemoryStore())


def _questions(path: Path) -> list[dict[str, str]]:
    try:
        return read_questions(path)
    except BadQuestionFile as fault:
        raise click.ClickException(str(fault)) from None


@consult_cli.command("ask")
@click.argument("questions", nargs=-1)
@click.option("--file", "file", type=QUESTION_FILE, help="TSV with a header and a column `question`.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
def ask_command(questions: tuple[str, ...], file: Path | None, jsonl: bool) -> None:
    """Print the answer to each question; several on the line are one conversation."""
    rows = [{"question": q, "dialogue": "line"} for q in questions]
    rows += _questions(file) if file else []
    if not rows:
        raise click.UsageError("give a question or --file")
    consultant = _consultant()
    for reply in ask_all(consultant, rows):
        click.echo(json.dumps(reply.as_json(), ensure_ascii=False) if jsonl else f"{reply.text}\n")


@consult_cli.command("evaluate")
@click.argument("file", type=QUESTION_FILE)
@click.option("--misses", is_flag=True, help="List every question that went astray.")
def evaluate_command(file: Path, misses: bool) -> None:
    """Print accuracy by kind, aspect and category, and the confusions."""
    rows = _questions(file)
    replies = list(ask_all(_consultant(), rows))
    click.echo(report(evaluate(rows, replies, house().catalogue.current), misses))


@consult_cli.command("learn")
def learn_command() -> None:
    """Make the model of the present knowledge, if there is none yet."""
    _consultant()
    click.echo("learnt")


@consult_cli.command("calibrate")
def calibrate_command() -> None:
    """Fit how the looks are joined, from folds of the banks, and keep it in fusion.json."""
    from .build import recalibrate  # noqa: PLC0415 - scikit-learn, which no other command needs

    settings = house().settings
    fusion = recalibrate(settings.knowledge_dir, settings.data_dir, _told)
    path = settings.knowledge_dir / "conversation" / "fusion.json"
    path.write_text(json.dumps(fusion, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(fusion["folds"], indent=1))


@consult_cli.command("prove")
@click.option("--folds", default=FOLDS, show_default=True, type=click.IntRange(2, 100), help="Parts left out in turn.")
@click.option("--strays", is_flag=True, help="List every question that goes astray, and where it goes.")
def prove_command(folds: int, strays: bool) -> None:
    """Ask every matter's own bank, part by part, of a model that has not seen the part. Fails below 0.8.

    What is found is kept in `knowledge/proof.json`, where `flask knowledge check` reads it.
    """
    from .build import keep_proof, reprove  # noqa: PLC0415 - scikit-learn, which no other command needs

    settings = house().settings
    proofs: list[Proof] = reprove(settings.knowledge_dir, settings.data_dir, folds, _told)
    if folds == FOLDS:
        keep_proof(settings.knowledge_dir, settings.data_dir)
    click.echo(report_proofs(proofs, strays))
    if any(proof.share < ENOUGH for proof in proofs):
        raise click.exceptions.Exit(1)


def _told(said: str) -> None:
    click.echo(said, err=True)
