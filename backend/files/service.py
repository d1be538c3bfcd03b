"""The door of the room: files come in, are seen, kept and dropped here.

The order of things makes every crash harmless. Coming in: the content is durable first, its row is committed
by the caller; in between there is a content without a row, which the sweep removes an hour later. Going: the
row says "dropped" and loses its key first, so that the content is unreadable from the commit on; the sweep
removes the content, then the row.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from ..clock import utc_now
from ..config import ROOT, Settings
from ..db import db
from .cleaned import Cleaned
from .errors import ContentLost, EmptyFile, FontMissing, NoSuchFile, TooLarge
from .keys import make_keyring, new_key, open_content, seal_content
from .models import DROPPED, ERASED, KEPT, LOOSE, StoredFile
from .rotation import Rotated, rotate_keys
from .sniff import JPEG, PDF
from .stores import LocalStore, NoSuchBlob, Store
from .sweeping import Sweeper
from .workshop import Workshop

MOST_PAGES = 30
NAME_CHARACTERS = 100
WIDTHS = (16, 4000)
FONT = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc" / "400Regular" / "NotoSansSC_400Regular.ttf"
FILE_ID = re.compile(r"[0-9a-f]{32}")


class Files:
    """Made once a process; safe in threads. Needs an application at work, for the database."""

    def __init__(self, settings: Settings, store: Store, workshop: Workshop, now: Callable[[], datetime] = utc_now):
        """Raise BadSettings, which stops the start, where a master key is missing or wrong."""
        self._keyring = make_keyring(settings)
        self._settings = settings
        self._store = store
        self._workshop = workshop
        self._now = now
        self._sweeper = Sweeper(store)

    def store(self, data: bytes, *, owner: str, purpose: str, name: str = "") -> StoredFile:
        """Take a file somebody handed in: made harmless, encrypted, durable. Its row is "loose" until kept.

        owner: "citizen:12", "officer:3", "system". name: what the person calls it; only ever shown.
        Takes up to a second or so: call it before the transaction's first write, which locks SQLite.
        Raise FileRefused with the reason; StoreDown, WorkshopBusy: try again later.
        """
        if not data:
            raise EmptyFile
        if len(data) > self._settings.files_max_bytes:
            raise TooLarge(self._settings.files_max_bytes)
        order = {"do": "clean", "max_pixels": self._settings.files_max_pixels, "max_pages": MOST_PAGES}
        head, body = self._workshop.do(order, data)
        return self._put(Cleaned(body, **_told(head)), owner, purpose, name)

    def store_made(
        self, data: bytes, *, media_type: str, owner: str, purpose: str, name: str = "", pages: int = 1
    ) -> StoredFile:
        """Take what we have made ourselves, byte for byte (a signed form must not be written anew).

        Never for anything that came from outside: nothing is checked. Its width and height are 0.
        """
        return self._put(Cleaned(data, media_type, 0, 0, pages), owner, purpose, name)

    def read(self, file: StoredFile) -> bytes:
        """Return the content as kept. Raise NoSuchFile, ContentLost, StoreDown."""
        if file.state == DROPPED:
            raise NoSuchFile
        key = self._keyring.unwrap(file.key_id, file.wrapped_key, file.id)
        try:
            sealed = self._store.get(file.id)
        except NoSuchBlob:
            raise ContentLost from None
        return open_content(key, sealed, file.id)

    def picture(self, file: StoredFile, *, page: int = 0, width: int = 1600, watermark: str | None = None) -> bytes:
        """Return a JPEG of the picture, or of one page of the PDF (0 is the first), `width` pixels wide or less.

        watermark: written across it, e.g. station, number of the officer, moment.
        Raise NoSuchPage, FontMissing, and what `read` raises.
        """
        if watermark and not FONT.is_file():
            raise FontMissing
        order = {
            "do": "show",
            "media_type": file.media_type,
            "page": page,
            "width": min(max(width, WIDTHS[0]), WIDTHS[1]),
            "max_pixels": self._settings.files_max_pixels,
            "mark": watermark or "",
            "font": str(FONT),
        }
        return self._workshop.do(order, self.read(file))[1]

    def keep(self, file: StoredFile, *, until: date | None = None) -> None:
        """Say that it belongs to something now. until: its last day (Shanghai); None: until it is dropped.

        Raise NoSuchFile where it was dropped or swept in the meantime.
        """
        self._change(file, state=KEPT, delete_after_on=until)

    def drop(self, file: StoredFile) -> None:
        """Delete it: unreadable when the transaction commits, gone with the next sweep. Twice is once."""
        if file.state != DROPPED:
            self._change(file, **ERASED)

    def sweep(self, now: datetime, *, even_foreign: bool = False) -> int:
        """A job: remove what nobody needs any longer; return how many files. Commits in small steps.

        even_foreign: remove contents without a row even where most are so (see `sweeping.compare`).
        """
        return self._sweeper.sweep(now, even_foreign=even_foreign)

    def rotate_keys(self) -> Rotated:
        """Wrap every file's key by the current master key; commits in small steps, may be run again."""
        return rotate_keys(self._keyring)

    def fault_of(self, file: StoredFile) -> str:
        """Return why a file's content is not what was stored ("files.content_lost", "sha256"), or ""."""
        try:
            content = self.read(file)
        except ContentLost as fault:
            return fault.code
        return "" if hashlib.sha256(content).hexdigest() == file.sha256 else "sha256"

    def close(self) -> None:
        """End the child processes."""
        self._workshop.close()

    def _put(self, cleaned: Cleaned, owner: str, purpose: str, name: str) -> StoredFile:
        file_id, key = secrets.token_hex(16), new_key()
        self._store.put(file_id, seal_content(key, cleaned.data, file_id))
        file = StoredFile(
            id=file_id,
            owner=owner,
            purpose=purpose,
            name=shown_name(name),
            media_type=cleaned.media_type,
            size_bytes=len(cleaned.data),
            width=cleaned.width,
            height=cleaned.height,
            pages=cleaned.pages,
            sha256=hashlib.sha256(cleaned.data).hexdigest(),
            key_id=self._keyring.current_id,
            wrapped_key=self._keyring.wrap(key, file_id),
            state=LOOSE,
            created_at=self._now(),
        )
        db.session.add(file)
        db.session.flush()
        return file

    def _change(self, file: StoredFile, **values: Any) -> None:
        """Change the row unless it is dropped: the sweep may have got there first."""
        still_there = (StoredFile.id == file.id, StoredFile.state != DROPPED)
        changed = db.session.execute(update(StoredFile).where(*still_there).values(**values))
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise NoSuchFile
        db.session.refresh(file)


