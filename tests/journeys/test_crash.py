"""200 registrations from the first page to the signed form, while web processes and the worker are killed.

Two web processes, the worker, PostgreSQL and Redis are real; the phones try again as people do, the
killer is seeded. Afterwards everything that was acknowledged is there exactly once.

Messages, by their providers' semantics (`backend/notify/delivery.py`):
- SMS can be asked for by our OutId: every one has arrived exactly once.
- Customer-service messages have no handle, and WeChat cannot be asked. Only where a process died, or
  no answer came, while one was being sent, a notice that must arrive may have come twice (the second
  time by SMS). All of this story's notices must arrive: none may be lost.
What waits for leases of the dead to run out is done at the end with the clock moved: nobody sleeps.
"""

import io
import itertools
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from queue import Queue

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from backend.accommodation.form.verifying import verify as verify_signature
from backend.accommodation.models import IssuedForm, StayGuest
from backend.accommodation.service import read_form
from backend.cases.models import Case, CaseStep, Draft, Status
from backend.clock import SHANGHAI, utc_now
from backend.config import Settings
from backend.db import db
from backend.files.models import LOOSE, StoredFile
from backend.files.stores import LocalStore
from backend.identity.audit_tables import AuditEntry
from backend.identity.officers import NewOfficer
from backend.identity.service import OfficerRole, citizen_for_openid, create_officer, verify
from backend.notify.cli import KEY as NOTIFIER
from backend.notify.models import NotifyAttempt, NotifyMessage
from backend.notify.window import note_message_from
from backend.sandbox.machines import machines
from backend.sandbox.messages import Kind, new_openid
from backend.sealed import key_of
from tests.cast import OTHER, OWN, open_house, rooms
from tests.journeys.crowd import Applicant, Phone, Stations, come_in, handle, register
from tests.journeys.killing import Town, killer
from tests.servers import free_port, postgres, redis

REGISTRATIONS = int(os.environ.get("EPOLICE_CRASH_REGISTRATIONS", "200"))
CHAT_EVERY = 4  # every fourth has written to the account: told in the chat, the others by SMS
CITIZENS_AT_ONCE, OFFICERS_A_STATION = 6, 2
SEED = 20261122
DRAIN_SECONDS = 25  # how long the worker may go on, and be killed, when the last one has submitted
TOLD = ("case-submitted", "stay-visit-agreed", "case-done")


