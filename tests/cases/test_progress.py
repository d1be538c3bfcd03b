"""Where a case stands, as the citizen and the officer read it; who may look at it; reminders."""

from datetime import date
from typing import Any

import pytest

from backend.cases.errors import NoSuchCase
from backend.cases.service import (
    Case,
    Given,
    MaterialState,
    Reason,
    cases_of,
    claim,
    find_case,
    get_own_case,
    get_step,
    look_at_case,
    pass_step,
    progress,
    refuse,
    remind_due,
    resubmit,
    return_for_correction,
    withdraw,
)
from backend.db import db
from backend.errors import Forbidden
from backend.identity.audit_tables import AuditEntry
from backend.matters.service import Snapshot

from .conftest import FORM, MONDAY, Cast, days_later, make_case, messages, walk


def stages(case: Case, snapshot: Snapshot) -> str:
    """The stage line in one word: d(one), N(ow), a(head)."""
    return "".join({"done": "d", "now": "N", "ahead": "a"}[s.state] for s in progress(case, snapshot).stages)


def test_the_stage_line_moves_with_the_case(cast: Cast, case: Case, snapshot: Snapshot) -> None:
    seen = [stages(case, snapshot)]
    for step_id in ("accept", "check", "look", "decide", "deliver"):
        pass_step(cast.doer(step_id), get_step(case, step_id), MONDAY)
        seen.append(stages(case, snapshot))
    assert seen == ["dNaaa", "ddNaa", "ddNaa", "dddNa", "ddddN", "ddddd"]


def test_a_step_tells_unit_due_date_and_its_clock(case: Case, snapshot: Snapshot) -> None:
    shown = progress(case, snapshot, "en")
    accept = next(s for s in shown.steps if s.id == "accept")
    assert (accept.unit, accept.due, accept.phone, accept.state) == ("East", "2026-11-24", "0573-0000-0001", "open")
    assert [(n.on.day, n.number, n.en) for n in accept.clock] == [
        (23, 0, "the first day does not count"),
        (24, 1, "working day"),
    ]
    assert (shown.status_name, shown.due, shown.matter) == ("In progress", "2026-12-07", "居民身份证换领")
    assert next(s for s in shown.steps if s.id == "decide").due == ""


def test_a_due_date_in_an_unpublished_year_is_marked(cast: Cast, snapshot: Snapshot) -> None:
    from backend.workdays import PUBLISHED_UNTIL

    late = MONDAY.replace(year=PUBLISHED_UNTIL, month=12, day=30)
    case = make_case(cast.citizen, now=late)
    assert progress(case, snapshot).due.endswith("（暂定）")
    assert progress(case, snapshot, "en").due.endswith("(provisional)")


def test_what_is_awaited_from_the_citizen(cast: Cast, snapshot: Snapshot) -> None:
    promise = Given("lease", state=MaterialState.DEFERRED, promised_on=date(2026, 12, 1))
    case = make_case(cast.citizen, materials=[promise])
    assert [(a.kind, a.says, a.by) for a in progress(case, snapshot).awaited] == [
        ("material", "租赁合同", date(2026, 12, 1))
    ]
    return_for_correction(cast.clerk, case, [Reason("address", "写到门牌号")], MONDAY)
    shown = progress(case, snapshot)
    assert next((a.kind, a.field, a.says) for a in shown.awaited) == ("correction", "address", "写到门牌号")
    assert (shown.stage, shown.status_name) == ("accept", "待您补正")
    resubmit(cast.citizen, case, FORM, MONDAY)
    assert [a.kind for a in progress(case, snapshot).awaited] == ["material"]
    withdraw(cast.citizen, case, MONDAY)
    assert progress(case, snapshot).awaited == []


def test_both_sides_read_the_same_public_lines(cast: Cast, case: Case, snapshot: Snapshot) -> None:
    claim(cast.clerk, get_step(case, "accept"), MONDAY)
    pass_step(cast.clerk, get_step(case, "accept"), MONDAY, note="材料齐了")
    public, internal = (progress(case, snapshot, public_only=p).timeline for p in (True, False))
    assert [(line.text, line.note, line.by) for line in public] == [
        ("您提交了申请", "", "citizen"),
        ("东派出所办完了“accept环节”", "材料齐了", "officer"),
    ]
    assert [line for line in internal if line.kind != "claimed"] == public
    assert len(internal) == 3


