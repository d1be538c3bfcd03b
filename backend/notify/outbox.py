"""Writing a message: one row in the transaction of the change it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table

from ..clock import utc_now
from ..db import db, insert_into
from ..jobs import wake
from .address import To
from .models import AT_ONCE, NotifyMessage, State

JOB = "deliver"
table: Table = NotifyMessage.__table__  # type: ignore[assignment]


def tell(
    to: To,
    notice: str,
    params: dict[str, str],
    *,
    key: str,
    link: str = "",
    urgent: bool = False,
    not_before: datetime | None = None,
    sms_only: bool = False,
    now: datetime | None = None,
) -> None:
    """Write a message into the present transaction; it is sent after the commit, or never.

    notice: an id of knowledge/notices.yaml. params: a value for each of its `{param}`s; a
    wrong one is found at delivery, for a text must not undo what it tells of. key: what
    happened ("case:12:event:31"); the same key for the same person is one message. link: a
    path on our site. urgent: also in quiet hours. sms_only: for what proves a telephone.
    """
    moment = now or utc_now()
    row: dict[str, Any] = {
        "key": key,
        "recipient_kind": to.kind,
        "recipient_id": to.id,
        "notice": notice,
        "address": to.as_json(),
        "params": params,
        "link": link,
        "urgent": urgent,
        "sms_only": sms_only,
        "created_at": moment,
        "not_before": not_before or AT_ONCE,
        "state": State.WAITING,
        "tries": 0,
        "used_up": "",
    }
    # A repeated key must not raise: on PostgreSQL that would spoil the caller's transaction.
    insert = insert_into(table).values(row)
    statement = insert.on_conflict_do_nothing(index_elements=["key", "recipient_kind", "recipient_id"])
    db.session.execute(statement)
    wake(JOB)
