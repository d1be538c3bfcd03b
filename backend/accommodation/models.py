"""The room's tables. Everything about a person is sealed; what is searched or sorted by is not."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base, Moment
from ..sealed import SealedJson, SealedText


class Stay(Base):
    """A registered stay; its case holds everything said in the application.

    due_at: when it had to be registered by. ended_on: moved out, or replaced by a new one.
    lease_ends_on, check_out_on: what reminders look at.
    """

    __tablename__ = "accommodation_stay"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), primary_key=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("identity_citizen.id"), index=True)
    station: Mapped[str] = mapped_column(String(60))
    community: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(SealedText)
    check_in_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    check_out_on: Mapped[date | None] = mapped_column(Date)
    lease_ends_on: Mapped[date | None] = mapped_column(Date, index=True)
    ended_on: Mapped[date | None] = mapped_column(Date)

    guests: Mapped[list["StayGuest"]] = relationship(order_by="StayGuest.position", cascade="all, delete-orphan")
    visits: Mapped[list["Visit"]] = relationship(order_by="Visit.id")


class StayGuest(Base):
    """One person of a stay. details: `schemas.GuestIn` as JSON. permit_ends_on: of visa or permit."""

    __tablename__ = "accommodation_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("accommodation_stay.case_id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    document_key: Mapped[str] = mapped_column(String(64), index=True)
    permit_ends_on: Mapped[date | None] = mapped_column(Date, index=True)


class Visit(Base):
    """A visit to the address: proposed by the guest, agreed by the officer, then held.

    proposed: ISO moments. outcome: "" (not yet), "confirmed" or "not-confirmed".
    latitude, longitude: where the officer's phone was, degrees.
    """

    __tablename__ = "accommodation_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("accommodation_stay.case_id"), index=True)
    proposed: Mapped[list[str]] = mapped_column(JSON)
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    officer_id: Mapped[int | None] = mapped_column(Integer)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    outcome: Mapped[str] = mapped_column(String(16), default="")
    met: Mapped[str] = mapped_column(SealedText, default="")
    note: Mapped[str] = mapped_column(SealedText, default="")
    photo_file: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it


class IssuedForm(Base):
    """A registration form of one guest. The PDF is made by the worker: until then file_id is empty.

    token: in the QR code. initials and dates are all the public check shows.
    """

    __tablename__ = "accommodation_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("accommodation_stay.case_id"), index=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("accommodation_guest.id"))
    officer_id: Mapped[int] = mapped_column(Integer)
    initials: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    file_id: Mapped[str | None] = mapped_column(String(32))
    making_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_why: Mapped[str] = mapped_column(SealedText, default="")
    replaces: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (Index("ix_accommodation_form_waiting", "file_id", "making_until"),)


class FormSerial(Base):
    """The last running number of a year's forms."""

    __tablename__ = "accommodation_serial"

    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class PhotoReading(Base):
    """A picture of a draft that the worker reads.

    kind: "passport", "visa" or "lease". guest: key of the guest in the draft, "" for a lease.
    state: "waiting", "done" or "failed". stage: what the worker is at, for the page.
    result: what was read, until the draft is submitted or dropped.
    """

    __tablename__ = "accommodation_reading"

    file_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("cases_draft.id", ondelete="CASCADE"), index=True)
    guest: Mapped[str] = mapped_column(String(32), default="")
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    stage: Mapped[str] = mapped_column(String(12), default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (Index("ix_accommodation_reading_waiting", "state", "lease_until"),)


class Told(Base):
    """A reminder that was given, so that it is given once. what: "lease:12", "permit:40", "draft:<id>"."""

    __tablename__ = "accommodation_told"

    what: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
