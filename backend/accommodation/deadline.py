"""By when a stay must be registered. Clock hours: nights and holidays count.

Source: the matter's own file (`time_limits.citizen`), 出境入境管理法第三十九条第二款 and, for residents of
Hong Kong, Macao and Taiwan in the countryside, the two regulations named there.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..matters.schema import Matter
from .schemas import COMPATRIOT, DocumentType

GENERAL, COMPATRIOT_RURAL = "register", "register-compatriot-rural"


def hours_allowed(matter: Matter, documents: Iterable[DocumentType], *, rural: bool) -> int:
    """Return the hours from moving in; the longer limit only where it holds for every guest."""
    special = matter.time_limits.find_citizen_limit(COMPATRIOT_RURAL)
    documents = list(documents)
    if rural and special and special.hours and documents and all(d in COMPATRIOT for d in documents):
        return special.hours
    general = matter.time_limits.find_citizen_limit(GENERAL)
    if general is None or general.hours is None:
        raise ValueError(f"{matter.id} has no citizen limit {GENERAL!r} in hours")
    return general.hours


def registration_due_at(check_in_at: datetime, hours: int) -> datetime:
    """Return the moment by which the stay must be registered. check_in_at: aware."""
    return check_in_at + timedelta(hours=hours)
