"""What nobody needs any longer: files never kept, kept long enough, dropped, and contents without a row.

Everything may run twice and in two processes at once: a row changes by a conditional update, and removing what
is gone already is no fault.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import Row, and_, delete, or_, select, update

from ..clock import SHANGHAI
from ..db import db
from .errors import StoreDown
from .models import DROPPED, ERASED, KEPT, LOOSE, StoredFile
from .stores import Listed, Store

log = structlog.get_logger()

LOOSE_FOR = timedelta(hours=24)
ORPHAN_AFTER = timedelta(hours=1)  # far longer than a request that stores a file can take
LIST_EVERY = timedelta(hours=1)  # listing a whole store is not for every minute
ROWS_A_STEP = 200
NAMES_A_STEP = 1000
FEW_ORPHANS = 20  # a crash leaves one for each request at work


@dataclass
class Compared:
    """What a comparison of store and table found.

    missing: ids of files whose content is gone. orphans: contents without a row. known: contents with one.
    """

    removed: int = 0
    known: int = 0
    missing: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    def looks_foreign(self) -> bool:
        """True where so many contents have no row that this is more likely another database than a crash."""
        return len(self.orphans) > max(FEW_ORPHANS, self.known)


class Sweeper:
    """The sweep of one process; it remembers when it last listed the store."""

    def __init__(self, store: Store):
        self._store = store
        self._listed_at = datetime.min.replace(tzinfo=UTC)

    def sweep(self, now: datetime, *, even_foreign: bool = False) -> int:
        """Return how many contents and rows were removed; a store that is down is left for the next time."""
        drop_overdue(now)
        try:
            removed = remove_dropped(self._store)
            if now - self._listed_at >= LIST_EVERY:
                removed += compare(self._store, now, even_foreign=even_foreign).removed
                self._listed_at = now
        except StoreDown as fault:
            db.session.rollback()
            log.warning("files_sweep_stopped", exc_info=fault)
            return 0
        return removed


def drop_overdue(now: datetime) -> int:
    """Drop what was never kept within a day and what was kept beyond its last day; return how many."""
    never_kept = and_(StoredFile.state == LOOSE, StoredFile.created_at < now - LOOSE_FOR)
    kept_out = and_(StoredFile.state == KEPT, StoredFile.delete_after_on < now.astimezone(SHANGHAI).date())
    dropped = _run(update(StoredFile).where(or_(never_kept, kept_out)).values(**ERASED))
    db.session.commit()
    return dropped


def remove_dropped(store: Store) -> int:
    """Remove the contents, then the rows, of what was dropped; return how many. Raise StoreDown."""
    removed = 0
    while True:
        ids = list(db.session.scalars(select(StoredFile.id).where(StoredFile.state == DROPPED).limit(ROWS_A_STEP)))
        db.session.rollback()  # no transaction stays open while the store works
        for file_id in ids:
            store.remove(file_id)
        removed += _run(delete(StoredFile).where(StoredFile.id.in_(ids), StoredFile.state == DROPPED)) if ids else 0
        db.session.commit()
        if len(ids) < ROWS_A_STEP:
            return removed


def compare(store: Store, now: datetime, *, even_foreign: bool = False) -> Compared:
    """Walk store and table side by side: remove contents without a row, report rows without content.

    What is younger than an hour is passed over: its row, or its content's name, may be on the way. A store
    that looks foreign is left alone unless told otherwise: an empty or restored database must not cost
    all files. Raise StoreDown.
    """
    found, after, before = Compared(), "", now - ORPHAN_AFTER
    for names in _steps(store.list()):
        last = names[-1].name[:32]
        rows = _rows(_select_ids().where(StoredFile.id > after, StoredFile.id <= last))
        found.missing += _missing(rows, {listed.name for listed in names}, before)
        found.orphans += _orphans(names, rows, before)
        found.known += len(rows)
        after = last
    found.missing += _missing(_rows(_select_ids().where(StoredFile.id > after)), set(), before)
    if found.missing:
        log.error("files_content_missing", count=len(found.missing), first_ids=found.missing[:20])
    if found.looks_foreign() and not even_foreign:
        log.error("files_store_looks_foreign", orphans=len(found.orphans), known=found.known)
    elif found.orphans:
        found.removed = _remove(store, found.orphans)
    return found


def _remove(store: Store, names: list[str]) -> int:
    for name in names:
        store.remove(name)
    log.info("files_orphans_removed", count=len(names))
    return len(names)


def _select_ids() -> Any:
    return select(StoredFile.id, StoredFile.state, StoredFile.created_at)


def _orphans(names: list[Listed], rows: list[Row[Any]], before: datetime) -> list[str]:
    known = {row.id for row in rows}
    return [listed.name for listed in names if listed.name not in known and listed.changed_at < before]


def _missing(rows: list[Row[Any]], present: set[str], before: datetime) -> list[str]:
    return [row.id for row in rows if row.id not in present and row.state != DROPPED and row.created_at < before]


def _rows(asked: Any) -> list[Row[Any]]:
    rows = list(db.session.execute(asked))
    db.session.rollback()  # the next step reads what is new
    return rows


def _run(statement: Any) -> int:
    done: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)


def _steps(listed: Iterable[Listed]) -> Iterator[list[Listed]]:
    rest = iter(listed)
    while step := list(islice(rest, NAMES_A_STEP)):
        yield step
