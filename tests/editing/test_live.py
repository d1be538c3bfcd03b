"""While fifty questions a second are answered: a broken file changes nothing, a good edit is answered within two seconds."""

import threading
import time

import pytest
from flask import Flask

from backend.config import Settings
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.db import db
from backend.editing.disk import digest, read_knowledge, write_whole
from backend.editing.hearing import Ear
from backend.editing.models import Asked
from backend.editing.proposing import propose_section, try_section
from backend.editing.publishing import approve
from backend.identity.service import Officer
from backend.matters.service import Catalogue
from tests.conftest import DAY
from tests.editing.conftest import NOW, settle

FILE = "matters/public-order/dog-licence.yaml"
PER_SECOND = 50
PATIENCE = 2.0


class Crowd:
    """Asks the same thing 50 times a second on four threads and keeps what was answered, with the moment."""

    def __init__(self, consultant: Consultant):
        self._consultant = consultant
        self.answers: list[tuple[float, str]] = []
        self.faults: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(4)]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        while not self._stop.wait(len(self._threads) / PER_SECOND):
            try:
                said = self._consultant.answer("犬证是什么", who=f"citizen {number}").text
                self.answers.append((time.monotonic(), said))
            except BaseException as fault:
                self.faults.append(fault)
                return

    def wait_for(self, words: str, seconds: float) -> float:
        """Return after how many seconds an answer had the words."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.answers and words in self.answers[-1][1]:
                return time.monotonic() - started
            time.sleep(0.02)
        pytest.fail(f"{words} was not answered within {seconds} s")


def test_edits_reach_the_answers_and_broken_files_do_not(
    app: Flask, settings: Settings, first: Officer, second: Officer
) -> None:
    root = settings.knowledge_dir
    catalogue = Catalogue(root, day=lambda: DAY)
    ear = Ear(app.app_context)
    ear._started = True  # written at the end, by hand
    consultant = Consultant(settings, catalogue, MemoryStore(), day=lambda: DAY, heard=ear.hear)
    catalogue.watch(settings.knowledge_poll_seconds)
    good = (root / FILE).read_bytes()
    with Crowd(consultant) as crowd:
        crowd.wait_for("简介", 5)
        broken_at = len(crowd.answers)
        for spoilt in (b"id: [", b"\xff\xfe\x00", good[: len(good) // 2], b""):
            write_whole(root / FILE, spoilt)
            time.sleep(0.6)
        assert {text for _, text in crowd.answers[broken_at:]} == {crowd.answers[0][1]}
        write_whole(root / FILE, good)
        edit(settings, catalogue, first, second, "summary: 狗要拴绳，七天内登记。")
        assert crowd.wait_for("狗要拴绳", PATIENCE) <= PATIENCE
    assert crowd.faults == []
    said = [text for _, text in crowd.answers]
    changed = next(i for i, text in enumerate(said) if "狗要拴绳" in text)
    assert all("狗要拴绳" in text for text in said[changed + 4 :]), "once new, never old again"
    spent = crowd.answers[-1][0] - crowd.answers[0][0]
    assert len(said) / spent > 25, "the machine is too busy for this measurement"
    consultant.with_store(MemoryStore()).answer("犬证是什么", who="the command line is heard by nobody")
    assert ear.flush() == len(said) and db.session.query(Asked).count() == len(said)


def edit(settings: Settings, catalogue: Catalogue, first: Officer, second: Officer, text: str) -> None:
    root, matter = settings.knowledge_dir, catalogue.current.get_matter("dog-licence")
    change = try_section(root, matter, "summary", text, digest(read_knowledge(root, FILE)), NOW)
    proposal = settle(propose_section(first, root, matter, "summary", change, why="写清楚", now=NOW))
    approve(second, proposal, root=root, data_dir=settings.data_dir, snapshot=catalogue.current, now=NOW)
    db.session.commit()