def make_files(settings: Settings) -> Files:
    """Return the door as the settings have it: bucket or folder."""
    return Files(settings, make_store(settings), Workshop())


def make_store(settings: Settings) -> Store:
    if not settings.files_s3_bucket:
        return LocalStore(settings.files_dir)
    from .s3 import make_s3_store  # noqa: PLC0415 - boto3 takes a third of a second; few houses need it

    return make_s3_store(settings)


def get_file(file_id: str) -> StoredFile:
    """Return what is known of a file. Raise NoSuchFile, for one that was dropped too."""
    file = db.session.get(StoredFile, file_id) if FILE_ID.fullmatch(file_id) else None
    if file is None or file.state == DROPPED:
        raise NoSuchFile
    return file


def pages_of(file_ids: Iterable[str]) -> dict[str, int]:
    """Return how many pages each of these files has; what was dropped is left out. One SELECT."""
    there = (StoredFile.id.in_(set(file_ids)), StoredFile.state != DROPPED)
    return {row.id: row.pages for row in db.session.execute(select(StoredFile.id, StoredFile.pages).where(*there))}


def shown_name(name: str) -> str:
    """Return the last part of a file's name, without what cannot be seen, 100 characters at most.

    Only ever shown: nothing is kept under it. Invisible characters could turn "exe.jpg" around.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return seen.strip()[:NAME_CHARACTERS]


def _told(head: dict[str, Any]) -> dict[str, Any]:
    """Return what a child says of a file, believed only as far as it makes sense."""
    numbers = {name: int(head.get(name, 0)) for name in ("width", "height", "pages")}
    return numbers | {"media_type": PDF if head.get("media_type") == PDF else JPEG}
