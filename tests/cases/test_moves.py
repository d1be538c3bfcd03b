"""One table of moves, who may make them, and what each leaves behind."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from backend.cases.errors import NoSuchCase, NoSuchUnit, NotAllowedNow, ReasonMissing, TakenByOther, TooLong
from backend.cases.models import CaseFormVersion
from backend.cases.service import (
    MOVES,
    REMEDY,
    TERMINAL,
    Case,
    Draft,
    Move,
    Reason,
    Status,
    StepState,
    can_claim,
    can_pass,
    can_refuse,
    can_release,
    can_resubmit,
    can_return,
    can_see,
    can_withdraw,
    claim,
    get_step,
    pass_step,
    progress,
    refuse,
    release,
    remind_due,
    resubmit,
    return_for_correction,
    transfer,
    withdraw,
)
from backend.cases.timeline import EventsStay, Kind, events_of
from backend.db import db
from backend.errors import Forbidden
from backend.identity.audit_tables import AuditEntry

from .conftest import (
    BUREAU,
    FORM,
    HALL,
    MONDAY,
    OTHER,
    STATION,
    Cast,
    days_later,
    make_case,
    make_draft,
    make_snapshot,
    messages,
    on,
    walk,
)

ROOT = Path(__file__).parents[2]
REASONS = [Reason("address", "请写到门牌号"), Reason("material:lease", "合同照片模糊，请重拍")]
Act = Callable[[Cast, Case], None]


def accepting(case: Case):
    return get_step(case, "accept")


ACTS: dict[Move, Act] = {
    Move.CLAIM: lambda cast, case: claim(cast.clerk, accepting(case), MONDAY),
    Move.RELEASE: lambda cast, case: release(cast.approver, accepting(case), MONDAY),
    Move.PASS: lambda cast, case: pass_step(cast.clerk, accepting(case), MONDAY),
    Move.FINISH: lambda cast, case: pass_step(cast.station_officer, get_step(case, "deliver"), MONDAY),
    Move.RETURN: lambda cast, case: return_for_correction(cast.clerk, case, REASONS, MONDAY),
    Move.RESUBMIT: lambda cast, case: resubmit(cast.citizen, case, dict(FORM), MONDAY),
    Move.REFUSE: lambda cast, case: refuse(cast.clerk, case, basis="法", reason="因", remedy="救", now=MONDAY),
    Move.WITHDRAW: lambda cast, case: withdraw(cast.citizen, case, MONDAY),
    Move.TRANSFER: lambda cast, case: transfer(case, OTHER, BUREAU, cast.citizen.actor(), MONDAY),
}


def bring(cast: Cast, case: Case, status: Status) -> None:
    """Bring a fresh case to the status by legal moves."""
    if status is Status.RETURNED:
        ACTS[Move.RETURN](cast, case)
    elif status is Status.REFUSED:
        ACTS[Move.REFUSE](cast, case)
    elif status is Status.WITHDRAWN:
        ACTS[Move.WITHDRAW](cast, case)
    elif status is Status.DONE:
        walk(cast, case, "the end")
    db.session.commit()


ILLEGAL = [(status, move) for status in Status for move in Move if move not in MOVES[status]]


@pytest.mark.parametrize(("status", "move"), ILLEGAL)
def test_a_move_not_in_the_table_is_refused_and_changes_nothing(
    cast: Cast, case: Case, status: Status, move: Move
) -> None:
    bring(cast, case, status)
    lines, told = len(events_of(case, public_only=False)), len(messages())
    with pytest.raises((NotAllowedNow, TakenByOther)):
        ACTS[move](cast, case)
    db.session.rollback()
    assert case.status == status
    assert (len(events_of(case, public_only=False)), len(messages())) == (lines, told)


def test_the_table_lets_nothing_out_of_an_end() -> None:
    assert all(not MOVES[status] for status in TERMINAL)
    assert set(MOVES) == set(Status)


@pytest.mark.parametrize("move", sorted(MOVES[Status.SUBMITTED].keys() - {Move.RELEASE, Move.FINISH}))
def test_a_move_in_the_table_leads_where_it_says(cast: Cast, case: Case, move: Move) -> None:
    ACTS[move](cast, case)
    assert case.status == MOVES[Status.SUBMITTED][move]


def test_a_case_walks_through_its_steps_to_the_end(cast: Cast, case: Case) -> None:
    assert [s.state for s in case.steps] == ["passed", "open", "waiting", "waiting", "waiting", "waiting"]
    pass_step(cast.clerk, accepting(case), MONDAY)
    assert {s.step_id for s in case.steps if s.state == StepState.OPEN} == {"check", "look"}
    pass_step(cast.hall_clerk, get_step(case, "look"), MONDAY)
    assert get_step(case, "decide").state == StepState.WAITING
    pass_step(cast.reviewer, get_step(case, "check"), MONDAY)
    pass_step(cast.approver, get_step(case, "decide"), MONDAY, note="同意")
    assert (case.decided_at, case.status) == (MONDAY, Status.SUBMITTED)
    pass_step(cast.station_officer, get_step(case, "deliver"), days_later(1))
    assert (case.status, case.ended_at) == (Status.DONE, days_later(1))
    assert [line.kind for line in events_of(case, public_only=True)] == ["submitted", *["passed"] * 5, "done"]
    done = messages("case-done")
    assert [m.params for m in done] == [
        {"number": case.number, "matter": "居民身份证换领", "unit": "东派出所", "result": "登记表"}
    ]


def test_who_acts_is_in_the_audit_trail(cast: Cast, case: Case) -> None:
    walk(cast, case, "check")
    entries = db.session.query(AuditEntry).filter_by(subject=f"case:{case.id}").order_by(AuditEntry.seq).all()
    assert [(e.action, e.actor_kind, e.actor_id) for e in entries] == [
        ("case.submit", "citizen", cast.citizen.id),
        ("case.pass", "officer", cast.clerk.id),
    ]


def test_each_officer_hears_once_of_a_step_in_the_queue(cast: Cast, case: Case) -> None:
    waiting = messages("step-waiting")
    assert {m.recipient_id for m in waiting} == {cast.clerk.id, cast.second_clerk.id, cast.station_officer.id}
    assert waiting[0].params == {
        "number": case.number, "matter": "居民身份证换领", "step": "accept环节", "due": "2026-11-24",
    }  # fmt: skip
    assert waiting[0].link == f"/console/cases/{case.number}"


@pytest.mark.parametrize("who", ["elsewhere", "auditor", "administrator", "reviewer", "hall_clerk"])
@pytest.mark.parametrize("move", [Move.CLAIM, Move.PASS, Move.RETURN, Move.REFUSE])
def test_who_has_not_the_unit_and_the_role_may_not(cast: Cast, case: Case, who: str, move: Move) -> None:
    officer = getattr(cast, who)
    acts: dict[Move, Callable[[], None]] = {
        Move.CLAIM: lambda: claim(officer, accepting(case), MONDAY),
        Move.PASS: lambda: pass_step(officer, accepting(case), MONDAY),
        Move.RETURN: lambda: return_for_correction(officer, case, REASONS, MONDAY, step=accepting(case)),
        Move.REFUSE: lambda: refuse(officer, case, basis="法", reason="因", now=MONDAY, step=accepting(case)),
    }
    with pytest.raises(Forbidden):
        acts[move]()
    assert not can_pass(officer, accepting(case))
    assert not can_return(officer, case)


def test_it_is_not_the_turn_of_a_later_step(cast: Cast, case: Case) -> None:
    with pytest.raises(NotAllowedNow):
        pass_step(cast.reviewer, get_step(case, "check"), MONDAY)
    with pytest.raises(NotAllowedNow):
        return_for_correction(cast.reviewer, case, REASONS, MONDAY)


def test_a_station_officer_does_the_clerks_step(cast: Cast, case: Case) -> None:
    pass_step(cast.station_officer, accepting(case), MONDAY)
    assert accepting(case).done_by == cast.station_officer.id


def test_a_disabled_officer_may_nothing(cast: Cast, case: Case) -> None:
    cast.clerk.active = False
    with pytest.raises(Forbidden):
        pass_step(cast.clerk, accepting(case), MONDAY)
    assert not can_see(cast.clerk, case)


def test_a_claimed_step_is_its_claimers(cast: Cast, case: Case) -> None:
    claim(cast.clerk, accepting(case), MONDAY)
    claim(cast.clerk, accepting(case), MONDAY)
    for act in (
        lambda: claim(cast.second_clerk, accepting(case), MONDAY),
        lambda: pass_step(cast.second_clerk, accepting(case), MONDAY),
        lambda: return_for_correction(cast.second_clerk, case, REASONS, MONDAY),
        lambda: refuse(cast.second_clerk, case, basis="法", reason="因", now=MONDAY),
    ):
        with pytest.raises(TakenByOther, match="同单位的其他民警"):
            act()
    assert [line.kind for line in events_of(case, public_only=False)] == ["submitted", "claimed"]
    assert [line.kind for line in events_of(case, public_only=True)] == ["submitted"]
    pass_step(cast.clerk, accepting(case), MONDAY)


@pytest.mark.parametrize(("who", "may"), [("clerk", True), ("approver", True), ("administrator", True), ("second_clerk", False), ("elsewhere", False)])  # fmt: skip
def test_the_holder_or_who_oversees_the_unit_puts_a_step_back(cast: Cast, case: Case, who: str, may: bool) -> None:
    claim(cast.clerk, accepting(case), MONDAY)
    officer = getattr(cast, who)
    assert can_release(officer, accepting(case)) is may
    if may:
        release(officer, accepting(case), MONDAY)
        assert can_claim(cast.second_clerk, accepting(case))
    else:
        with pytest.raises(Forbidden):
            release(officer, accepting(case), MONDAY)


def test_passing_twice_is_told_so(cast: Cast, case: Case) -> None:
    pass_step(cast.clerk, accepting(case), MONDAY)
    with pytest.raises(NotAllowedNow, match="您已经办过"):
        pass_step(cast.clerk, accepting(case), MONDAY)
    with pytest.raises(TakenByOther):
        pass_step(cast.second_clerk, accepting(case), MONDAY)


def test_a_return_tells_every_reason_and_stops_the_clock(cast: Cast, case: Case) -> None:
    return_for_correction(cast.clerk, case, REASONS, MONDAY, note="补正后当天办好")
    assert (case.status, case.returned_at) == (Status.RETURNED, MONDAY)
    assert not [s for s in case.steps if s.state == StepState.OPEN]
    line = events_of(case, public_only=True)[-1]
    assert (line.note, line.detail["reasons"][0]) == ("补正后当天办好", {"field": "address", "says": "请写到门牌号"})
    assert messages("case-returned")[0].params == {
        "number": case.number, "matter": "居民身份证换领", "unit": "东派出所", "reasons": "住址、租赁合同",
    }  # fmt: skip
    assert (can_resubmit(cast.citizen, case), can_withdraw(cast.citizen, case)) == (True, True)


def test_a_correction_goes_on_where_it_stood(cast: Cast, case: Case) -> None:
    assert (on(case, "accept"), case.due_on) == (date(2026, 11, 24), date(2026, 12, 7))
    return_for_correction(cast.clerk, case, REASONS, MONDAY)
    back = days_later(8)  # Tuesday: six working days with the citizen
    resubmit(cast.citizen, case, FORM | {"address": "一路1号2室"}, back)
    assert (case.status, case.returned_at) == (Status.SUBMITTED, None)
    assert (on(case, "accept"), case.due_on) == (date(2026, 12, 2), date(2026, 12, 15))
    assert (accepting(case).state, accepting(case).claimed_by) == (StepState.OPEN, cast.clerk.id)
    line = events_of(case, public_only=True)[-1]
    assert (line.kind, line.detail["changed"]) == (Kind.RESUBMITTED, ["address"])
    assert db.session.query(CaseFormVersion).one().form == FORM
    assert {m.recipient_id for m in messages("step-resumed")} == {cast.clerk.id}
    pass_step(cast.clerk, accepting(case), back)


def test_corrections_typed_in_a_draft_are_taken_once(cast: Cast, case: Case) -> None:
    return_for_correction(cast.clerk, case, REASONS, MONDAY)
    draft: Draft = make_draft(cast.citizen)
    for _ in range(2):
        resubmit(cast.citizen, case, FORM | {"address": "新"}, MONDAY, draft=draft)
    kinds = [line.kind for line in events_of(case, public_only=True)]
    assert kinds.count(Kind.RESUBMITTED) == 1
    assert (draft.case_id, draft.form) == (case.id, {})


def test_a_parallel_step_lies_still_too_while_the_citizen_corrects(cast: Cast, case: Case) -> None:
    walk(cast, case, "check")
    claim(cast.hall_clerk, get_step(case, "look"), MONDAY)
    return_for_correction(cast.reviewer, case, REASONS, MONDAY)
    with pytest.raises(NotAllowedNow):
        pass_step(cast.hall_clerk, get_step(case, "look"), MONDAY)
    resubmit(cast.citizen, case, FORM, MONDAY)
    assert {s.step_id for s in case.steps if s.state == StepState.OPEN} == {"check", "look"}
    pass_step(cast.hall_clerk, get_step(case, "look"), MONDAY)


@pytest.mark.parametrize("reasons", [[], [Reason("address", " ")]])
def test_a_return_needs_reasons(cast: Cast, case: Case, reasons: list[Reason]) -> None:
    with pytest.raises(ReasonMissing):
        return_for_correction(cast.clerk, case, reasons, MONDAY)


def test_words_too_long_for_a_page_are_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(TooLong):
        pass_step(cast.clerk, accepting(case), MONDAY, note="长" * 1001)


def test_a_refusal_tells_basis_reason_and_remedy(cast: Cast, case: Case) -> None:
    refuse(cast.clerk, case, basis="某某法第一条", reason="不在本辖区", remedy=REMEDY["zh"], now=MONDAY)
    assert (case.status, case.decided_at, case.ended_at) == (Status.REFUSED, MONDAY, MONDAY)
    assert {s.state for s in case.steps} == {StepState.PASSED, StepState.SKIPPED}
    line = events_of(case, public_only=True)[-1]
    assert line.detail["basis"] == "某某法第一条"
    assert "60日" in line.detail["remedy"]
    assert "6个月" in line.detail["remedy"]
    assert "60日" in (messages("case-refused")[0].params or {})["remedy"]


@pytest.mark.parametrize("missing", ["basis", "reason", "remedy"])
def test_a_refusal_without_basis_reason_and_remedy_is_none(cast: Cast, case: Case, missing: str) -> None:
    told = {"basis": "法", "reason": "因", "remedy": "救"} | {missing: "  "}
    with pytest.raises(ReasonMissing):
        refuse(cast.clerk, case, now=MONDAY, **told)


def test_a_citizen_withdraws_until_it_is_decided(cast: Cast, case: Case) -> None:
    walk(cast, case, "deliver")
    assert not can_withdraw(cast.citizen, case)
    with pytest.raises(NotAllowedNow, match="决定已经作出"):
        withdraw(cast.citizen, case, MONDAY)


def test_what_is_decided_can_only_be_delivered(cast: Cast, case: Case) -> None:
    walk(cast, case, "deliver")
    assert not can_refuse(cast.station_officer, case)
    with pytest.raises(NotAllowedNow):
        refuse(cast.station_officer, case, basis="法", reason="因", now=MONDAY)
    with pytest.raises(NotAllowedNow):
        return_for_correction(cast.station_officer, case, REASONS, MONDAY)


def test_a_returned_case_can_be_withdrawn(cast: Cast, case: Case) -> None:
    return_for_correction(cast.clerk, case, REASONS, MONDAY)
    withdraw(cast.citizen, case, MONDAY)
    assert case.status == Status.WITHDRAWN
    assert len(messages("case-withdrawn")) == 1


def test_a_case_goes_to_another_station_with_what_is_left_to_do(cast: Cast, case: Case) -> None:
    walk(cast, case, "decide")
    claim(cast.approver, get_step(case, "decide"), MONDAY)
    due = on(case, "decide")
    transfer(case, OTHER, BUREAU, cast.citizen.actor(), MONDAY)
    units = {s.step_id: s.unit for s in case.steps}
    assert (units["accept"], units["look"], units["decide"], case.unit) == (STATION, HALL, OTHER, OTHER)
    assert (on(case, "decide"), get_step(case, "decide").claimed_by) == (due, None)
    assert cast.elsewhere.id in {m.recipient_id for m in messages("step-waiting")}
    transfer(case, OTHER, BUREAU, cast.citizen.actor(), MONDAY)
    assert [line.kind for line in events_of(case, public_only=True)].count("transferred") == 1
    assert progress(case, make_snapshot()).timeline[-1].text == "转到西派出所办理"
    with pytest.raises(Forbidden):
        pass_step(cast.approver, get_step(case, "decide"), MONDAY)
    pass_step(cast.elsewhere, get_step(case, "decide"), MONDAY)


def test_a_case_does_not_go_nowhere(cast: Cast, case: Case) -> None:
    with pytest.raises(NoSuchUnit):
        transfer(case, "nowhere", BUREAU, cast.citizen.actor(), MONDAY)


def test_a_stranger_finds_no_case_to_move(cast: Cast, case: Case) -> None:
    return_for_correction(cast.clerk, case, REASONS, MONDAY)
    with pytest.raises(NoSuchCase):
        withdraw(cast.stranger, case, MONDAY)
    with pytest.raises(NoSuchCase):
        resubmit(cast.stranger, case, FORM, MONDAY)
    assert not can_withdraw(cast.stranger, case)


def test_units_see_the_cases_they_have_a_part_in(cast: Cast, case: Case) -> None:
    sees = {name for name in vars(cast) if name not in ("citizen", "stranger") and can_see(getattr(cast, name), case)}
    assert sees == {"clerk", "second_clerk", "station_officer", "reviewer", "hall_clerk", "approver", "auditor"}


def test_a_line_of_the_timeline_cannot_be_changed(cast: Cast, case: Case) -> None:
    line = events_of(case, public_only=True)[0]
    line.note = "改过"
    with pytest.raises(EventsStay):
        db.session.flush()
    db.session.rollback()
    db.session.delete(events_of(case, public_only=True)[0])
    with pytest.raises(EventsStay):
        db.session.flush()


def test_an_english_reader_is_told_in_english(cast: Cast) -> None:
    cast.citizen.lang = "en"
    case = make_case(cast.citizen)
    return_for_correction(cast.clerk, case, REASONS, MONDAY)
    assert (messages("case-returned")[0].params or {})["reasons"] == "住址, Lease"
    assert (messages("case-submitted")[0].params or {})["unit"] == "East"


def test_every_notice_is_written_with_the_params_we_give(cast: Cast, case: Case) -> None:
    """A text that names a param we do not give is found at delivery only, when it is too late."""
    for end in ("done", "refused", "withdrawn"):
        other = make_case(cast.citizen)
        remind_due(MONDAY)
        return_for_correction(cast.clerk, other, REASONS, MONDAY)
        resubmit(cast.citizen, other, FORM, MONDAY)
        remind_due(days_later(3))
        bring(cast, other, Status(end))
    texts = yaml.safe_load((ROOT / "knowledge" / "notices.yaml").read_text(encoding="utf-8"))["notices"]
    told = {m.notice: set(m.params or {}) for m in messages()}
    assert set(told) == {name for name in texts if name.startswith(("case-", "step-"))}
    for name, params in told.items():
        assert set(re.findall(r"{(\w+)}", json.dumps(texts[name]))) <= params
