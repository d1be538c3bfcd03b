"""Photos on the phones, as Tencent keeps them: three days, fetched by their media_id.

Source: /doc/service/api/material/temporary/api_getmedia
"""

import secrets
from dataclasses import dataclass

from ..clock import Clock
from .errors import NoPicture
from .platform import TencentSays
from .store import Store

KEPT_SECONDS = 3 * 24 * 3600
MOST_PICTURES = 100
MAX_BYTES = 10 * 1024 * 1024  # of a picture in a chat
STARTS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True)
class Picture:
    media_type: str
    data: bytes


class Album:
    """The pictures citizens have sent. address: where they are shown, with a slash at its end."""

    def __init__(self, store: Store, clock: Clock, public_url: str):
        self._store = store
        self._clock = clock
        self.address = f"{public_url}/sandbox/picture/"

    def keep(self, data: bytes) -> str:
        """Return the media_id of a picture. Raise NoPicture: WeChat takes JPEG and PNG up to 10 MB."""
        kind = next((kind for start, kind in STARTS.items() if data.startswith(start)), None)
        if kind is None or len(data) > MAX_BYTES:
            raise NoPicture
        media_id, now = secrets.token_urlsafe(32), self._clock.now()
        with self._store.begin() as connection:
            connection.execute("DELETE FROM media WHERE at < ?", (now - KEPT_SECONDS,))
            connection.execute("INSERT INTO media VALUES (?, ?, ?, ?)", (media_id, now, kind, data))
            oldest = "DELETE FROM media WHERE id NOT IN (SELECT id FROM media ORDER BY at DESC, rowid DESC LIMIT ?)"
            connection.execute(oldest, (MOST_PICTURES,))
        return media_id

    def get(self, media_id: str) -> Picture:
        """Raise TencentSays 40007 for a picture that is unknown or older than three days."""
        rows = self._store.rows("SELECT media_type, body, at FROM media WHERE id = ?", media_id)
        if not rows or rows[0][2] < self._clock.now() - KEPT_SECONDS:
            raise TencentSays(40007, "invalid media_id")
        return Picture(rows[0][0], rows[0][1])
