"""Officers and citizens doing anything in any order: what must hold, holds."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.cases.errors import NotAllowedNow, TakenByOther
from backend.cases.service import (
    MOVES,
    TERMINAL,
    Case,
    Move,
    Reason,
    Status,
    StepState,
    claim,
    get_step,
    pass_step,
    refuse,
    release,
    remind_due,
    resubmit,
    return_for_correction,
    withdraw,
)
from backend.cases.timeline import events_of
from backend.db import db
from backend.errors import Forbidden
from backend.identity.service import Officer
from backend.notify.models import NotifyMessage
from backend.workdays import workdays

from .conftest import FORM, MONDAY, Cast, make_case

STEP_IDS = ("accept", "check", "look", "decide", "deliver")
WHO = ("clerk", "second_clerk", "station_officer", "reviewer", "hall_clerk", "approver", "elsewhere", "administrator")
steps, people = st.sampled_from(STEP_IDS), st.sampled_from(WHO)
PUBLIC_MOVES = {"returned": Move.RETURN, "resubmitted": Move.RESUBMIT, "refused": Move.REFUSE, "withdrawn": Move.WITHDRAW, "done": Move.FINISH}  # fmt: skip


class CaseMachine(RuleBasedStateMachine):
    """One case; a refused act is rolled back as the web does it."""

    @initialize()
    def submit(self) -> None:
        db.session.rollback()
        self.now: datetime = MONDAY
        self.cast = Cast()
        self.case: Case = make_case(self.cast.citizen)
        self.lines: list[tuple[Any, ...]] = []

    def act(self, deed: Callable[[], None]) -> None:
        try:
            deed()
            db.session.commit()
        except (NotAllowedNow, TakenByOther, Forbidden):
            db.session.rollback()

    def officer(self, who: str) -> Officer:
        return getattr(self.cast, who)

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(who=people, step=steps)
    def claim(self, who: str, step: str) -> None:
        self.act(lambda: claim(self.officer(who), get_step(self.case, step), self.now))

    @rule(who=people, step=steps)
    def release(self, who: str, step: str) -> None:
        self.act(lambda: release(self.officer(who), get_step(self.case, step), self.now))

    @rule(who=people, step=steps)
    def pass_any(self, who: str, step: str) -> None:
        self.act(lambda: pass_step(self.officer(who), get_step(self.case, step), self.now))

    @rule(step=steps)
    def pass_duly(self, step: str) -> None:
        self.act(lambda: pass_step(self.cast.doer(step), get_step(self.case, step), self.now))

    @rule(who=people)
    def send_back(self, who: str) -> None:
        self.act(lambda: return_for_correction(self.officer(who), self.case, [Reason("address", "补")], self.now))

    @rule(who=people)
    def refuse(self, who: str) -> None:
        self.act(lambda: refuse(self.officer(who), self.case, basis="法", reason="因", now=self.now))

    @rule(address=st.text(max_size=5))
    def correct(self, address: str) -> None:
        self.act(lambda: resubmit(self.cast.citizen, self.case, FORM | {"address": address}, self.now))

    @rule(sure=st.sampled_from([False, False, False, True]))
    def withdraw(self, sure: bool) -> None:
        if sure:
            self.act(lambda: withdraw(self.cast.citizen, self.case, self.now))

    @rule()
    def remind(self) -> None:
        with suppress(Forbidden):
            remind_due(self.now)
        db.session.commit()

    @invariant()
    def the_status_is_what_the_moves_led_to(self) -> None:
        status = Status.SUBMITTED
        for line in events_of(self.case, public_only=True):
            if line.kind in PUBLIC_MOVES:
                status = MOVES[status][PUBLIC_MOVES[line.kind]]
        assert self.case.status == status

    @invariant()
    def only_a_case_under_way_has_open_steps(self) -> None:
        is_open = any(step.state == StepState.OPEN for step in self.case.steps)
        assert is_open == (self.case.status == Status.SUBMITTED)
        over = self.case.status in TERMINAL
        assert over == (self.case.ended_at is not None)
        assert over <= all(step.state in (StepState.PASSED, StepState.SKIPPED) for step in self.case.steps)

    @invariant()
    def lines_are_only_added(self) -> None:
        lines = [(line.id, line.at, line.kind, line.actor_id) for line in events_of(self.case, public_only=False)]
        assert lines[: len(self.lines)] == self.lines
        self.lines = lines

    @invariant()
    def due_dates_are_working_days(self) -> None:
        for step in self.case.steps:
            if step.due_on is not None:
                assert workdays().is_workday(step.due_on)
                assert step.rank_on == step.due_on
        assert self.case.due_on is None or workdays().is_workday(self.case.due_on)

    @invariant()
    def steps_open_in_order(self) -> None:
        """What is open or passed stands before what waits untouched; a step is passed by whom it belongs to."""
        done = {step.step_id for step in self.case.steps if step.state == StepState.PASSED}
        assert not ("decide" in done and not {"check", "look"} <= done)
        assert not ({"check", "look"} & done and "accept" not in done)
        assert not ("deliver" in done and "decide" not in done)
        for step in self.case.steps:
            if step.state == StepState.PASSED and step.unit:
                assert step.done_by is not None

    @invariant()
    def every_public_turn_is_told_once(self) -> None:
        told = {"submitted", "returned", "refused", "done", "withdrawn"}
        kinds = [line.kind for line in events_of(self.case, public_only=True) if line.kind in told]
        mine = db.session.query(NotifyMessage).filter_by(recipient_kind="citizen", recipient_id=self.cast.citizen.id)
        assert mine.count() == len(kinds)


@pytest.mark.usefixtures("app")
def test_whatever_people_do_the_rules_of_a_case_hold(app: Flask) -> None:
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
