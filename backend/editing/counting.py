"""What was asked, counted: by day, matter and aspect; how much of it was answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from ..db import db
from .models import Asked


@dataclass(frozen=True)
class Tally:
    """questions: all that was asked; unsure: answered with a guess or not at all; useful, useless: verdicts."""

    questions: int = 0
    unsure: int = 0
    useful: int = 0
    useless: int = 0

    @property
    def answered_share(self) -> float:
        """0 to 1; 1 where nothing was asked."""
        return 1 - self.unsure / self.questions if self.questions else 1.0


@dataclass(frozen=True)
class Hits:
    """One matter's or aspect's tally. name: the matter's or aspect's id."""

    name: str
    tally: Tally


def _sums() -> tuple[ColumnElement[Any], ...]:
    return (
        func.count().label("questions"),
        func.coalesce(func.sum(case((Asked.unsure, 1), else_=0)), 0).label("unsure"),
        func.coalesce(func.sum(case((Asked.useful.is_(True), 1), else_=0)), 0).label("useful"),
        func.coalesce(func.sum(case((Asked.useful.is_(False), 1), else_=0)), 0).label("useless"),
    )


def tally(since: date, until: date) -> Tally:
    """Return the sum of the days from `since` to `until`, both included."""
    row = db.session.execute(select(*_sums()).where(Asked.day.between(since, until), Asked.kind != "pick")).one()
    return Tally(*(int(n) for n in row))


def by_day(until: date, days: int = 14) -> list[tuple[date, Tally]]:
    """Return every day's tally, the oldest first, days without a question too."""
    since = until - timedelta(days=days - 1)
    wanted = select(Asked.day, *_sums()).where(Asked.day.between(since, until), Asked.kind != "pick")
    found = {row[0]: Tally(*(int(n) for n in row[1:])) for row in db.session.execute(wanted.group_by(Asked.day))}
    return [(since + timedelta(days=n), found.get(since + timedelta(days=n), Tally())) for n in range(days)]


def by_matter(since: date, until: date, limit: int = 20) -> list[Hits]:
    """Return the matters asked for most."""
    wanted = select(Asked.matter, *_sums()).where(Asked.day.between(since, until), Asked.matter.is_not(None))
    rows = db.session.execute(wanted.group_by(Asked.matter).order_by(func.count().desc(), Asked.matter).limit(limit))
    return _hits(rows)


def by_aspect(since: date, until: date, matter: str | None = None) -> list[Hits]:
    """Return the aspects asked for most, of one matter or of all."""
    wanted = select(Asked.aspect, *_sums()).where(Asked.day.between(since, until), Asked.aspect.is_not(None))
    if matter is not None:
        wanted = wanted.where(Asked.matter == matter)
    return _hits(db.session.execute(wanted.group_by(Asked.aspect).order_by(func.count().desc(), Asked.aspect)))


def by_kind(since: date, until: date) -> dict[str, int]:
    """Return how many messages of each kind came."""
    wanted = select(Asked.kind, func.count()).where(Asked.day.between(since, until)).group_by(Asked.kind)
    return {kind: int(n) for kind, n in db.session.execute(wanted)}


def _hits(rows: Iterable[Any]) -> list[Hits]:
    return [Hits(row[0], Tally(*(int(n) for n in row[1:]))) for row in rows]
