"""Single flight: one message, computed once, seen once.

WeChat calls up to three times, five seconds apart, and shows only a reply to the call it
still waits for (/doc/subscription/guide/product/message/Passive_user_reply_message.html).
So the first call computes; calls one and two outwait WeChat (an empty answer would end its
patience), and the third, just before its end, decides that the answer is to be pushed.
All of it is settled in the database: any process may receive any call, and may die.

Who may show the answer is the one column `state`: FLYING → TAKEN (a reply) or OWED →
PUSHING (a push), each move a conditional update, so never both. If a process dies while it
sends a push, the push is tried again: an answer twice is better than none.
"""

import secrets
from collections.abc import Callable
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ..clock import Clock
from ..errors import Unavailable
from ..vault import Unreadable
from .logbook import COMPUTING, KEEP_SECONDS, Answer, Flight, Logbook, State

log = structlog.get_logger()

IN_TIME_SECONDS = 4.7  # a reply later than this may miss the five seconds on its way
OUTWAIT_SECONDS = 5.2  # calls one and two end just after WeChat has hung up
LAST_WAIT_SECONDS = 4.3  # the third call must end with "success" while WeChat listens
LAST_CALL = 3
LAST_CALL_FROM_SECONDS = 8.0  # a call this long after the first is the third, though one was lost
ALL_OVER_SECONDS = 15.5  # after the first call: WeChat waits for no reply any more
LEASE_SECONDS = 4.0
POLL_SECONDS = 0.1
FIRST_POLL_SECONDS = 0.004
PUSH_LEASE_SECONDS = 60.0  # longer than a push with all its time-outs takes
PUSH_AGAIN_SECONDS = (5.0, 20.0, 60.0, 300.0, 900.0)
MAX_TRIES = 3  # a message that kills whoever computes it is given up


class Spawn(Protocol):
    """Runs a piece of work in the background, soon."""

    def __call__(self, work: Callable[[], None], /) -> object: ...


