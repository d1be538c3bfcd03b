"""Does every file still open, and is it what was stored?"""

from dataclasses import dataclass, field

from sqlalchemy import select

from ..db import db
from .models import DROPPED, StoredFile
from .service import Files

ROWS_A_STEP = 100


@dataclass
class Checked:
    """faults: id and what is wrong, "files.content_lost" or "sha256"."""

    count: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


def check_all(files: Files) -> Checked:
    """Read every file that is not dropped, however long it takes. Raise StoreDown."""
    checked, after = Checked(), ""
    while True:
        asked = select(StoredFile).where(StoredFile.id > after, StoredFile.state != DROPPED).order_by(StoredFile.id)
        rows = list(db.session.scalars(asked.limit(ROWS_A_STEP)))
        for file in rows:
            checked.count += 1
            if fault := files.fault_of(file):
                checked.faults.append((file.id, fault))
        if len(rows) < ROWS_A_STEP:
            return checked
        after = rows[-1].id
        db.session.rollback()
