"""Which channel is tried: the first that reaches the person and is neither used up nor worn out."""

from collections.abc import Collection, Sequence
from datetime import datetime

from .channel import Channel, Outgoing

SMS = "sms"


def choose(
    channels: Sequence[Channel], message: Outgoing, *, used_up: Collection[str], worn: Collection[str], now: datetime
) -> Channel | None:
    """Return the channel to try, None where no way is left.

    channels: best first (customer-service message inside its window, subscription or
    template message, SMS). used_up: refused this message for good. worn: failed in passing
    so often that another way, where there is one, is better than more patience.
    """
    open_ways = [
        channel
        for channel in channels
        if channel.name not in used_up
        and (channel.name == SMS or not message.sms_only)
        and channel.reaches(message, now)
    ]
    fresh = [channel for channel in open_ways if channel.name not in worn]
    return next(iter(fresh or open_ways), None)
