"""The audit trail: every look at and every change of a person's data, in one chain.

Each entry's hash covers the one before it, so that what is changed, removed, inserted or
put elsewhere later shows (`audit_check.verify`). The hash is keyed with the secret key: who
can write to the database only cannot make a chain that fits.

An entry is written at the very end of its transaction, whatever the moment of `record`:
the head of the chain is one row everybody waits for, and a page being rendered must not
keep it (on SQLite: the whole database) locked. Taken last, it cannot deadlock either.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import event, insert, update
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction
from stdnum.cn import ric

from ..clock import utc_now
from ..db import db, insert_into
from ..vault import derive
from .actor import SYSTEM, Actor
from .audit_tables import AuditEntry, AuditHead

__all__ = ["SYSTEM", "Actor", "AuditIsForEver", "UnfitForAudit", "record", "record_refused"]

START = "0" * 64
_PENDING = "epolice.audit"
_ACTION = re.compile(r"[a-z]+(?:[._-][a-z0-9]+)*")
_SUBJECT = re.compile(r"[a-z]+(?:-[a-z]+)*:[A-Za-z0-9-]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}")
_PHONE = re.compile(r"\+\d{7,15}|(?:86)?1[3-9]\d{9}")


class UnfitForAudit(ValueError):
    """A value that may be personal data, or is none of id, code, number, date. A programmer's mistake."""


class AuditIsForEver(RuntimeError):
    """Somebody tried to change or delete an entry."""


@dataclass(frozen=True)
class _Pending:
    values: dict[str, Any]
    within: SessionTransaction | None  # the savepoint it stands or falls with


def record(actor: Actor, action: str, subject: str, **detail: Any) -> None:
    """Add an entry to the present transaction; rolled back, it has never been.

    action: "room.verb". subject: "case:12", "file:<id>", "citizen:3", "form:<number>".
    detail: ids, codes, numbers, dates, or lists of them; raise UnfitForAudit for others.
    """
    values: dict[str, Any] = {
        "at": utc_now().isoformat(timespec="microseconds"),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_unit": actor.unit,
        "action": _matching(_ACTION, action),
        "subject": _matching(_SUBJECT, subject),
        "detail": canonical({key: _fit(value) for key, value in detail.items()}),
    }
    if len(values["detail"]) > 2048:
        raise UnfitForAudit("the detail is too long")
    session = db.session()
    if not session.in_transaction():
        session.begin()  # a rollback before the first statement must be heard of too
    session.info.setdefault(_PENDING, []).append(_Pending(values, session.get_nested_transaction()))


def record_refused(actor: Actor, action: str, subject: str, why: str) -> None:
    """Write down an attempt that was refused, in a transaction of its own.

    What the attempt had changed is rolled back first. why: the refusal's code.
    """
    db.session.rollback()
    record(actor, f"{action}.refused", subject, why=why)
    db.session.commit()


def canonical(value: Any) -> str:
    """Return JSON that is the same text for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def chain_key() -> bytes:
    return derive(current_app.config["SECRET_KEY"], "audit chain")


def link(key: bytes, previous: str, part: dict[str, Any]) -> str:
    """Return the hash of an entry that follows the one whose hash is `previous`."""
    return hmac.new(key, f"{previous}\n{canonical(part)}".encode(), hashlib.sha256).hexdigest()


def _matching(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise UnfitForAudit(f"not of the form {pattern.pattern}")
    return value


def _fit(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_fit(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    token = _matching(_TOKEN, str(value))
    if _PHONE.fullmatch(token) or ric.is_valid(token):
        raise UnfitForAudit("a phone or an identity number does not belong into the audit trail")
    return token


_PLAIN: dict[str, Any] = {"execution_options": {"synchronize_session": False}}


@event.listens_for(db.session, "before_commit")
def _append(session: Session) -> None:
    pending: list[_Pending] = session.info.get(_PENDING, [])
    savepoint = session.get_nested_transaction()
    if savepoint is not None:  # only a part ends well; its entries now stand or fall with what is around it
        around = savepoint.parent if savepoint.parent and savepoint.parent.nested else None
        session.info[_PENDING] = [replace(p, within=around) if p.within is savepoint else p for p in pending]
    elif pending:
        session.info.pop(_PENDING)
        session.flush()  # the locks of all other rows first, the head's last
        _write(session, pending)


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if ended.nested:
        session.info[_PENDING] = [p for p in pending if p.within is not ended]


def _write(session: Session, pending: list[_Pending]) -> None:
    seq, previous = _take_head(session)
    key, rows = chain_key(), []
    for entry in pending:
        seq += 1
        values = entry.values | {"seq": seq}
        previous = link(key, previous, values)
        rows.append(values | {"hash": previous})
    session.execute(insert(AuditEntry), rows)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=seq, hash=previous), **_PLAIN)


def _take_head(session: Session) -> tuple[int, str]:
    """Lock the head until the transaction ends; return the last entry's number and hash."""
    touch = update(AuditHead).where(AuditHead.id == 1).values(id=1).returning(AuditHead.seq, AuditHead.hash)
    head = session.execute(touch, **_PLAIN).one_or_none()
    if head is None:
        session.execute(insert_into(AuditHead).values(id=1, seq=0, hash=START).on_conflict_do_nothing())
        head = session.execute(touch, **_PLAIN).one()
    return head.seq, head.hash


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_: Mapper[AuditEntry], __: Any, ___: AuditEntry) -> None:
    raise AuditIsForEver


@event.listens_for(db.session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    changes = state.is_update or state.is_delete
    if changes and state.bind_mapper is not None and state.bind_mapper.class_ is AuditEntry:
        raise AuditIsForEver
