"""Providers that do what a test tells them, and a world whose time is set."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from backend.db import db
from backend.notify.address import To
from backend.notify.channel import Found, LookUp, Outgoing, Sent
from backend.notify.delivery import Notifier
from backend.notify.errors import ChannelFault
from backend.notify.models import NotifyAttempt, NotifyMessage
from backend.notify.outbox import tell
from backend.notify.shelf import Notices

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
WEI = To("citizen", 1, "oWei", "+8613800000001")
NIGHT_OWL = To("citizen", 2, "oOwl", "+8613800000002", quiet=None)


class Killed(BaseException):
    """The process died here."""


Behaviour = str  # see Provider.send


@dataclass
class Provider:
    """Stands in for a channel with its provider. plan: what the next tries meet; then all is well.

    memory: "asks" (can be asked), "drops" (drops repeats of a handle), "none".
    """

    name: str = "customer"
    memory: str = "none"
    plan: list[Behaviour] = field(default_factory=list)
    always: Behaviour = "ok"
    open: bool = True
    seen: list[Outgoing] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)  # handle → how often the person saw it
    look_ups: list[Found] = field(default_factory=list)
    deaf: bool = False

    @property
    def asks(self) -> bool:
        return self.memory == "asks"

    def reaches(self, message: Outgoing, now: datetime) -> bool:
        return self.open

    def send(self, message: Outgoing) -> Sent:
        self.seen.append(message)
        meets = self.plan.pop(0) if self.plan else self.always
        if meets == "killed before":
            raise Killed
        if meets in ("ok", "killed after", "taken without answer"):
            self._show(message)
        if meets == "killed after":
            raise Killed
        if "without answer" in meets:
            raise ChannelFault("no_answer", unsure=True, silent=True)
        if meets == "down":
            raise ChannelFault("no_answer", silent=True)
        if meets in ("passing", "permanent"):
            raise ChannelFault(f"{self.name}_{meets}", permanent=meets == "permanent")
        return Sent(f"receipt-{message.id}")

    def look_up(self, message: Outgoing, tried_at: datetime, now: datetime) -> LookUp:
        if self.deaf:
            raise ChannelFault("no_answer", silent=True)
        if self.look_ups:
            return LookUp(self.look_ups.pop(0))
        if self.memory == "drops":
            return LookUp(Found.REPEATABLE if now - tried_at < timedelta(minutes=10) else Found.UNKNOWN)
        if self.memory == "asks":
            return LookUp(Found.TAKEN if self.shown[message.handle] else Found.ABSENT)
        return LookUp(Found.UNKNOWN)

    def _show(self, message: Outgoing) -> None:
        if self.memory != "drops" or not self.shown[message.handle]:
            self.shown[message.handle] += 1


@dataclass
class World:
    """The outbox with its providers at a moment a test sets."""

    app: Flask
    notices: Notices
    customer: Provider
    template: Provider
    sms: Provider
    now: datetime = NOON

    def notifier(self, **more: Any) -> Notifier:
        channels = [self.customer, self.template, self.sms]
        settings = {"jitter": lambda: 0.0, "elapsed": lambda: 0.0} | more
        return Notifier(channels, self.notices, "https://police.example.cn", **settings)

    def tell(self, to: To = WEI, notice: str = "important", key: str = "k", **more: Any) -> None:
        tell(to, notice, {"number": "N1"}, key=key, now=self.now, **more)
        db.session.commit()

    def deliver(self) -> int:
        return self.notifier().deliver_due(self.now)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def until_settled(self, hours: float = 60) -> None:
        """Run the worker every five minutes, whatever dies in it."""
        end = self.now + timedelta(hours=hours)
        while self.now < end and any(row.state in ("waiting", "leased") for row in self.rows()):
            self.survive(self.deliver)
            self.later(minutes=5)

    def survive(self, work: Callable[[], object]) -> bool:
        """Do the work of a process; False where it died."""
        try:
            work()
        except Killed:
            db.session.rollback()
            return False
        finally:
            db.session.remove()
        return True

    def rows(self) -> list[NotifyMessage]:
        db.session.expire_all()
        return list(db.session.scalars(select(NotifyMessage).order_by(NotifyMessage.id)))

    @property
    def row(self) -> NotifyMessage:
        (only,) = self.rows()
        return only

    @property
    def outcomes(self) -> list[tuple[str, str | None]]:
        query = select(NotifyAttempt.channel, NotifyAttempt.outcome).order_by(NotifyAttempt.id)
        return [(channel, outcome) for channel, outcome in db.session.execute(query)]

    def times_shown(self) -> int:
        return sum(sum(p.shown.values()) for p in (self.customer, self.template, self.sms))


def shanghai(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """Return that time of a day of November 2026 in Shanghai, as UTC."""
    return datetime.combine(datetime(2026, 11, day), time(hour, minute), UTC) - timedelta(hours=8)