def test_a_refused_case_shows_where_it_ended(cast: Cast, case: Case, snapshot: Snapshot) -> None:
    walk(cast, case, "check")
    refuse(cast.reviewer, case, basis="法", reason="因", now=MONDAY)
    shown = progress(case, snapshot)
    assert (shown.stage, shown.status_name) == ("review", "不予办理")
    assert shown.timeline[-1].detail["reason"] == "因"
    assert shown.timeline[-1].text == "东派出所作出了不予办理的决定"


def test_a_citizen_finds_only_the_own_cases(cast: Cast, case: Case) -> None:
    later = make_case(cast.citizen, now=days_later(1))
    make_case(cast.stranger)
    assert cases_of(cast.citizen) == [later, case]
    assert cases_of(cast.citizen, before=days_later(1)) == [case]
    assert cases_of(cast.citizen, matter="other") == []
    assert get_own_case(cast.citizen, f" {case.number.lower()} ") is case
    assert find_case(case.id) is case
    for act in (
        lambda: get_own_case(cast.stranger, case.number),
        lambda: get_own_case(cast.citizen, "NH1"),
        lambda: find_case(0),
    ):
        with pytest.raises(NoSuchCase):
            act()
    with pytest.raises(NoSuchCase):
        get_step(case, "unknown")


def test_an_officers_look_is_written_down(cast: Cast, case: Case) -> None:
    assert look_at_case(cast.clerk, case.number) is case
    with pytest.raises(Forbidden):
        look_at_case(cast.elsewhere, case.number)
    db.session.commit()
    looks = db.session.query(AuditEntry).filter_by(action="case.look").all()
    assert [(e.actor_id, e.subject) for e in looks] == [(cast.clerk.id, f"case:{case.id}")]


def told(notice: str) -> list[int]:
    return sorted(m.recipient_id for m in messages(notice))


def test_officers_are_reminded_once_before_and_once_after(cast: Cast, case: Case) -> None:
    assert (remind_due(MONDAY), remind_due(MONDAY)) == (1, 0)
    everybody = sorted(o.id for o in (cast.clerk, cast.second_clerk, cast.station_officer))
    assert (told("step-due-soon"), told("step-overdue")) == (everybody, [])
    assert (remind_due(days_later(1)), remind_due(days_later(2)), remind_due(days_later(3))) == (0, 1, 0)
    assert told("step-overdue") == everybody


def test_who_holds_a_step_is_reminded_alone(cast: Cast, case: Case) -> None:
    claim(cast.clerk, get_step(case, "accept"), MONDAY)
    remind_due(MONDAY)
    assert told("step-due-soon") == [cast.clerk.id]


def test_when_the_holder_has_left_the_colleagues_are_reminded(cast: Cast, case: Case) -> None:
    claim(cast.clerk, get_step(case, "accept"), MONDAY)
    cast.clerk.active = False
    remind_due(MONDAY)
    assert told("step-due-soon") == sorted([cast.second_clerk.id, cast.station_officer.id])


def test_on_friday_one_is_reminded_of_monday(cast: Cast) -> None:
    friday = days_later(4)
    make_case(cast.citizen, now=friday)  # due on Monday
    assert remind_due(friday) == 1


@pytest.mark.parametrize("end", ["pass", "return", "withdraw"])
def test_what_is_off_the_desk_is_not_reminded_of(cast: Cast, case: Case, end: str) -> None:
    acts: dict[str, Any] = {
        "pass": lambda: pass_step(cast.clerk, get_step(case, "accept"), MONDAY),
        "return": lambda: return_for_correction(cast.clerk, case, [Reason("", "补正")], MONDAY),
        "withdraw": lambda: withdraw(cast.citizen, case, MONDAY),
    }
    acts[end]()
    remind_due(days_later(1))
    assert told("step-overdue") == []
    assert not [m for m in messages("step-due-soon") if (m.params or {})["step"] == "accept环节"]


def test_a_resumed_clock_reminds_anew(cast: Cast, case: Case) -> None:
    remind_due(MONDAY)
    return_for_correction(cast.clerk, case, [Reason("", "补正")], MONDAY)
    resubmit(cast.citizen, case, FORM, days_later(7))
    assert remind_due(days_later(7)) == 1
    assert told("step-due-soon").count(cast.clerk.id) == 2
