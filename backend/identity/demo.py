"""Officers for the sandbox: everybody the demonstration needs, with keys that exist on this machine only."""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app

from ..config import Settings
from ..db import db
from ..errors import Forbidden
from ..matters.bureau import Bureau, Office
from .models import Officer, OfficerRole
from .officers import create_officer, find_officer, reset_officer

FILE = "sandbox-officers.json"
ELSEWHERE = (
    ("demo-clerk", "示例窗口民警", "service-hall", OfficerRole.WINDOW_CLERK),
    ("demo-reviewer", "示例审核民警", "exit-entry-hall", OfficerRole.REVIEWER),
    ("demo-approver", "示例审批民警", "exit-entry-hall", OfficerRole.APPROVER),
    ("demo-editor", "示例知识编辑", "service-hall", OfficerRole.EDITOR),
    ("demo-auditor", "示例审计员", "service-hall", OfficerRole.AUDITOR),
    ("demo-admin", "示例管理员", "service-hall", OfficerRole.ADMINISTRATOR),
)


class OnlyInTheSandbox(Forbidden):
    code = "identity.only_in_the_sandbox"
    says = "示例民警只能在沙箱里创建：这里配置了真实的公众号。"


@dataclass(frozen=True)
class DemoOfficer:
    """A line of the file. totp_secret: Base32."""

    username: str
    name: str
    unit: str
    roles: list[str]
    password: str
    totp_secret: str


def make_demo_officers(settings: Settings, bureau: Bureau) -> list[DemoOfficer]:
    """Return the demo officers, made or given new keys where the file does not hold theirs.

    An officer at every station, so that each address has one, and one of each other role.
    Commits, then writes the file: keys that were told but not kept are replaced next time.
    Raise OnlyInTheSandbox.
    """
    if not settings.sandbox:
        raise OnlyInTheSandbox
    path = settings.data_dir / FILE
    kept = _read(path)
    cast = [_ready(kept.get(username), username, name, unit, role) for username, name, unit, role in _cast(bureau)]
    db.session.commit()
    _write(path, cast)
    return cast


def _cast(bureau: Bureau) -> Iterator[tuple[str, str, str, OfficerRole]]:
    for station in bureau.offices_of(["station"]):
        username = "demo-" + station.id.removeprefix("station-")
        yield username, f"{station.name.zh}示例民警", station.id, OfficerRole.STATION_OFFICER
    for username, name, sort, role in ELSEWHERE:
        yield username, name, _office(bureau, sort).id, role


def _office(bureau: Bureau, sort: str) -> Office:
    """Return the first office of the sort; a bureau without one has its first office do the work."""
    return next(iter(bureau.offices_of([sort])), bureau.offices[0])


def _ready(kept: DemoOfficer | None, username: str, name: str, unit: str, role: OfficerRole) -> DemoOfficer:
    officer = find_officer(username)
    if officer is not None and kept is not None and _fits(officer, kept):
        return kept
    keys = reset_officer(officer) if officer else create_officer(username, name, unit, [role])
    roles = sorted(own.name for own in keys.officer.roles)
    return DemoOfficer(username, keys.officer.name, keys.officer.unit, roles, keys.password, keys.totp_secret)


def _fits(officer: Officer, kept: DemoOfficer) -> bool:
    """True where the file's keys are the account's: password and secret are always set together."""
    try:
        own = current_app.extensions["security"].totp_factory.get_totp_b32_key(officer.tf_totp_secret)
    except (ValueError, TypeError):  # sealed under another secret key, or not at all
        return False
    return officer.unit == kept.unit and secrets.compare_digest(own, kept.totp_secret)


def _read(path: Path) -> dict[str, DemoOfficer]:
    """Return the file's officers by username; nobody where it is missing or damaged."""
    try:
        rows = [DemoOfficer(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return {}
    return {row.username: row for row in rows}


def _write(path: Path, cast: list[DemoOfficer]) -> None:
    """Put the whole file in place at once, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([asdict(one) for one in cast], file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