@dataclass
class Story:
    app: Flask
    stations: Stations
    town: Town
    applicants: list[Applicant]
    by_worker: dict[str, int]  # forms and messages done between the killings; the rest was done at the end


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Everything submitted and issued, the servers still there but for the worker, what leases held up done."""
    folder = tmp_path_factory.mktemp("crash")
    address = f"http://127.0.0.1:{free_port()}"
    with postgres() as database, redis(folder) as queue:
        settings = {"public_url": address, "database_url": database, "redis_url": queue, "trusted_proxies": 1}
        app = open_house(folder, **settings)
        environment = {f"EPOLICE_{name.upper()}": str(value) for name, value in settings.items()} | {
            "EPOLICE_DATA_DIR": str(folder / "data"), "EPOLICE_FILES_DIR": str(folder / "uploads"),
            "EPOLICE_KNOWLEDGE_DIR": str(folder / "knowledge"), "EPOLICE_LOG_LEVEL": "ERROR",
            "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        with app.app_context():
            applicants, officers = people(app)
        with Town(environment, folder) as town:
            stations = Stations()
            watch = Watch()
            run_story(address, stations, town, applicants, officers, watch)
            print(f"\nkilled {dict(town.killed)}; {stations.broken} requests sent again")
            town.end_worker()
            with app.app_context():
                by_worker = done_by_worker()
                print(f"\nby the worker: {by_worker}", end="")
                catch_up(app, watch)
                yield Story(app, stations, town, applicants, by_worker)
                db.session.remove()
                db.engine.dispose()


def people(app: Flask) -> tuple[list[Applicant], dict[str, list[tuple[str, NewOfficer]]]]:
    """Followers with a confirmed telephone, and officers without one: 50 short messages a day is all a number gets."""
    applicants, now = [], utc_now()
    for number in range(REGISTRATIONS):
        who = Applicant(number, new_openid(), (OWN, OTHER)[number % 2])
        citizen = citizen_for_openid(who.openid, "en")
        citizen.phone, citizen.phone_confirmed_at = f"+861380000{number:04d}", now
        citizen.quiet_from = citizen.quiet_until = None  # the test may run at night
        db.session.commit()
        machines(app).platform.notice_act(who.openid, Kind.SUBSCRIBE)
        if number % CHAT_EVERY == 0:
            note_message_from(who.openid, now)
            machines(app).platform.notice_act(who.openid, Kind.TEXT)
        applicants.append(who)
    officers: dict[str, list[tuple[str, NewOfficer]]] = {OWN: [], OTHER: []}
    for (station, keys), number in itertools.product(officers.items(), range(OFFICERS_A_STATION)):
        username = f"33{(OWN, OTHER).index(station)}{number:03d}"
        made = create_officer(username, "王警官", station, [OfficerRole.STATION_OFFICER])
        db.session.commit()
        keys.append((username, made))
    return applicants, officers


def run_story(
    address: str, stations: Stations, town: Town, applicants: list[Applicant],
    officers: dict[str, list[tuple[str, NewOfficer]]], watch: "Watch",
) -> None:  # fmt: skip
    """Officers come in while all is quiet (a code is good once); then the killing begins."""
    picture, baskets = tiny_picture(), {station: Queue[str | None]() for station in officers}
    desks = []
    for number, (station, (username, keys)) in enumerate((s, o) for s, all_ in officers.items() for o in all_):
        phone = Phone(address, 1_000_000 + number)
        come_in(phone, keys, username)
        desks.append((phone, baskets[station]))
    check_in = f"{(utc_now() - timedelta(hours=3)).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    visit_at = (utc_now() + timedelta(hours=8)).isoformat()

    def apply(who: Applicant) -> None:
        with stations.counted(Phone(address, who.number + 1)) as phone:
            draft, number = register(phone, who, picture, check_in)
        with stations.lock:
            assert draft not in stations.taken
            stations.taken[draft] = number
        baskets[who.station].put(number)

    def work(desk: tuple[Phone, "Queue[str | None]"]) -> None:
        phone, basket = desk
        with stations.counted(phone):
            while (number := basket.get()) is not None:
                handle(phone, number, visit_at, picture if int(number[-1], 36) % 4 == 0 else None)
                with stations.lock:
                    stations.issued.add(number)

    with killer(town, SEED), ThreadPoolExecutor(len(desks)) as at_desks:
        working = [at_desks.submit(work, desk) for desk in desks]
        try:
            with ThreadPoolExecutor(CITIZENS_AT_ONCE) as at_phones:
                list(at_phones.map(apply, applicants))
        finally:
            for _, basket in desks:
                basket.put(None)
        for each in working:
            each.result()
        watch.told(f"{len(stations.issued)} registrations issued")
        time.sleep(DRAIN_SECONDS)  # the worker works through what is left, the killer goes on
        watch.told("the worker went on")


class Watch:
    """Tells how long each part took."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def told(self, what: str) -> None:
        now = time.monotonic()
        print(f"\n{what}: {now - self._since:.0f} s", end="", flush=True)
        self._since = now


def done_by_worker() -> dict[str, int]:
    made = select(func.count()).select_from(IssuedForm).where(IssuedForm.file_id.is_not(None))
    told = select(func.count()).select_from(NotifyMessage).where(NotifyMessage.sent_at.is_not(None))
    done = {"forms": db.session.scalar(made) or 0, "messages": db.session.scalar(told) or 0}
    db.session.rollback()
    return done


def catch_up(app: Flask, watch: Watch) -> None:
    """Do what the worker would do in the next hours: leases run out, providers are asked, loose files swept."""
    notifier, start = app.extensions[NOTIFIER], utc_now()
    made = rooms(app).form_maker.make_waiting(start + timedelta(minutes=2))
    watch.told(f"{made} forms were left to make")
    looked_at = []
    for minutes in (6, 20, 40, 80, 160, 320):
        looked_at.append(notifier.deliver_due(start + timedelta(minutes=minutes)))
        db.session.commit()
    watch.told(f"{looked_at} messages were left to deliver")
    rooms(app).files.sweep(start + timedelta(hours=26))
    watch.told("swept")


def tiny_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 220), (200, 210, 220)).save(out, "JPEG")
    return out.getvalue()


def test_the_killing_was_in_the_way(story: Story) -> None:
    assert story.town.killed["a web process"] and story.town.killed["the worker"] and story.stations.broken
    assert all(story.by_worker.values()), "the worker never came to its work: there was nothing to lose"


def test_every_registration_that_was_acknowledged_exists_once(story: Story) -> None:
    cases = db.session.scalars(select(Case)).all()
    assert len(cases) == len(story.stations.taken) == REGISTRATIONS
    assert {case.draft_id: case.number for case in cases} == story.stations.taken
    assert dict(db.session.execute(select(Draft.id, Draft.case_id)).all()) == {c.draft_id: c.id for c in cases}  # type: ignore[arg-type]
    assert len({case.citizen_id for case in cases}) == REGISTRATIONS


