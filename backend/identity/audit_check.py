"""Reading the audit trail: is the chain whole, and what was done to a subject."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from ..db import db
from .audit import START, chain_key, link
from .audit_tables import AuditEntry, AuditHead, hashed_part

PAGE_ENTRIES = 1000
_TABLE = AuditEntry.__table__
Anchor = tuple[int, str]


@dataclass(frozen=True)
class Verdict:
    """entries: how many were good before the first that is not. broken_at: its number, None where all is whole.

    head: number and hash of the last good entry. Noted somewhere else, it is an anchor for
    a later check: without one, nobody can tell that entries at the end and the head were
    put back together to an earlier day.
    """

    entries: int
    broken_at: int | None = None
    why: str = ""
    head: Anchor = (0, START)


def verify(anchor: Anchor | None = None) -> Verdict:
    """Walk the whole chain, page by page, and say where it breaks first."""
    key = chain_key()
    seq, previous, passed = 0, START, anchor is None or anchor == (0, START)
    for row in _entries():
        why = _fault(row, seq + 1, link(key, previous, hashed_part(row)))
        if why:
            return Verdict(seq, seq + 1, why, (seq, previous))
        seq, previous = row.seq, row.hash
        if anchor is not None and seq == anchor[0]:
            if previous != anchor[1]:
                return Verdict(seq - 1, seq, "the entry is not the one that was noted", (seq, previous))
            passed = True
    told = _head()
    if told[0] > seq or not passed:
        return Verdict(seq, seq + 1, "entries at the end are missing", (seq, previous))
    if told != (seq, previous):
        return Verdict(seq, seq, "the head names another last entry", (seq, previous))
    return Verdict(seq, head=(seq, previous))


def entries_about(subject: str) -> Iterator[Row[Any]]:
    """Yield the entries of one subject, oldest first."""
    return _entries(_TABLE.c.subject == subject)


def _fault(row: Row[Any], due: int, hash_due: str) -> str:
    if row.seq != due:
        return "an entry is missing"
    if not hmac.compare_digest(row.hash, hash_due):
        return "the entry was changed, or is not the one that stood here"
    return ""


def _entries(*where: Any) -> Iterator[Row[Any]]:
    after: int | None = None
    while True:
        page = select(_TABLE).where(*where).order_by(_TABLE.c.seq).limit(PAGE_ENTRIES)
        if after is not None:
            page = page.where(_TABLE.c.seq > after)
        rows = db.session.execute(page).all()
        yield from rows
        if len(rows) < PAGE_ENTRIES:
            return
        after = rows[-1].seq


def _head() -> Anchor:
    row = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
    return (row.seq, row.hash) if row else (0, START)
