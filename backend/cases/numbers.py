"""Case numbers: NH20261122000017 = bureau, day, running number of the day, check digit.

The check digit (ISO 7064 Mod 11, 10 over the digits) catches every mistyped digit. Numbers are
handed out in order without two alike; one whose transaction was rolled back is not missed.
They can be guessed, so nothing is shown for a number alone.
"""

from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from ..db import db, insert_into
from .models import DayCounter

PREFIX = "NH"
DAY_DIGITS, RUNNING_DIGITS = 8, 5


def next_number(day: date) -> str:
    """Return a number nobody has. Who asks second waits for the first one's transaction to end."""
    count = insert_into(DayCounter).values(day=day, last=1)
    count = count.on_conflict_do_update(index_elements=["day"], set_={"last": DayCounter.last + 1})
    running = db.session.scalar(count.returning(DayCounter.last), execution_options={"synchronize_session": False})
    digits = f"{day:%Y%m%d}{running:0{RUNNING_DIGITS}d}"
    return f"{PREFIX}{digits}{mod_11_10.calc_check_digit(digits)}"


def is_number(text: str) -> bool:
    """True where `text` can be a case number: a slip of the pen is told from an unknown case."""
    digits = text.removeprefix(PREFIX)
    if digits == text or not digits.isdecimal() or len(digits) <= DAY_DIGITS + RUNNING_DIGITS:
        return False
    try:
        return bool(mod_11_10.validate(digits))
    except ValidationError:
        return False
