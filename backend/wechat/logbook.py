"""The table behind single flight: every change is one conditional statement.

A statement that changes no row means that somebody else got there first. The rules that
use these moves are in `flights.py`.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..db import reading, writing
from ..vault import Vault
from .models import WechatFlight

KEEP_SECONDS = 900.0  # at least as long as a callback counts as fresh, so that repeats are known
SWEEP_ROWS = 50


class State:
    """Where a flight is. The last three are final and wait to be deleted."""

    FLYING = "flying"  # being computed; a call may still take the answer
    OWED = "owed"  # being computed; no call waits any more, the answer will be pushed
    LANDED = "landed"  # computed; no call has taken it yet
    PUSHING = "pushing"  # computed; being pushed, or waiting for the next attempt
    TAKEN = "taken"  # given as the reply to a call; later calls get the same
    PUSHED = "pushed"
    LOST = "lost"  # WeChat refuses the push for good


COMPUTING = (State.FLYING, State.OWED)
FINAL = (State.TAKEN, State.PUSHED, State.LOST)


@dataclass(frozen=True)
class Answer:
    """What a citizen is told. to: openid; link: the page that says more, or empty."""

    to: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Flight:
    """A row as it was read; the meaning of the fields is in `models.py`."""

    key: str
    state: str
    first_at: float
    due_at: float
    owner: str
    calls: int
    tries: int
    payload: bytes | None
    answer: bytes | None


table: Table = WechatFlight.__table__  # type: ignore[assignment]
_columns = [table.c[name] for name in Flight.__dataclass_fields__]
_this = table.c.key == bindparam("k")
_as_read = (_this, table.c.state == bindparam("was"))
_CLAIM = insert(table)
_FIND = select(*_columns).where(_this)
_DUE = select(*_columns).where(table.c.due_at <= bindparam("now")).order_by(table.c.due_at).limit(SWEEP_ROWS)
_OVER = delete(table).where(table.c.due_at <= bindparam("now"), table.c.state.in_(FINAL))
_COUNT_CALL = update(table).where(_this).values(calls=table.c.calls + 1)
_CHANGE = update(table).where(*_as_read)
_CHANGE_OURS = update(table).where(*_as_read, table.c.owner == bindparam("by"))
_CHANGE_DUE = update(table).where(*_as_read, table.c.tries == bindparam("seen"), table.c.due_at <= bindparam("now"))


class Logbook:
    """The flights of all processes, as one of them (`owner`) sees and changes them."""

    def __init__(self, engine: Engine, vault: Vault, owner: str):
        self._engine = engine
        self._vault = vault
        self.owner = owner

    def claim(self, key: str, payload: bytes, now: float, lease_until: float) -> bool:
        """Open the flight; False where another call did before."""
        row = {"key": key, "state": State.FLYING, "first_at": now, "due_at": lease_until, "owner": self.owner}
        try:
            with writing(self._engine) as connection:
                connection.execute(_CLAIM, row | {"payload": self._vault.seal(payload)})
        except IntegrityError:
            return False
        return True

    def join(self, key: str) -> Flight | None:
        """Count one more call and return the flight; None where it is long gone."""
        with writing(self._engine) as connection:
            connection.execute(_COUNT_CALL, {"k": key})
            return _flight(connection.execute(_FIND, {"k": key}).one_or_none())

    def find(self, key: str) -> Flight | None:
        with reading(self._engine) as connection:
            return _flight(connection.execute(_FIND, {"k": key}).one_or_none())

    def land(self, key: str, was: str, to: str, answer: Answer, due_at: float) -> bool:
        """Store the answer; False where the flight is no longer ours or not in `was`."""
        sealed = self._vault.seal(json.dumps([answer.to, answer.text, answer.link]).encode())
        change = {"state": to, "due_at": due_at, "answer": sealed, "payload": None, "tries": 1}
        return self._change(_CHANGE_OURS, key, was, by=self.owner, **change)

    def move(self, key: str, was: str, to: str, due_at: float) -> bool:
        return self._change(_CHANGE, key, was, state=to, due_at=due_at)

    def owe(self, key: str) -> bool:
        """Decide that the answer will be pushed; the lease of whoever computes stays."""
        return self._change(_CHANGE, key, State.FLYING, state=State.OWED)

    def forget(self, key: str, was: str, to: str, now: float) -> None:
        """End the flight and erase what it said."""
        empty = {"payload": None, "answer": None}
        self._change(_CHANGE, key, was, state=to, due_at=now + KEEP_SECONDS, **empty)

    def take_over(self, flight: Flight, now: float, due_at: float) -> bool:
        """Claim what is due (a lease that ended, a push to try again) for this process."""
        change = {"owner": self.owner, "due_at": due_at, "tries": flight.tries + 1}
        return self._change(_CHANGE_DUE, flight.key, flight.state, seen=flight.tries, now=now, **change)

    def renew(self, keys: list[str], lease_until: float) -> None:
        """Keep the lease of what this process is computing."""
        ours = (table.c.key.in_(keys), table.c.owner == self.owner, table.c.state.in_(COMPUTING))
        with writing(self._engine) as connection:
            connection.execute(update(table).where(*ours).values(due_at=lease_until))

    def due(self, now: float) -> list[Flight]:
        """Delete what is over and return what somebody must look at, the oldest first."""
        with reading(self._engine) as connection:
            rows = [Flight(*row) for row in connection.execute(_DUE, {"now": now})]
        if any(flight.state in FINAL for flight in rows):
            with writing(self._engine) as connection:
                connection.execute(_OVER, {"now": now})
        return [flight for flight in rows if flight.state not in FINAL]

    def read_payload(self, flight: Flight) -> bytes:
        """Raise Unreadable where the secret key has changed."""
        return self._vault.open(flight.payload or b"")

    def read_answer(self, flight: Flight) -> Answer:
        """Raise Unreadable where the secret key has changed."""
        return Answer(*json.loads(self._vault.open(flight.answer or b"")))

    def _change(self, statement: Any, key: str, was: str, **values: Any) -> bool:
        with writing(self._engine) as connection:
            return connection.execute(statement, {"k": key, "was": was} | values).rowcount == 1


def _flight(row: Row[Any] | None) -> Flight | None:
    return Flight(*tuple(row)) if row else None
