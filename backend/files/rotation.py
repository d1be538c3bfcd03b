"""A new master key: every file's key is wrapped anew, the contents stay as they are."""

from typing import NamedTuple

from sqlalchemy import select, update

from ..db import db
from .errors import ContentLost
from .keys import Keyring
from .models import DROPPED, StoredFile

ROWS_A_STEP = 200


class Rotated(NamedTuple):
    """unreadable: files whose master key is neither the current nor the previous one; they stay as they are."""

    done: int
    unreadable: int


def rotate_keys(keyring: Keyring) -> Rotated:
    """Return how many keys were wrapped anew. Committed in steps: a run that was stopped is simply run again.

    A row changes only while it still has the key that was read: two runs at once, or a file dropped
    meanwhile, do no harm.
    """
    done = unreadable = 0
    after = ""
    while True:
        asked = (
            select(StoredFile.id, StoredFile.key_id, StoredFile.wrapped_key)
            .where(StoredFile.key_id != keyring.current_id, StoredFile.state != DROPPED, StoredFile.id > after)
            .order_by(StoredFile.id)
            .limit(ROWS_A_STEP)
        )
        rows = list(db.session.execute(asked))
        db.session.rollback()  # the write below begins a transaction of its own
        for file_id, key_id, wrapped in rows:
            try:
                key = keyring.unwrap(key_id, wrapped, file_id)
            except ContentLost:
                unreadable += 1
                continue
            done += _rewrap(keyring, key, file_id, key_id)
        db.session.commit()
        if len(rows) < ROWS_A_STEP:
            return Rotated(done, unreadable)
        after = rows[-1].id


def _rewrap(keyring: Keyring, key: bytes, file_id: str, old_key_id: str) -> int:
    changed = db.session.execute(
        update(StoredFile)
        .where(StoredFile.id == file_id, StoredFile.key_id == old_key_id, StoredFile.state != DROPPED)
        .values(key_id=keyring.current_id, wrapped_key=keyring.wrap(key, file_id))
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
