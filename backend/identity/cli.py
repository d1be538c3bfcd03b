"""`flask officers …` and `flask audit …`: accounts are made here, and the trail is checked."""

import re
from collections.abc import Callable
from typing import TypeVar

import click
import segno
from flask.cli import AppGroup

from ..db import db
from ..errors import Refusal
from ..house import house
from .audit_check import Anchor, entries_about, verify
from .demo import FILE, make_demo_officers
from .models import Officer, OfficerRole
from .officers import (
    NewOfficer,
    create_officer,
    disable_officer,
    enable_officer,
    list_officers,
    officer_named,
    reset_officer,
)

T = TypeVar("T")
officers_cli = AppGroup("officers", help="Officers' accounts.")
audit_cli = AppGroup("audit", help="The trail of who saw and changed what.")


@officers_cli.command("create")
@click.argument("username")
@click.option("--name", required=True, help="The officer's name.")
@click.option("--unit", required=True, help="Id of an office in bureau.yaml.")
@click.option("--roles", required=True, help=f"One or more, with commas: {', '.join(OfficerRole)}.")
@click.option("--phone", help="Mobile number for notices.")
def create_command(username: str, name: str, unit: str, roles: str, phone: str | None) -> None:
    """Make an account; its password and second factor are shown this once."""
    known = [office.id for office in house().catalogue.current.bureau.offices]
    if unit not in known:
        raise click.ClickException(f"bureau.yaml 里没有单位 {unit}。有：{', '.join(known)}")
    try:
        keys = create_officer(username, name, unit, _roles(roles), phone=phone)
    except Refusal as fault:
        raise click.ClickException(fault.says) from None
    db.session.commit()
    _tell_keys(keys)


@officers_cli.command("disable")
@click.argument("username")
def disable_command(username: str) -> None:
    """Close an account; whoever is logged in with it is out at once."""
    _change(username, disable_officer)
    click.echo("账号已停用。")


@officers_cli.command("enable")
@click.argument("username")
def enable_command(username: str) -> None:
    """Open a closed or locked account again."""
    _change(username, enable_officer)
    click.echo("账号已启用。")


@officers_cli.command("reset")
@click.argument("username")
def reset_command(username: str) -> None:
    """Give an account a new password and a new second factor."""
    _tell_keys(_change(username, reset_officer))


@officers_cli.command("list")
def list_command() -> None:
    """Print every account: 警号, unit, roles, state."""
    for officer in list_officers():
        state = "active" if officer.active else "disabled"
        click.echo("\t".join((officer.username, officer.unit, ",".join(sorted(r.name for r in officer.roles)), state)))


@officers_cli.command("demo")
def demo_command() -> None:
    """Make the sandbox's demo officers; their keys are in the data folder."""
    home = house()
    try:
        cast = make_demo_officers(home.settings, home.catalogue.current.bureau)
    except Refusal as fault:
        raise click.ClickException(fault.says) from None
    click.echo(f"{len(cast)} demo officers: {home.settings.data_dir / FILE}")


@audit_cli.command("verify")
@click.option("--anchor", help="SEQ:HASH as an earlier verify printed it: nothing up to there may have changed.")
def verify_command(anchor: str | None) -> None:
    """Walk the chain; exit 1 and say where, if it is broken."""
    verdict = verify(_anchor(anchor) if anchor else None)
    if verdict.broken_at is not None:
        raise click.ClickException(
            f"broken at entry {verdict.broken_at}: {verdict.why} ({verdict.entries} good before)"
        )
    click.echo(f"{verdict.entries} entries, whole. Anchor: {verdict.head[0]}:{verdict.head[1]}")


@audit_cli.command("show")
@click.option("--subject", required=True, help="Such as case:12, citizen:3, officer:7, file:<id>.")
def show_command(subject: str) -> None:
    """Print what was done to a subject, oldest first."""
    for row in entries_about(subject):
        who = f"{row.actor_kind}:{row.actor_id}" + (f"@{row.actor_unit}" if row.actor_unit else "")
        click.echo(f"{row.seq}\t{row.at}\t{who}\t{row.action}\t{row.detail}")


def _roles(text: str) -> list[OfficerRole]:
    try:
        return [OfficerRole(role.strip()) for role in text.split(",")]
    except ValueError:
        raise click.ClickException(f"角色只能是：{', '.join(OfficerRole)}") from None


def _change(username: str, change: Callable[[Officer], T]) -> T:
    try:
        changed = change(officer_named(username))
    except Refusal as fault:
        raise click.ClickException(fault.says) from None
    db.session.commit()
    return changed


def _tell_keys(keys: NewOfficer) -> None:
    click.echo(f"警号 {keys.officer.username}\n密码 {keys.password}\n请用手机验证器扫描：\n{keys.otpauth}")
    segno.make(keys.otpauth).terminal(compact=True)


def _anchor(text: str) -> Anchor:
    found = re.fullmatch(r"(\d+):([0-9a-f]{64})", text)
    if found is None:
        raise click.UsageError("an anchor is SEQ:HASH")
    return int(found[1]), found[2]
