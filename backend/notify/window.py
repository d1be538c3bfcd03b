"""Who wrote to the account when: WeChat lets it answer for 48 hours.

Source: /doc/service/api/customer/message/api_sendcustommessage (5 messages within 48 h of
the citizen's own). What is stored may be an hour older than the truth, never newer: the
window may look closed too early, and the next channel is tried.
"""

from datetime import datetime, timedelta

from sqlalchemy import Table, select

from ..db import db, insert_into, reading, writing
from ..sealed import key_of
from .models import NotifyWindow

WINDOW = timedelta(hours=48)
MARGIN = timedelta(minutes=5)  # WeChat's clock and ours, and the time a message lies with us
WRITE_APART = timedelta(hours=1)

table: Table = NotifyWindow.__table__  # type: ignore[assignment]


def note_message_from(openid: str, now: datetime) -> None:
    """Remember that this person wrote: one read, and at most one write an hour.

    Stands in the way of every callback, so it uses its own short transaction: call it
    before the caller's session has written anything.
    """
    engine, key = db.engine, key_of("openid", openid)
    with reading(engine) as connection:
        last = connection.execute(select(table.c.last_wrote_at).where(table.c.openid_key == key)).scalar()
    if last is not None and now - last < WRITE_APART:
        return
    statement = insert_into(table).values(openid_key=key, last_wrote_at=now)
    newer = statement.on_conflict_do_update(
        index_elements=["openid_key"],
        set_={"last_wrote_at": statement.excluded.last_wrote_at},
        where=table.c.last_wrote_at < statement.excluded.last_wrote_at,
    )
    with writing(engine) as connection:
        connection.execute(newer)


def window_open(openid: str, now: datetime) -> bool:
    with reading(db.engine) as connection:
        found = connection.execute(
            select(table.c.last_wrote_at).where(table.c.openid_key == key_of("openid", openid))
        ).scalar()
    return found is not None and now - found < WINDOW - MARGIN
