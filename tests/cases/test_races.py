"""Two at once, in threads, on SQLite and on PostgreSQL: exactly one wins, the other is told, nothing is half-done."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from backend.cases.errors import NotAllowedNow, TakenByOther
from backend.cases.models import CaseEvent
from backend.cases.service import (
    Case,
    CaseStep,
    Draft,
    Reason,
    Status,
    StepState,
    claim,
    get_step,
    pass_step,
    refuse,
    remind_due,
    return_for_correction,
    save_draft,
    submit,
    withdraw,
)
from backend.db import db
from backend.identity.service import Citizen, Officer
from backend.notify.models import NotifyMessage
from tests.servers import postgres

from .conftest import FORM, MONDAY, STATION, Cast, empty_tables, make_app, make_case, make_draft, make_snapshot

Ids = dict[str, int]
Act = Callable[[Ids], object]
Outcome = object  # what the act returned, or the exception it raised


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def racing_app(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on either database: they lock differently."""
    with ExitStack() as servers:
        if request.param == "postgres" and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            pytest.skip("PostgreSQL is not installed; `make servers` does")
        address = servers.enter_context(postgres()) if request.param == "postgres" else ""
        app = make_app(tmp_path_factory.mktemp("race"), address)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def own_app(racing_app: Flask) -> Iterator[Flask]:
    with racing_app.app_context():
        empty_tables()
        yield racing_app
        db.session.remove()


@pytest.fixture
def ids(own_app: Flask) -> Ids:
    """A case and who acts on it, by id: each thread reads its own objects."""
    cast = Cast()
    case = make_case(cast.citizen)
    found = {name: person.id for name, person in vars(cast).items()} | {"case": case.id}
    db.session.commit()
    return found


def race(app: Flask, *acts: Callable[[], Callable[[], object]]) -> list[Outcome]:
    """Let every act read what it needs, then let all go at once; each commits or rolls back."""
    ready = threading.Barrier(len(acts))
    outcomes: list[Outcome] = [None] * len(acts)

    def run(place: int, prepare: Callable[[], Callable[[], object]]) -> None:
        with app.app_context():
            go = prepare()
            ready.wait()
            try:
                outcomes[place] = go()
                db.session.commit()
            except (TakenByOther, NotAllowedNow) as refused:
                db.session.rollback()
                outcomes[place] = refused
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    return outcomes


def by(
    ids: Ids, who: str, move: Callable[[Officer, Case, CaseStep], object], step: str = "accept"
) -> Callable[[], Callable[[], object]]:
    """Return a racer: an officer who has read the case and the step, and then makes the move."""

    def prepare() -> Callable[[], object]:
        officer, case = db.session.get_one(Officer, ids[who]), db.session.get_one(Case, ids["case"])
        _ = officer.roles, case.status
        chosen = get_step(case, step)
        return lambda: move(officer, case, chosen)

    return prepare


def passing(officer: Officer, case: Case, step: CaseStep) -> None:
    pass_step(officer, step, MONDAY)


def claiming(officer: Officer, case: Case, step: CaseStep) -> None:
    claim(officer, step, MONDAY)


def returning(officer: Officer, case: Case, step: CaseStep) -> None:
    return_for_correction(officer, case, [Reason("address", "请补正")], MONDAY)


def refusing(officer: Officer, case: Case, step: CaseStep) -> None:
    refuse(officer, case, basis="法", reason="因", now=MONDAY)


MOVES = {"pass": passing, "claim": claiming, "return": returning, "refuse": refusing}
PAIRS = [(a, b) for n, a in enumerate(MOVES) for b in list(MOVES)[n:]]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_of_two_officers_at_one_step_exactly_one_wins(own_app: Flask, ids: Ids, pair: tuple[str, str]) -> None:
    first, second = (by(ids, who, MOVES[move]) for who, move in zip(("clerk", "second_clerk"), pair, strict=True))
    outcomes = race(own_app, first, second)
    lost = [o for o in outcomes if o is not None]
    assert [type(o) for o in lost] == [TakenByOther]
    assert "同单位的其他民警" in str(lost[0])
    won = pair[0] if outcomes[0] is None else pair[1]
    kinds = [e.kind for e in db.session.query(CaseEvent).order_by(CaseEvent.id)]
    assert kinds == [
        "submitted",
        {"pass": "passed", "claim": "claimed", "return": "returned", "refuse": "refused"}[won],
    ]


