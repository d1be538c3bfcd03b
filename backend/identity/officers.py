"""Officers' accounts: made, disabled, given new keys, found by unit and role."""

import re
import secrets
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from flask_security import Security, hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..db import db, insert_into
from . import audit
from .actor import SYSTEM, Actor
from .errors import BadName, BadOfficer, NoSuchOfficer, OfficerExists
from .lockout import clear_failures
from .models import Officer, OfficerRole, Role, officer_roles
from .phones import check_phone

_USERNAME = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")
PASSWORD_CHARACTERS = 12
# Without what is mistaken for something else when read from a slip of paper.
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class NewOfficer:
    """An account with its keys, which are told once and kept nowhere in the clear.

    totp_secret: Base32, for an authenticator; otpauth: the same as an address for a QR code.
    """

    officer: Officer
    password: str
    totp_secret: str
    otpauth: str


def normal_username(username: str) -> str:
    """Return the 警号 as it is compared: plain characters, lower case."""
    return unicodedata.normalize("NFKC", username).strip().lower()


def create_officer(
    username: str,
    name: str,
    unit: str,
    roles: Iterable[OfficerRole],
    *,
    phone: str | None = None,
    password: str | None = None,
    by: Actor = SYSTEM,
) -> NewOfficer:
    """Return a new account; the password is made up unless one is given.

    unit: an office's id; the caller has looked it up in bureau.yaml. Raise OfficerExists,
    BadOfficer, BadName, BadPhone.
    """
    own = normal_username(username)
    wanted = sorted(set(roles))
    if not _USERNAME.fullmatch(own):
        raise BadOfficer("警号只能有字母、数字和连字符，2 到 32 位。")
    if not wanted:
        raise BadOfficer("请至少给一个角色。")
    if not name.strip():
        raise BadName
    officer = Officer(username=own, name=name.strip(), unit=unit, active=True, fs_uniquifier=_uniquifier())
    officer.phone = check_phone(phone) if phone else None
    officer.roles = [_role(role) for role in wanted]
    keys = _new_keys(officer, password)
    try:
        with db.session.begin_nested():
            db.session.add(officer)
    except IntegrityError:
        raise OfficerExists from None
    audit.record(by, "officer.created", f"officer:{officer.id}", unit=unit, roles=[role.value for role in wanted])
    return keys


def disable_officer(officer: Officer, *, by: Actor = SYSTEM) -> None:
    """Close the account; its sessions end at once."""
    officer.active = False
    end_sessions(officer)
    audit.record(by, "officer.disabled", f"officer:{officer.id}")


def enable_officer(officer: Officer, *, by: Actor = SYSTEM) -> None:
    """Open a closed or locked account again, with the keys it had."""
    officer.active = True
    clear_failures(officer)
    db.session.flush()
    audit.record(by, "officer.enabled", f"officer:{officer.id}")


def reset_officer(officer: Officer, *, password: str | None = None, by: Actor = SYSTEM) -> NewOfficer:
    """Give the account a new password and a new second factor; sessions and locks end."""
    keys = _new_keys(officer, password)
    clear_failures(officer)
    end_sessions(officer)
    audit.record(by, "officer.reset", f"officer:{officer.id}")
    return keys


def get_officer(officer_id: int) -> Officer:
    """Raise NoSuchOfficer."""
    officer = db.session.get(Officer, officer_id)
    if officer is None:
        raise NoSuchOfficer
    return officer


def find_officer(username: str) -> Officer | None:
    """Return the account, whatever was typed: what can be no 警号 never reaches the database."""
    own = normal_username(username)
    return db.session.scalar(select(Officer).where(Officer.username == own)) if _USERNAME.fullmatch(own) else None


def officer_named(username: str) -> Officer:
    """Raise NoSuchOfficer."""
    officer = find_officer(username)
    if officer is None:
        raise NoSuchOfficer
    return officer


def list_officers() -> list[Officer]:
    return list(db.session.scalars(select(Officer).order_by(Officer.username)))


def officers_of(unit: str, role: OfficerRole) -> list[Officer]:
    """Return the active officers of a unit that have the role, in the order of their 警号."""
    wanted = (
        select(Officer)
        .join(officer_roles, officer_roles.c.officer_id == Officer.id)
        .join(Role, Role.id == officer_roles.c.role_id)
        .where(Officer.unit == unit, Officer.active, Role.name == role.value)
        .order_by(Officer.username)
    )
    return list(db.session.scalars(wanted))


def _role(role: OfficerRole) -> Role:
    db.session.execute(insert_into(Role).values(name=role.value).on_conflict_do_nothing())
    return db.session.scalars(select(Role).where(Role.name == role.value)).one()


def _new_keys(officer: Officer, password: str | None) -> NewOfficer:
    chosen = password or "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(5)) for _ in range(4))
    if len(chosen) < PASSWORD_CHARACTERS:
        raise BadOfficer(f"密码至少 {PASSWORD_CHARACTERS} 位。")
    security: Security = current_app.extensions["security"]
    factory = security.totp_factory
    sealed = factory.generate_totp_secret()
    officer.password = hash_password(chosen)
    officer.tf_primary_method, officer.tf_totp_secret, officer.tf_last_counter = "authenticator", sealed, 0
    return NewOfficer(officer, chosen, factory.get_totp_b32_key(sealed), factory.get_totp_uri(officer.username, sealed))


def end_sessions(officer: Officer) -> None:
    """Let no session of the account go on, wherever it is."""
    officer.fs_uniquifier = _uniquifier()
    db.session.flush()


def _uniquifier() -> str:
    return uuid.uuid4().hex
