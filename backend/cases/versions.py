"""The matter file a case was accepted under: kept by its hash, so a case follows it to the end."""

import hashlib
from datetime import datetime
from functools import lru_cache

from ..db import db, insert_into
from ..matters.schema import Matter
from .models import Case, MatterVersion


def remember(matter: Matter, now: datetime) -> str:
    """Store this state of the matter unless it is stored; return its SHA-256 in hex."""
    content = matter.model_dump_json()
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    row = {"sha256": sha256, "matter_id": matter.id, "content": content, "first_used_at": now}
    db.session.execute(insert_into(MatterVersion).values(row).on_conflict_do_nothing(index_elements=["sha256"]))
    return sha256


def matter_of(case: Case) -> Matter:
    """Return the matter as it was when the case was accepted."""
    return _matter(case.matter_version)


@lru_cache(maxsize=256)
def _matter(sha256: str) -> Matter:
    """Kept in the process: the hash names the content, which never changes."""
    return Matter.model_validate_json(db.session.get_one(MatterVersion, sha256).content)
