"""Keep what was asked, out of the way of the answer: a queue in memory, written in small batches.

What a killed process had not written yet (half a second's worth) is lost; these are counts, not cases.
"""

import atexit
import queue
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from ..clock import SHANGHAI, utc_now
from ..consult.dialogue import verdict
from ..consult.normalise import normalise
from ..consult.reply import Reply
from ..db import db, insert_into, writing
from .masking import mask
from .models import Asked, LastAsked

log = structlog.get_logger()
MOST_WAITING = 5000  # answers; more are dropped rather than held in memory
BATCH = 100
PAUSE_SECONDS = 0.4
LASTS = timedelta(minutes=15)
KEPT = timedelta(days=180)
UNSURE = 0.5  # an offered choice below this was a guess (consult's SURE)
WEAK = 0.6  # a matter answered below this is worth a look
WORDLESS = ("emergency", "pick")  # counted without the words: a plea for help is nobody's to read later
QUESTIONS = ("matter", "clarify", "ood", "handoff", "pick", "emergency", "progress", "appointment")
MOST_CHARACTERS = 400
ID_BYTES = 16


@dataclass(frozen=True)
class Heard:
    who: str
    reply: Reply
    at: datetime


class Ear:
    """Hears every answer of the process. `hear` costs microseconds and never raises.

    context: gives an application context, in which the database is known.
    """

    def __init__(self, context: Callable[[], AbstractContextManager[Any]]):
        self._context = context
        self._waiting: queue.Queue[Heard] = queue.Queue(MOST_WAITING)
        self._starting = threading.Lock()
        self._writing = threading.Lock()
        self._started = False
        self.dropped = 0

    def hear(self, who: str, reply: Reply) -> None:
        """Take in an answer; where the database cannot keep up, drop it."""
        try:
            self._waiting.put_nowait(Heard(who, reply, utc_now()))
        except queue.Full:
            self.dropped += 1
        if not self._started:
            self._start()

    def flush(self) -> int:
        """Write what is waiting; return how many answers that were."""
        with self._writing:
            done = 0
            while batch := self._take():
                with self._context(), writing(db.engine) as connection:
                    for heard in batch:
                        keep(connection, heard)
                done += len(batch)
            return done

    def _take(self) -> list[Heard]:
        batch: list[Heard] = []
        while len(batch) < BATCH:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return batch

    def _start(self) -> None:
        """Start the writer at the first answer: a process that is forked later has its own."""
        with self._starting:
            if not self._started:
                self._started = True
                threading.Thread(target=self._listen, name="ear", daemon=True).start()
                atexit.register(self._last)

    def _listen(self) -> None:
        pause = threading.Event()
        while not pause.wait(PAUSE_SECONDS):
            self._last()

    def _last(self) -> None:
        try:
            self.flush()
        except Exception:  # statistics must never bring a process down; the batch is lost and said so
            log.warning("asked_not_kept", exc_info=True)


def keep(connection: Connection, heard: Heard) -> None:
    """Write one answer: a question is kept, a verdict or a choice completes the question before it."""
    reply = heard.reply
    opinion = verdict(reply.question) if reply.kind == "chitchat" else None
    if opinion is not None:
        _complete(connection, heard, useful=opinion)
    elif reply.kind in QUESTIONS:
        if reply.kind == "pick" and reply.matter:
            _complete(connection, heard, picked=reply.matter)
        _keep_question(connection, heard)


def _complete(connection: Connection, heard: Heard, **values: Any) -> None:
    asked = select(LastAsked.asked_id).where(LastAsked.who == heard.who, LastAsked.at > heard.at - LASTS)
    found = connection.execute(asked).scalar()
    if found:
        connection.execute(update(Asked).where(Asked.id == found).values(**values))


def _keep_question(connection: Connection, heard: Heard) -> None:
    reply = heard.reply
    text = "" if reply.kind in WORDLESS else normalise(mask(reply.question))[:MOST_CHARACTERS]
    row = {
        "id": secrets.token_hex(ID_BYTES),
        "day": heard.at.astimezone(SHANGHAI).date(),
        "lang": reply.lang[:8],
        "kind": reply.kind,
        "matter": reply.matter,
        "aspect": reply.aspect,
        "confidence": round(reply.confidence, 3),
        "unsure": is_unsure(reply),
        "text": text,
    }
    connection.execute(insert(Asked), row)
    if reply.kind != "emergency":
        _remember(connection, heard, row)


def is_unsure(reply: Reply) -> bool:
    """True where the answer was a guess, or none.

    A human is offered either for the wish itself (sure), or since nothing else was understood (unsure).
    """
    if reply.kind in ("clarify", "handoff"):
        return reply.confidence < UNSURE
    return reply.kind == "matter" and reply.confidence < WEAK


def _remember(connection: Connection, heard: Heard, row: dict[str, Any]) -> None:
    reply = heard.reply
    if reply.kind == "handoff" and not row["unsure"]:
        return  # what was asked before is what the human is wanted for
    matter = reply.matter or (reply.candidates[0].matter if reply.candidates else None)
    values = {
        "who": heard.who, "asked_id": row["id"], "question": reply.question[:1000], "lang": row["lang"],
        "matter": matter, "unsure": row["unsure"], "at": heard.at,
    }  # fmt: skip
    if reply.kind == "pick":  # the words stay those of the question the choice was offered for
        connection.execute(
            update(LastAsked)
            .where(LastAsked.who == heard.who)
            .values(asked_id=row["id"], matter=matter, unsure=False, at=heard.at)
        )
        return
    statement = insert_into(LastAsked).values(values)
    changes = {name: value for name, value in values.items() if name != "who"}
    connection.execute(statement.on_conflict_do_update(index_elements=["who"], set_=changes))


def forget_old(now: datetime) -> int:
    """Drop conversations' last questions after minutes and what was asked after half a year. A job."""
    last = db.session.execute(delete(LastAsked).where(LastAsked.at <= now - LASTS))
    oldest = (now - KEPT).astimezone(SHANGHAI).date()
    old = db.session.execute(delete(Asked).where(Asked.day < oldest))
    return int(last.rowcount + old.rowcount)  # type: ignore[attr-defined]
