"""`flask files rotate-key|sweep|check`."""

import click
from flask.cli import AppGroup

from ..clock import utc_now
from ..house import house
from .inspection import check_all
from .service import Files

files_cli = AppGroup("files", help="The encrypted photos and PDFs.")


@files_cli.command("rotate-key")
def rotate_key() -> None:
    """Wrap every file's key by EPOLICE_FILES_MASTER_KEY; the previous one still opens what is left.

    Set both keys in every process first and restart, then run this, then remove the previous key.
    """
    rotated = _files().rotate_keys()
    click.echo(f"{rotated.done} 个文件已换用新的主密钥。")
    if rotated.unreadable:
        raise click.ClickException(f"{rotated.unreadable} 个文件的主密钥不在配置里，没有更换。")


@files_cli.command("sweep")
@click.option("--even-foreign", is_flag=True, help="Also where most contents are unknown to this database.")
def sweep(even_foreign: bool) -> None:
    """Remove what nobody needs any longer, as the worker does every minute."""
    click.echo(f"清理了 {_files().sweep(utc_now(), even_foreign=even_foreign)} 个文件。")


@files_cli.command("check")
def check() -> None:
    """Open every file and compare it with its checksum; print the id of each that fails."""
    checked = check_all(_files())
    for file_id, fault in checked.faults:
        click.echo(f"{file_id}\t{fault}")
    click.echo(f"检查了 {checked.count} 个文件，{len(checked.faults)} 个有问题。")
    if checked.faults:
        raise SystemExit(1)


def _files() -> Files:
    files: Files = house().files  # type: ignore[attr-defined, unused-ignore]
    return files
