"""`flask accommodation read|verify`: what photos of passports say, what a form's signature proves.

The JSON lines of `read` are a stable contract."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from ..clock import utc_now
from ..errors import Unavailable
from ..house import house

if TYPE_CHECKING:
    from .reading.result import Reading
    from .reading.worker import Reader

accommodation_cli = AppGroup("accommodation", help="Foreigners' accommodation.")
MOST_BYTES = 64 * 1024 * 1024  # a larger file is not loaded at all


@accommodation_cli.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--jsonl", is_flag=True, help="One JSON object a picture, in the order of the files.")
def read_command(files: tuple[Path, ...], jsonl: bool) -> None:
    """Read passports, cards, visas and permits from pictures or PDFs.

    A picture that says nothing gives nulls and an advice; the command fails for none of them.
    """
    for file, reading in _read_all(files):
        click.echo(json.dumps(reading.as_json(str(file)), ensure_ascii=False) if jsonl else _told(file, reading))


@accommodation_cli.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
def verify_command(file: Path) -> None:
    """Say what the signature of an issued form proves, as JSON; exit 1 where it is not valid.

    trusted: signed with the certificate this bureau signs with now.
    """
    from .form.verifying import verify_file  # noqa: PLC0415 - as above

    try:
        verdict = verify_file(file, [house().form_maker.fingerprint(utc_now())])
    except Unavailable:  # no certificate here: the signature is looked at all the same
        verdict = verify_file(file)
    click.echo(json.dumps(verdict, ensure_ascii=False, indent=1))
    if not verdict["valid"]:
        raise SystemExit(1)


def _read_all(files: tuple[Path, ...]) -> Iterator[tuple[Path, "Reading"]]:
    from .reading.worker import Reader  # noqa: PLC0415 - other commands of the application need no engine

    reader = Reader()
    try:
        for file in files:
            yield file, _read(reader, file)
    finally:
        reader.close()


def _read(reader: "Reader", file: Path) -> "Reading":
    from .reading.result import Reading  # noqa: PLC0415 - as above

    try:
        if not file.is_file():
            return Reading(advice="no-file")
        if file.stat().st_size > MOST_BYTES:
            return Reading(advice="too-large")
        data = file.read_bytes()
    except (OSError, ValueError):
        return Reading(advice="no-file")
    return reader.read(data)


def _told(file: Path, reading: "Reading") -> str:
    from .reading.advice import sentence  # noqa: PLC0415 - as above

    lines = [f"{file}  {reading.format or '-'}  {reading.elapsed_ms} ms", *(f"  {line}" for line in reading.lines)]
    for name, value in reading.fields.items():
        if value is not None:
            lines.append(f"  {name:<16} {value:<40} {'✓' if reading.sure[name] else '? 请核对 please check'}")
    if reading.checks:
        checks = "  ".join(f"{name} {'✓' if holds else '✗'}" for name, holds in reading.checks.items())
        lines.append(f"  check digits     {checks}")
    if reading.advice:
        lines.append(f"  {sentence(reading.advice, 'zh')} {sentence(reading.advice, 'en')}")
    return "\n".join(lines) + "\n"
