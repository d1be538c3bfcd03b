"""Delivering what is due: claim, word, choose, record the try, send, record the outcome.

Sending happens outside of any transaction, so a process may die, or an answer may fail to
come, after the provider took a message and before we knew. What then happens:

- Template message: the same `client_msg_id` again, by this channel only; WeChat drops the
  repeat within ten minutes, and our leases are shorter. Once. Later: as the last point says.
- SMS: Aliyun is asked by our OutId (QuerySendDetails) before anything is sent again. Once.
- Customer-service and subscription messages have no handle, and WeChat cannot be asked. A
  notice that `must_arrive` (a code, a decision, a correction that is awaited) goes on to
  the next channel, or is repeated where there is none: one possible duplicate, never a
  second. Any other notice counts as sent: one possible loss.

A passing fault is tried again after 30 s, 60 s, … at most an hour, with jitter; after six
on one channel another way is taken where there is one; after 24 hours it is given up. A
permanent fault goes to the next channel at once; after the last it is given up.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from ..db import db
from ..jobs import wake
from . import ledger, receipts
from .channel import Channel, Found, LookUp, Outgoing
from .errors import BadText, ChannelFault
from .ladder import choose
from .ledger import UNKNOWN, UNSURE, Job, Try
from .models import State
from .outbox import JOB
from .quiet import quiet_until
from .run import Run, back_off
from .shelf import Notices
from .wording import outgoing

log = structlog.get_logger()

BATCH = 50
LEASE = timedelta(minutes=5)  # > a run and its last call, < the ten minutes of client_msg_id
GIVE_UP_AFTER = timedelta(hours=24)
PATIENCE = 6  # passing faults on one channel, about a quarter of an hour
ASK_AFTER = timedelta(minutes=1)
BLANK_TRIES = 30  # about a day of claims that never came to a try: no text, no provider


class Notifier:
    """Delivers the outbox through its channels, best first. Made once a process."""

    def __init__(
        self,
        channels: Sequence[Channel],
        notices: Notices,
        public_url: str,
        *,
        jitter: Callable[[], float] = random.random,
        elapsed: Callable[[], float] = time.monotonic,
    ):
        self._channels = tuple(channels)
        self.notices = notices
        self._public_url = public_url
        self._jitter = jitter
        self._elapsed = elapsed

    def deliver_due(self, now: datetime) -> int:
        """Work through what is due, within about 45 seconds; return how many messages were looked at.

        A job: commits in small steps, may run twice or in two processes at once.
        """
        receipts.enter(now)
        run = Run(now, self._elapsed)
        for ids in iter(lambda: ledger.due_ids(run.moment(), BATCH), []):
            for message_id in ids:
                if run.over():
                    wake(JOB)
                    db.session.commit()
                    return run.looked_at
                self._look_at(message_id, run)
        return run.looked_at

    def ask_receipts(self, now: datetime) -> int:
        """Ask providers that do not report by themselves what has arrived; return how many were asked about."""
        return receipts.ask(self._channels, self._word, now)

    def forget_old(self, now: datetime) -> int:
        """Erase the contents of what ended weeks ago; return how many."""
        return receipts.forget_old(now)

    def _word(self, job: Job) -> Outgoing:
        return outgoing(job, self.notices.get(job.notice), self.notices.current(), self._public_url)

    def _look_at(self, message_id: int, run: Run) -> None:
        job = ledger.claim(message_id, run.moment(), run.moment() + LEASE)
        if job is None:
            return
        run.looked_at += 1
        try:
            self._deliver(job, run)
        except ChannelFault as fault:  # of a look-up: nothing is known yet, ask again later
            self._again(job, fault.code, run)
        except BadText as fault:  # an editor can mend the file before it is given up
            log.error("notice_not_worded", notice=job.notice, code=fault.code)
            self._again(job, fault.code, run)
        except Exception:  # one broken message must not keep the others waiting
            db.session.rollback()
            log.error("message_failed", message=job.id, notice=job.notice, exc_info=True)
            self._again(job, "broken", run)

    def _deliver(self, job: Job, run: Run) -> None:
        now = run.moment()
        awake_at = None if job.urgent else quiet_until(job.to.quiet, now)
        if awake_at:
            ledger.rest(job, awake_at)
            return
        if self._too_late(job, now):
            return
        message = self._word(job)
        used_up = job.used_up
        if job.doubt:
            settled = self._settle(job, message, job.doubt, run)
            if settled is None:
                return
            used_up = settled
        self._climb(job, message, used_up, run)

    def _too_late(self, job: Job, now: datetime) -> bool:
        """End what is worthless by now, or was tried for a day."""
        good_for = self.notices.get(job.notice).good_for_minutes
        stale = good_for is not None and now - job.created_at > timedelta(minutes=good_for)
        tired = job.first_try_at is not None and now - job.first_try_at > GIVE_UP_AFTER
        if stale or tired:
            self._give_up(job, "stale" if stale else job.last_fault or "too_late", now)
        return stale or tired

    def _climb(self, job: Job, message: Outgoing, used_up: frozenset[str], run: Run) -> None:
        """Try one channel after the other until one takes it, or fails in passing."""
        failed = Counter(tried.channel for tried in job.tried)
        worn = {name for name, times in failed.items() if times >= PATIENCE}
        fault = job.last_fault
        while True:
            channel = choose(self._channels, message, used_up=used_up, worn=worn, now=run.moment())
            if channel is None:
                self._give_up(job, fault or "no_channel", run.moment())
                return
            if run.silent(channel):
                self._again(job, "no_answer", run)
                return
            fault = self._refused(job, message, channel, run)
            if fault is None:
                return
            used_up = used_up | {channel.name}
            ledger.use_up(job, used_up, fault)

    def _refused(self, job: Job, message: Outgoing, channel: Channel, run: Run) -> str | None:
        """Send once; return the code of the fault where this channel will never take it."""
        attempt = ledger.begin(job, channel.name, run.moment())
        if attempt is None:
            return None
        try:
            sent = channel.send(message)
        except ChannelFault as fault:
            log.warning("channel_fault", channel=channel.name, code=fault.code, permanent=fault.permanent)
            ledger.note_outcome(attempt, UNSURE if fault.unsure else fault.code)
            run.note(channel, fault)
            if not fault.permanent:
                self._again(job, fault.code, run)
            return fault.code if fault.permanent else None
        run.heard(channel)
        ledger.note_outcome(attempt, "sent")
        self._mark_sent(job, channel, sent.receipt_id, run.moment())
        return None

    def _settle(self, job: Job, message: Outgoing, doubt: Try, run: Run) -> frozenset[str] | None:
        """Find out what became of a try without an outcome; None where the message needs no other now.

        Else return the channels that are used up. Raise ChannelFault to wait and ask again.
        """
        channel = next((c for c in self._channels if c.name == doubt.channel), None)
        seen = _ask(channel, message, doubt, run) if channel else LookUp(Found.UNKNOWN)
        if channel is None or seen.found is Found.UNKNOWN:
            return self._decide(job, message, doubt, run.moment())
        if seen.found is Found.REPEATABLE:
            if channel.reaches(message, run.moment()) and self._refused(job, message, channel, run) is None:
                return None
            return self._decide(job, message, doubt, run.moment())
        ledger.note_outcome(doubt.id, seen.found)
        if seen.found in (Found.TAKEN, Found.DELIVERED):
            self._mark_sent(job, channel, seen.receipt_id, run.moment())
            return None
        if seen.found is Found.FAILED:
            ledger.use_up(job, job.used_up | {channel.name}, "failed")
            return job.used_up | {channel.name}
        return job.used_up

    def _decide(self, job: Job, message: Outgoing, doubt: Try, now: datetime) -> frozenset[str] | None:
        """Nobody can say whether it was sent: see the top of this page."""
        ledger.settle_doubts(job.id, UNKNOWN)
        if not message.must_arrive or any(tried.outcome == UNKNOWN for tried in job.tried):
            ledger.end(job, State.SENT, now, UNSURE)
            return None
        without = job.used_up | {doubt.channel}
        other = choose(self._channels, message, used_up=without, worn=(), now=now)
        used_up = without if other else job.used_up
        ledger.use_up(job, used_up, UNSURE)
        return used_up

    def _mark_sent(self, job: Job, channel: Channel, receipt_id: str | None, now: datetime) -> None:
        ledger.mark_sent(job, channel.name, now, receipt_id, now + ASK_AFTER if channel.asks else None)
        log.info("message_sent", channel=channel.name, notice=job.notice, tries=job.tries)

    def _again(self, job: Job, fault: str, run: Run) -> None:
        if job.first_try_at is None and job.tries > BLANK_TRIES:
            self._give_up(job, fault, run.moment())
            return
        ledger.rest(job, run.moment() + back_off(job.tries, self._jitter()), fault)

    def _give_up(self, job: Job, fault: str, now: datetime) -> None:
        log.error("message_given_up", message=job.id, notice=job.notice, code=fault)
        ledger.end(job, State.GIVEN_UP, now, fault)


def _ask(channel: Channel, message: Outgoing, doubt: Try, run: Run) -> LookUp:
    if run.silent(channel):
        raise ChannelFault("no_answer")
    try:
        return channel.look_up(message, doubt.at, run.moment())
    except ChannelFault as fault:
        run.note(channel, fault)
        raise
