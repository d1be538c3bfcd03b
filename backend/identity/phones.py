"""A phone is proven by a code sent to it by SMS.

Six digits, five minutes, five tries. At most one code a minute, five an hour and ten a day
for a phone and for a citizen, whoever asks: SMS cost money and annoy their owner.
"""

import hmac
import secrets
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from sqlalchemy import func, select, update

from ..db import db, insert_into
from ..notify.service import tell
from ..sealed import key_of
from . import audit
from .errors import BadPhone, CodeExpired, TooManyCodes, WrongCode
from .models import Citizen, PhoneCode, PhoneGate

LASTS = timedelta(minutes=5)
TRIES = 5
APART = timedelta(minutes=1)
LIMITS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def check_phone(phone: str) -> str:
    """Return the mobile number as E.164; without a country code it is Chinese. Raise BadPhone."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", phone), "CN")
    except phonenumbers.NumberParseException:
        raise BadPhone from None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _MOBILE:
        raise BadPhone
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def start_phone_check(citizen: Citizen, phone: str, now: datetime) -> None:
    """Send a code to `phone`; codes sent before are no longer good. Raise BadPhone, TooManyCodes."""
    number = check_phone(phone)
    phone_key = key_of("phone", number)
    _pass_gate(f"phone:{phone_key}", now)
    _pass_gate(f"citizen:{citizen.id}", now)
    _ensure_few(PhoneCode.phone_key == phone_key, now)
    _ensure_few(PhoneCode.citizen_id == citizen.id, now)
    code = f"{secrets.randbelow(10**6):06}"
    row = PhoneCode(
        citizen_id=citizen.id,
        phone=number,
        phone_key=phone_key,
        code_hash="",
        asked_at=now,
        expires_at=now + LASTS,
        tries=0,
    )
    db.session.add(row)
    db.session.flush()
    row.code_hash = _hash(row.id, code)
    db.session.flush()
    to = replace(citizen.to(), phone=number, openid=None)
    tell(to, "phone-code", {"code": code}, key=f"phone-code:{row.id}", urgent=True, sms_only=True)
    audit.record(citizen.actor(), "citizen.phone-code", f"citizen:{citizen.id}", code_id=row.id)


def confirm_phone(citizen: Citizen, code: str, now: datetime) -> None:
    """Make the phone the last code was sent to the citizen's own. Raise WrongCode, CodeExpired.

    The try is counted in a transaction of its own, since a refusal undoes the request's:
    call this before the request has changed anything.
    """
    row = db.session.scalar(
        select(PhoneCode).where(PhoneCode.citizen_id == citizen.id).order_by(PhoneCode.id.desc()).limit(1)
    )
    if row is None or not _count_try(row.id, now):
        raise CodeExpired
    given = unicodedata.normalize("NFKC", code).strip()
    if not hmac.compare_digest(_hash(row.id, given), row.code_hash):
        raise WrongCode
    _use(row, now)
    citizen.phone, citizen.phone_key, citizen.phone_confirmed_at = row.phone, row.phone_key, now
    db.session.flush()
    audit.record(citizen.actor(), "citizen.phone-confirmed", f"citizen:{citizen.id}", code_id=row.id)


def _pass_gate(key: str, now: datetime) -> None:
    """Raise TooManyCodes where the last was less than a minute ago.

    Writing the gate's row also makes two requests for one phone wait for each other, so
    that the second counts the first's code.
    """
    insert = insert_into(PhoneGate).values(key=key, asked_at=now)
    opened = insert.on_conflict_do_update(
        index_elements=["key"], set_={"asked_at": now}, where=PhoneGate.asked_at <= now - APART
    )
    if db.session.execute(opened.returning(PhoneGate.key)).first() is None:
        raise TooManyCodes


def _ensure_few(whose: object, now: datetime) -> None:
    for span, limit in LIMITS:
        count = select(func.count()).select_from(PhoneCode).where(whose, PhoneCode.asked_at > now - span)  # type: ignore[arg-type]
        if (db.session.scalar(count) or 0) >= limit:
            raise TooManyCodes


def _count_try(code_id: int, now: datetime) -> bool:
    """Count one try; return False where the code is used, too old, or was tried too often."""
    counted = (
        update(PhoneCode)
        .where(
            PhoneCode.id == code_id,
            PhoneCode.used_at.is_(None),
            PhoneCode.expires_at > now,
            PhoneCode.tries < TRIES,
        )
        .values(tries=PhoneCode.tries + 1)
    )
    with db.engine.begin() as connection:
        return connection.execute(counted).rowcount == 1


def _use(row: PhoneCode, now: datetime) -> None:
    """Take the code; raise CodeExpired where another request has just done so."""
    taken = update(PhoneCode).where(PhoneCode.id == row.id, PhoneCode.used_at.is_(None)).values(used_at=now)
    result = db.session.execute(taken.execution_options(synchronize_session=False))
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise CodeExpired


def _hash(code_id: int, code: str) -> str:
    return key_of("phone-code", f"{code_id}\n{code}")
