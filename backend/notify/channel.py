"""What every channel promises, and what it is handed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .address import To


@dataclass(frozen=True)
class Card:
    """A WeChat template: its ids at Tencent (either may be empty) and the fields to show."""

    template_id: str
    subscription_id: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outgoing:
    """A message ready to be sent, worded in the person's language.

    handle: the same at every try, 32 characters; providers that can, drop repeats by it.
    link: a whole address, or empty. card: None where the notice has no template.
    """

    id: int
    handle: str
    to: To
    title: str
    text: str
    link: str
    sms_template: str
    sms_params: dict[str, str]
    card: Card | None = None
    sms_only: bool = False
    must_arrive: bool = False


@dataclass(frozen=True)
class Sent:
    """The provider took it. receipt_id: under which it will report the delivery."""

    receipt_id: str | None = None


class Found(StrEnum):
    """What a provider knows of a try whose outcome we do not know."""

    TAKEN = "taken"
    DELIVERED = "delivered"
    FAILED = "failed"
    ABSENT = "absent"  # never taken
    REPEATABLE = "repeatable"  # cannot be asked, but would drop the repeat: safe here, not elsewhere
    UNKNOWN = "unknown"  # cannot be asked


@dataclass(frozen=True)
class LookUp:
    found: Found
    receipt_id: str | None = None


class Channel(Protocol):
    """One way to a person. name: stable, it is stored. asks: `look_up` also tells of delivery."""

    name: str
    asks: bool

    def reaches(self, message: Outgoing, now: datetime) -> bool:
        """True where trying makes sense: an address, a template, an open window."""

    def send(self, message: Outgoing) -> Sent:
        """Raise ChannelFault."""

    def look_up(self, message: Outgoing, tried_at: datetime, now: datetime) -> LookUp:
        """Tell what became of an earlier try. Raise ChannelFault, not permanent, to be asked again later."""