class Flights:
    """One process's part in the single flight. Safe to call from many threads.

    recompute: answers the payload of a process that died; its second argument is True
    where that happened too often and an apology must do. push: delivers an answer, or
    raises Unavailable (permanent or not).
    """

    def __init__(
        self,
        logbook: Logbook,
        clock: Clock,
        spawn: Spawn,
        *,
        recompute: Callable[[bytes, bool], Answer],
        push: Callable[[Answer], None],
    ):
        self._book = logbook
        self._clock = clock
        self._spawn = spawn
        self._recompute = recompute
        self._push = push
        self._running: dict[str, float] = {}

    def fly(self, key: str, payload: bytes, compute: Callable[[], Answer]) -> str | None:
        """Return the text to reply to this call with, or None for `success`.

        key: the same for all calls of a message. payload: what `recompute` needs should
        this process die. compute: runs in this thread, at most once; where it
        raises, the sweeper tries again and pushes.
        """
        arrived = self._clock.now()
        try:
            claimed = self._book.claim(key, payload, arrived, arrived + LEASE_SECONDS)
        except SQLAlchemyError:  # better an answer that may come twice than none
            log.error("flight_not_stored", flight=key[:12], exc_info=True)
            return compute().text
        if not claimed:
            return self._join(key, arrived)
        self._running[key] = arrived
        try:
            answer = compute()
            if self._reply_at_once(key, answer, arrived):
                return answer.text
            self._land(key, answer, arrived)
        finally:
            self._running.pop(key, None)
        return self._wait(self._book.find(key), arrived, last=False)

    def tick(self) -> None:
        """Renew our leases, take over what others left, push what nobody took. Every second."""
        now = self._clock.now()
        slow = [key for key, since in list(self._running.items()) if now - since >= 1.0]
        if slow:
            self._book.renew(slow, now + LEASE_SECONDS)
        for flight in self._book.due(now):
            self._attend(flight, now)

    def _reply_at_once(self, key: str, answer: Answer, arrived: float) -> bool:
        now = self._clock.now()
        if now - arrived > IN_TIME_SECONDS:
            return False
        try:
            return self._book.land(key, State.FLYING, State.TAKEN, answer, now + KEEP_SECONDS)
        except SQLAlchemyError:  # as above
            log.error("flight_not_stored", flight=key[:12], exc_info=True)
            return True

    def _land(self, key: str, answer: Answer, first_at: float) -> None:
        """Keep the answer for the call that waits, or push it where none does."""
        now = self._clock.now()
        over_at = first_at + ALL_OVER_SECONDS
        if now < over_at and self._book.land(key, State.FLYING, State.LANDED, answer, over_at):
            return
        lease_until = now + PUSH_LEASE_SECONDS
        for was in (State.FLYING, State.OWED):
            if self._book.land(key, was, State.PUSHING, answer, lease_until):
                self._deliver(key, answer, tries=1)
                return
        log.warning("flight_taken_over", flight=key[:12])

    def _join(self, key: str, arrived: float) -> str | None:
        flight = self._book.join(key)
        if flight is None:
            return None
        last = flight.calls >= LAST_CALL or arrived - flight.first_at >= LAST_CALL_FROM_SECONDS
        return self._wait(flight, arrived, last=last)

    def _wait(self, flight: Flight | None, arrived: float, *, last: bool) -> str | None:
        """Take the answer when it lands; else outwait WeChat or, in the last call, decide."""
        until = arrived + (LAST_WAIT_SECONDS if last else OUTWAIT_SECONDS)
        pause = FIRST_POLL_SECONDS  # most answers are a few milliseconds away
        while flight and flight.state in (State.FLYING, State.LANDED):
            now = self._clock.now()
            if flight.state == State.LANDED and self._take(flight, now - arrived):
                return self._text_of(flight)
            if flight.state == State.FLYING:
                self._revive(flight, now)
            if now >= until and (not last or flight.state == State.LANDED or self._book.owe(flight.key)):
                return None
            self._clock.sleep(max(0.0, min(pause, until - now)))
            pause = min(2 * pause, POLL_SECONDS)
            flight = self._book.find(flight.key)
        return self._text_of(flight) if flight and flight.state == State.TAKEN else None

    def _take(self, flight: Flight, waited_seconds: float) -> bool:
        if waited_seconds > IN_TIME_SECONDS:
            return False
        return self._book.move(flight.key, State.LANDED, State.TAKEN, self._clock.now() + KEEP_SECONDS)

    def _text_of(self, flight: Flight) -> str | None:
        try:
            return self._book.read_answer(flight).text
        except Unreadable:
            log.error("flight_unreadable", flight=flight.key[:12])
            return None

    def _attend(self, flight: Flight, now: float) -> None:
        if flight.state in COMPUTING:
            self._revive(flight, now)
        elif flight.state == State.LANDED:
            if self._book.move(flight.key, State.LANDED, State.PUSHING, now + PUSH_LEASE_SECONDS):
                self._spawn(lambda: self._deliver_stored(flight, tries=1))
        elif self._book.take_over(flight, now, now + PUSH_LEASE_SECONDS):
            self._spawn(lambda: self._deliver_stored(flight, tries=flight.tries + 1))

    def _revive(self, flight: Flight, now: float) -> None:
        """Compute in place of a process whose lease has ended."""
        if flight.due_at > now or flight.key in self._running:
            return
        if flight.tries > MAX_TRIES:  # not even the apology came through
            self._book.forget(flight.key, flight.state, State.LOST, now)
            return
        if self._book.take_over(flight, now, now + LEASE_SECONDS):
            self._running[flight.key] = now
            log.warning("flight_revived", flight=flight.key[:12], tries=flight.tries)
            self._spawn(lambda: self._compute_again(flight))

    def _compute_again(self, flight: Flight) -> None:
        give_up = flight.tries >= MAX_TRIES
        try:
            answer = self._recompute(self._book.read_payload(flight), give_up)
            self._land(flight.key, answer, flight.first_at)
        except Unreadable:
            log.error("flight_unreadable", flight=flight.key[:12])
            self._book.forget(flight.key, flight.state, State.LOST, self._clock.now())
        except SQLAlchemyError:  # its lease ends and a later tick tries again
            log.error("flight_not_stored", flight=flight.key[:12], exc_info=True)
        finally:
            self._running.pop(flight.key, None)

    def _deliver_stored(self, flight: Flight, tries: int) -> None:
        try:
            self._deliver(flight.key, self._book.read_answer(flight), tries)
        except Unreadable:
            log.error("flight_unreadable", flight=flight.key[:12])
            self._book.forget(flight.key, State.PUSHING, State.LOST, self._clock.now())
        except SQLAlchemyError:  # the push lease ends and a later tick looks again
            log.error("flight_not_stored", flight=flight.key[:12], exc_info=True)

    def _deliver(self, key: str, answer: Answer, tries: int) -> None:
        """Push; the flight is PUSHING and its lease ours."""
        try:
            self._push(answer)
        except Unavailable as fault:
            self._push_failed(key, tries, permanent=fault.permanent)
            return
        self._book.forget(key, State.PUSHING, State.PUSHED, self._clock.now())
        log.info("answer_pushed", flight=key[:12], tries=tries)

    def _push_failed(self, key: str, tries: int, *, permanent: bool) -> None:
        now = self._clock.now()
        log.warning("push_failed", flight=key[:12], tries=tries, permanent=permanent)
        if permanent or tries > len(PUSH_AGAIN_SECONDS):
            self._book.forget(key, State.PUSHING, State.LOST, now)
        else:
            self._book.move(key, State.PUSHING, State.PUSHING, now + PUSH_AGAIN_SECONDS[tries - 1])


def process_name() -> str:
    """Return a name no other process has, of one life only."""
    return secrets.token_hex(8)