def test_every_case_went_its_whole_way(story: Story) -> None:
    done = db.session.scalars(select(Case.number).where(Case.status == Status.DONE)).all()
    assert set(done) == story.stations.issued and len(done) == REGISTRATIONS
    assert set(db.session.scalars(select(CaseStep.state))) == {"passed"}


def test_every_guest_has_one_form_readable_and_signed(story: Story) -> None:
    forms = db.session.scalars(select(IssuedForm)).all()
    guests = db.session.scalars(select(StayGuest.id)).all()
    assert sorted(form.guest_id for form in forms) == sorted(guests) and len(guests) == REGISTRATIONS
    assert [form.number for form in forms if form.file_id is None] == []
    assert len({form.number for form in forms}) == len({form.file_id for form in forms}) == REGISTRATIONS
    pdfs = [read_form(rooms(story.app).files, form) or b"" for form in forms]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:  # a third of a second each
        verdicts = list(pool.map(verify_signature, pdfs, chunksize=10))
    assert all(verdict.valid and verdict.intact for verdict in verdicts)
    assert len({verdict.certificate for verdict in verdicts}) == 1  # no worker made a certificate of its own


def test_the_audit_trail_is_whole_and_tells_each_act_once(story: Story) -> None:
    verdict = verify()
    assert verdict.broken_at is None
    counted = func.count()
    for action in ("case.submit", "visit.agree", "visit.arrive", "visit.hold", "form.issue"):
        rows = db.session.execute(
            select(AuditEntry.subject, counted).where(AuditEntry.action == action).group_by(AuditEntry.subject)
        ).all()
        assert len(rows) == REGISTRATIONS and {count for _, count in rows} == {1}, action


def test_every_message_was_written_once(story: Story) -> None:
    rows = db.session.execute(
        select(NotifyMessage.notice, NotifyMessage.recipient_id).where(NotifyMessage.recipient_kind == "citizen")
    ).all()
    assert Counter(notice for notice, _ in rows) == dict.fromkeys(TOLD, REGISTRATIONS)
    assert set(Counter(rows).values()) == {1}  # type: ignore[arg-type]


def test_every_message_has_come_once_but_where_the_provider_cannot_tell(story: Story) -> None:
    lines, handles = on_phones(story), Counter(
        sms.out_id for who in story.applicants for sms in machines(story.app).sms.of(f"1380000{who.number:04d}")
    )  # fmt: skip
    doubtful = set(db.session.scalars(select(NotifyAttempt.message_id).where(NotifyAttempt.outcome == "unknown")))
    doubled = []
    for message in db.session.scalars(select(NotifyMessage).where(NotifyMessage.recipient_kind == "citizen")):
        handle_ = key_of("notify", f"{message.key}\ncitizen\n{message.recipient_id}")[:32]
        by_sms, in_chat = handles[handle_], lines[(message.recipient_id, message.notice)]
        assert message.state in ("sent", "delivered"), (message.notice, message.state, message.last_fault)
        assert by_sms <= 1
        if by_sms + in_chat != 1:
            assert message.id in doubtful and by_sms + in_chat == 2, (message.notice, message.channel, by_sms, in_chat)
            doubled.append(message.id)
    print(f"\n{len(doubtful)} customer-service messages in doubt, {len(doubled)} of them came twice")


def on_phones(story: Story) -> Counter[tuple[int, str]]:
    """Count what lies in the chats, by citizen and notice."""
    titles = {story.app.extensions[NOTIFIER].notices.get(notice).en.title: notice for notice in TOLD}
    found: Counter[tuple[int, str]] = Counter()
    for who in story.applicants:
        citizen = citizen_for_openid(who.openid, "en")
        for line in machines(story.app).store.lines_after(who.openid, 0):
            if line.get("pushed"):
                found[(citizen.id, titles[line["text"].partition("】")[0].removeprefix("【")])] += 1
    return found


def test_nothing_loose_is_left_and_every_content_has_its_row(story: Story) -> None:
    rows = db.session.scalars(select(StoredFile)).all()
    assert [row.id for row in rows if row.state == LOOSE] == []
    settings: Settings = rooms(story.app).settings
    assert {listed.name for listed in LocalStore(settings.files_dir).list()} == {row.id for row in rows}
    assert {rooms(story.app).files.fault_of(row) for row in rows} == {""}
