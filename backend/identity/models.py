"""The room's tables: citizens, phone codes, officers and their roles, the audit trail."""

from datetime import datetime, time
from enum import StrEnum

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Time
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import utc_now
from ..db import Base, Moment
from ..notify.address import To
from ..sealed import SealedText
from .actor import Actor
from .audit_tables import AuditEntry, AuditHead
from .lockout import note_failure

__all__ = ["AuditEntry", "AuditHead", "Citizen", "Officer", "OfficerRole", "PhoneCode", "PhoneGate", "Role"]

QUIET = (time(22), time(7))  # Shanghai; nobody is woken for news that can wait


class OfficerRole(StrEnum):
    WINDOW_CLERK = "window-clerk"
    STATION_OFFICER = "station-officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    EDITOR = "editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Citizen(Base):
    """One person's WeChat. Two WeChats of one person are two citizens with one document_key.

    openid_key, document_key, phone_key: `key_of` the sealed value, for lookups. phone: E.164,
    the last confirmed one. bound_at: since when name and document are known.
    """

    __tablename__ = "identity_citizen"

    id: Mapped[int] = mapped_column(primary_key=True)
    openid_key: Mapped[str] = mapped_column(String(64), unique=True)
    openid: Mapped[str] = mapped_column(SealedText)
    lang: Mapped[str] = mapped_column(String(2), default="zh")
    name: Mapped[str | None] = mapped_column(SealedText)
    document_type: Mapped[str | None] = mapped_column(SealedText)
    document_number: Mapped[str | None] = mapped_column(SealedText)
    document_key: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(SealedText)
    phone_key: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    bound_at: Mapped[datetime | None] = mapped_column(Moment)
    quiet_from: Mapped[time | None] = mapped_column(Time, default=QUIET[0])
    quiet_until: Mapped[time | None] = mapped_column(Time, default=QUIET[1])
    created_at: Mapped[datetime] = mapped_column(Moment, default=utc_now)

    @property
    def known(self) -> bool:
        """True once both the real name is bound and the phone is confirmed."""
        return self.bound_at is not None and self.phone_confirmed_at is not None

    def to(self) -> To:
        """Return where this person is reached now."""
        return To("citizen", self.id, self.openid, self.phone, self.lang, _quiet(self))

    def actor(self) -> Actor:
        return Actor("citizen", self.id)


class PhoneCode(Base):
    """A code sent by SMS to prove a phone. code_hash: keyed; the code itself is kept nowhere."""

    __tablename__ = "identity_phone_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("identity_citizen.id"), index=True)
    phone: Mapped[str] = mapped_column(SealedText)
    phone_key: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class PhoneGate(Base):
    """When a phone or a citizen last asked for a code. key: "phone:<key>" or "citizen:<id>"."""

    __tablename__ = "identity_phone_gate"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)


officer_roles = Table(
    "identity_officer_role",
    Base.metadata,
    Column("officer_id", Integer, ForeignKey("identity_officer.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("identity_role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """One of `OfficerRole`, in the shape Flask-Security expects."""

    __tablename__ = "identity_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)


class Officer(Base, UserMixin):
    """An officer's account. username: 警号, lower case. unit: an office's id in bureau.yaml.

    fs_uniquifier: what sessions hold; a new one ends them all. tf_totp_secret: encrypted by
    Flask-Security under a key derived from the secret key. tf_last_counter: the last code
    used, which is not good a second time. failed_*: see `lockout.py`.
    """

    __tablename__ = "identity_officer"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(SealedText)
    unit: Mapped[str] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(SealedText)
    openid: Mapped[str | None] = mapped_column(SealedText)
    quiet_from: Mapped[time | None] = mapped_column(Time, default=QUIET[0])
    quiet_until: Mapped[time | None] = mapped_column(Time, default=QUIET[1])
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(512))
    tf_last_counter: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    failed_since: Mapped[datetime | None] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=utc_now)
    roles: Mapped[list[Role]] = relationship(secondary=officer_roles, lazy="selectin")  # type: ignore[assignment]

    def has(self, role: OfficerRole) -> bool:
        return any(own.name == role for own in self.roles)

    def to(self) -> To:
        """Return where this officer is reached now."""
        return To("officer", self.id, self.openid, self.phone, "zh", _quiet(self))

    def actor(self) -> Actor:
        return Actor("officer", self.id, self.unit)

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Flask-Security calls this for every wrong password and code."""
        note_failure(self, utc_now())

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        return self.locked(utc_now())


def _quiet(person: Citizen | Officer) -> tuple[time, time] | None:
    if person.quiet_from is None or person.quiet_until is None:
        return None
    return person.quiet_from, person.quiet_until
