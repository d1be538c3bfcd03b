"""The one table: what is known of a file. Its content lies encrypted in the store under the same id."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment
from ..sealed import SealedText

LOOSE = "loose"  # nobody has said yet that it belongs to something: swept a day later
KEPT = "kept"
DROPPED = "dropped"  # its key is erased, so it is unreadable already; the sweep removes the rest


ERASED: dict[str, Any] = {"state": DROPPED, "wrapped_key": b"", "name": ""}


class StoredFile(Base):
    """A picture or PDF in the store.

    Other tables name it by `id` without a foreign key: the row goes when the content goes.
    owner: "citizen:12", "officer:3" or "system". name: what the person called it, never a path.
    size_bytes, sha256: of the content as kept (re-encoded), in clear. width, height: pixels;
    of a PDF, its first page in points. wrapped_key: the file's key, readable with the master
    key `key_id` names. delete_after_on: the last day (Shanghai) it is kept; None: until dropped.
    """

    __tablename__ = "files_stored_file"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(SealedText, default="")
    media_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    sha256: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8), default=LOOSE)
    created_at: Mapped[datetime] = mapped_column(Moment)
    delete_after_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        Index("ix_files_stored_file_state_created_at", "state", "created_at"),
        Index("ix_files_stored_file_delete_after_on", "delete_after_on"),
    )