@pytest.mark.parametrize("move", ["pass", "return", "refuse"])
def test_a_withdrawal_and_an_officer_at_once(own_app: Flask, ids: Ids, move: str) -> None:
    def citizen() -> Callable[[], object]:
        person, case = db.session.get_one(Citizen, ids["citizen"]), db.session.get_one(Case, ids["case"])
        _ = person.id, case.status
        return lambda: withdraw(person, case, MONDAY)

    officers, citizens = race(own_app, by(ids, "clerk", MOVES[move]), citizen)
    case = db.session.get_one(Case, ids["case"])
    if citizens is None:  # before the officer, or after a pass or a return
        assert case.status == Status.WITHDRAWN
        assert not [s for s in case.steps if s.state in (StepState.OPEN, StepState.WAITING)]
    else:
        assert (move, case.status) == ("refuse", Status.REFUSED)
    assert officers is None or isinstance(officers, NotAllowedNow)


def test_parallel_steps_passed_at_once_open_the_next_one_once(own_app: Flask, ids: Ids) -> None:
    case = db.session.get_one(Case, ids["case"])
    pass_step(db.session.get_one(Officer, ids["clerk"]), get_step(case, "accept"), MONDAY)
    db.session.commit()
    outcomes = race(own_app, by(ids, "reviewer", passing, "check"), by(ids, "hall_clerk", passing, "look"))
    assert outcomes == [None, None]
    case = db.session.get_one(Case, ids["case"])
    assert {s.step_id: s.state for s in case.steps}["decide"] == StepState.OPEN
    told = db.session.query(NotifyMessage).filter_by(notice="step-waiting", recipient_id=ids["approver"])
    assert told.count() == 1


def test_a_double_tap_submits_once(own_app: Flask, ids: Ids) -> None:
    draft_id = make_draft(db.session.get_one(Citizen, ids["citizen"])).id
    db.session.commit()

    def tap() -> Callable[[], object]:
        draft = db.session.get_one(Draft, draft_id)
        _ = draft.form
        return lambda: submit(draft, form=FORM, unit=STATION, snapshot=make_snapshot(), materials=[], now=MONDAY).id

    outcomes = race(own_app, *[tap] * 4)
    assert len(set(outcomes)) == 1
    assert db.session.query(Case).count() == 2  # and the fixture's
    assert db.session.query(CaseEvent).filter_by(case_id=outcomes[0]).count() == 1
    assert db.session.query(NotifyMessage).filter_by(notice="case-submitted").count() == 2


def test_cases_submitted_at_once_have_numbers_of_their_own(own_app: Flask, ids: Ids) -> None:
    def one() -> Callable[[], object]:
        draft = make_draft(db.session.get_one(Citizen, ids["citizen"]))
        db.session.commit()
        return lambda: submit(draft, form=FORM, unit=STATION, snapshot=make_snapshot(), materials=[], now=MONDAY).number

    assert len(set(race(own_app, *[one] * 6))) == 6


def test_two_devices_typing_lose_nothing_of_each_other(own_app: Flask, ids: Ids) -> None:
    draft_id = make_draft(db.session.get_one(Citizen, ids["citizen"])).id
    db.session.commit()

    def typing(name: str) -> Callable[[], Callable[[], object]]:
        def prepare() -> Callable[[], object]:
            draft = db.session.get_one(Draft, draft_id)
            _ = draft.form
            return lambda: save_draft(draft, {name: name}, MONDAY, known={name})

        return prepare

    names = [f"field_{n}" for n in range(6)]
    race(own_app, *[typing(name) for name in names])
    assert db.session.get_one(Draft, draft_id).form == {name: name for name in names}


def test_two_workers_remind_once(own_app: Flask, ids: Ids) -> None:
    def worker() -> Callable[[], object]:
        return lambda: remind_due(MONDAY)

    assert sorted(race(own_app, worker, worker, worker)) == [0, 0, 1]
