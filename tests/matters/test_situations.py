"""A matter told for one citizen's situation."""

import pytest

from backend.matters.proofs import prove
from backend.matters.schema import Matter, Mode
from backend.matters.situations import ages_in, narrow, options_of, settle, tells_only, told_in
from tests.conftest import DAY
from tests.factories import matter_data

AGE = {
    "id": "age", "ask": "给谁办？",
    "options": [
        {"id": "minor", "label": "未满十六周岁", "words": ["小孩"], "ages": [0, 15]},
        {"id": "adult", "label": "十六周岁以上", "ages": [16, 120]},
    ],
}  # fmt: skip
HUKOU = {
    "id": "hukou", "ask": "户口在哪里？",
    "options": [
        {"id": "here", "label": "户口在浙江", "words": ["本地户口"]},
        {"id": "elsewhere", "label": "户口在外省", "words": ["外省", "外地户口"], "mode": "window", "trips": 1},
    ],
}  # fmt: skip
BASIS = ["law-1"]


@pytest.fixture
def matter() -> Matter:
    return Matter.model_validate(
        matter_data(
            situations=[AGE, HUKOU],
            conditions=[
                {"text": "人人都要换。", "basis": BASIS},
                {"text": "未满十六周岁的由监护人申请。", "basis": BASIS, "only_for": ["minor"]},
                {"text": "外省的孩子先问窗口。", "basis": BASIS, "only_for": ["minor", "elsewhere"]},
            ],
            materials=[
                {"id": "card", "name": "旧证", "basis": BASIS},
                {"id": "guardian", "name": "监护人身份证", "when": "未满十六周岁", "only_for": ["minor"]},
            ],
            fee_note={"text": "外省的另加邮费。", "basis": BASIS, "only_for": ["elsewhere"]},
        )
    )


def test_who_has_told_nothing_is_told_everything(matter: Matter) -> None:
    assert narrow(matter, ()) is matter


def test_what_is_for_others_is_left_out(matter: Matter) -> None:
    adult = narrow(matter, ["adult"])
    assert [rule.text.zh for rule in adult.conditions] == ["人人都要换。"]
    assert [material.id for material in adult.materials] == ["card"]
    assert adult.fee_note is not None  # where the hukou is has not been told


def test_what_is_settled_is_no_condition_any_more(matter: Matter) -> None:
    guardian = narrow(matter, ["minor"]).materials[1]
    assert (matter.materials[1].when, guardian.when) == (matter.materials[1].when, None)


def test_two_situations_must_both_fit(matter: Matter) -> None:
    def told(*chosen: str) -> bool:
        return "外省的孩子先问窗口。" in [rule.text.zh for rule in narrow(matter, chosen).conditions]

    assert told("minor") and told("minor", "elsewhere")
    assert not told("minor", "here") and not told("adult", "elsewhere")


def test_an_option_may_have_another_way(matter: Matter) -> None:
    assert (narrow(matter, ["elsewhere"]).mode, narrow(matter, ["elsewhere"]).trips) == (Mode.WINDOW, 1)
    assert narrow(matter, ["here"]).mode == matter.mode


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我家小孩换证", {"minor"}), ("我儿子12岁", {"minor"}), ("十六岁了", {"adult"}), ("未满十六周岁", {"minor"}),
        ("快16岁的", {"minor"}), ("不是小孩", set()), ("我妈七十三岁", {"adult"}), ("大人小孩都要换", {"minor"}),
        ("户口在安徽", {"elsewhere"}), ("我是河南人", {"elsewhere"}), ("浙江户口", {"here"}), ("老家浙江的", {"here"}),
        ("昨天去安徽玩丢了", set()), ("外地户口的小孩", {"elsewhere", "minor"}), ("本地户口改外地户口", set()),
    ],
)  # fmt: skip
def test_what_a_question_tells(matter: Matter, text: str, told: set[str]) -> None:
    assert told_in(text, matter) == told


@pytest.mark.parametrize(
    ("text", "only"),
    [("我家小孩的,5岁", True), ("12岁", True), ("是我儿子的，8岁了", True), ("小孩5岁找不到了", False), ("8岁儿子没回家", False),
     ("小孩被拐了", False), ("5岁孩子发烧", False)],
)  # fmt: skip
def test_what_says_an_option_and_nothing_beside_it(matter: Matter, text: str, only: bool) -> None:
    assert tells_only(text, options_of(matter)["minor"][1]) is only


@pytest.mark.parametrize(
    ("text", "ages"),
    [("my son is 12 years old", [12]), ("两岁和十岁", [2, 10]), ("二十五周岁以下", [24]), ("3岁半", [3])],
)
def test_ages(text: str, ages: list[int]) -> None:
    assert ages_in(text) == ages


def test_the_new_replaces_the_old(matter: Matter) -> None:
    assert settle(matter, ("adult", "here"), ["minor"]) == ("here", "minor")
    assert settle(matter, ("gone-from-the-file",), []) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"conditions": [{"text": "x", "basis": BASIS, "only_for": ["nobody"]}]}, "no situation has the option 'nobody'"),
        ({"conditions": [{"text": "x", "basis": BASIS, "only_for": ["minor"]}]}, "option adult: no conditions are left"),
        ({"situations": [AGE, HUKOU, {**AGE, "id": "again"}]}, "an option's id stands twice"),
        ({"fee_note": None, "conditions": [{"text": "x", "basis": BASIS}]}, "situation hukou: no rule turns on it"),
    ],
)  # fmt: skip
def test_faults_are_told(matter: Matter, change: dict, fault: str) -> None:
    data = matter.model_dump(mode="json") | change
    assert any(fault in why for why in prove(Matter.model_validate(data), DAY))


def test_a_sound_file_has_no_fault(matter: Matter) -> None:
    assert [why for why in prove(matter, DAY) if "option" in why or "situation" in why] == []
