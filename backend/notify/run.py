"""One round of the worker: what time it is, how long to wait, which providers do not answer today."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from .channel import Channel
from .errors import ChannelFault

RUN_SECONDS = 45.0  # then the job ends and signals itself, so that a stuck provider holds no worker for long
SILENCES = 3  # a provider that is down costs a run three time-outs, not one for each message
BACK_OFF_BASE, BACK_OFF_MAX = timedelta(seconds=30), timedelta(hours=1)


def back_off(tries: int, jitter: float) -> timedelta:
    """Return how long to wait after the n-th try: doubling, at most an hour, less up to half of it.

    jitter: 0 to 1, so that what failed together does not come back together.
    """
    delay = min(BACK_OFF_MAX, BACK_OFF_BASE * 2 ** min(tries - 1, 10))
    return delay * (1 - jitter / 2)


class Run:
    """Time passes in it as on the machine's clock, counted from the moment the job was given."""

    def __init__(self, now: datetime, elapsed: Callable[[], float]):
        self._now = now
        self._elapsed = elapsed
        self._began = elapsed()
        self._silences: Counter[str] = Counter()
        self.looked_at = 0

    def moment(self) -> datetime:
        return self._now + timedelta(seconds=self._elapsed() - self._began)

    def over(self) -> bool:
        return self._elapsed() - self._began > RUN_SECONDS

    def silent(self, channel: Channel) -> bool:
        return self._silences[channel.name] >= SILENCES

    def note(self, channel: Channel, fault: ChannelFault) -> None:
        if fault.silent:
            self._silences[channel.name] += 1
        else:
            self.heard(channel)

    def heard(self, channel: Channel) -> None:
        self._silences[channel.name] = 0
