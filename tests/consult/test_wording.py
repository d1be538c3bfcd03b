"""Every answer of every matter: short enough, cited, dated, in the asker's language."""

from datetime import timedelta

import pytest

from backend.consult.phrases import CHINESE_ONLY, DIFFER, LOCAL, STALE
from backend.consult.sections import section_of
from backend.consult.wording import CALL_NOW, WECHAT_BYTES, Wording
from backend.matters.schema import Aspect, Matter
from backend.matters.service import Catalogue
from backend.text import cut_at_sentence, size_bytes
from tests.conftest import DAY
from tests.factories import matter_data

WORDING = Wording("http://127.0.0.1:8000")


@pytest.fixture
def matter() -> Matter:
    return Matter.model_validate(matter_data())


def test_every_aspect_of_every_matter_fits_wechat(real_catalogue: Catalogue) -> None:
    for found in real_catalogue.current.matters.values():
        for aspect in Aspect:
            for lang in ("zh", "en"):
                worded = WORDING.matter(found, aspect, lang, DAY)
                assert size_bytes(worded.text) <= WECHAT_BYTES
                assert f"/m/{found.id}" in worded.text
                assert worded.citations, (found.id, aspect)
                assert all(line.strip() for line in section_of(found, aspect, lang).lines), (found.id, aspect)


def test_what_was_asked_comes_first_then_law_then_date(matter: Matter) -> None:
    lines = WORDING.matter(matter, Aspect.FEE, "zh", DAY).text.splitlines()
    assert lines[0] == "【居民身份证换领 · 多少钱】"
    assert lines[1] == "工本费：20 元"
    assert lines[3] == "依据：《某某法》第一条"
    assert lines[4] == "规则核对日期：2026-11-22"
    assert lines[5].startswith("还可以问：")


def test_a_rule_past_its_review_says_so(matter: Matter) -> None:
    late = DAY + timedelta(days=matter.review_every_days + 1)
    assert STALE[0] not in WORDING.matter(matter, Aspect.FEE, "zh", DAY).text
    assert STALE[0] in WORDING.matter(matter, Aspect.FEE, "zh", late).text


def test_a_long_answer_is_cut_and_keeps_its_law() -> None:
    long = [{"text": f"第{i}条很长的说明文字。" * 6, "basis": ["law-1"]} for i in range(40)]
    matter = Matter.model_validate(matter_data(conditions=long))
    worded = WORDING.matter(matter, Aspect.CONDITIONS, "zh", DAY)
    assert size_bytes(worded.text) <= WECHAT_BYTES
    assert "未完，见全文" in worded.text
    assert "依据：《某某法》第一条" in worded.text
    assert size_bytes(worded.full_text) > WECHAT_BYTES


def test_english_says_when_only_chinese_is_published(matter: Matter) -> None:
    assert CHINESE_ONLY in WORDING.matter(matter, Aspect.FEE, "en", DAY).text


def test_free_is_said_and_conditional_materials_are_marked() -> None:
    materials = [
        {"id": "a", "name": "甲", "when": "未成年"},
        {"id": "b", "name": "乙", "deferrable": True, "shared_from": "health", "copies": 2},
    ]
    matter = Matter.model_validate(matter_data(fees=[], materials=materials))
    assert section_of(matter, Aspect.FEE, "zh").lines == ["不收费。"]
    assert section_of(matter, Aspect.MATERIALS, "zh").lines == [
        "都要带：",
        "1. 乙（原件×2）；能从其他部门查到的，不用带；一时没有的，可以以后补",
        "下面的看您的情况，不一定要：",
        "2. 甲（原件）——仅限：未成年",
    ]


def test_what_differs_by_place_is_said_once() -> None:
    rules = [{"text": "甲。", "local": True}, {"text": "乙。"}, {"text": "丙", "local": True}]
    matter = Matter.model_validate(matter_data(conditions=rules, consequences=rules[:2]))
    assert section_of(matter, Aspect.CONDITIONS, "zh").lines == [
        "· 甲。（各地不同）",
        "· 乙。",
        "· 丙。（各地不同）",
        DIFFER[0],
    ]
    assert section_of(matter, Aspect.CONSEQUENCE, "zh").lines == [f"· 甲。{LOCAL[0]}", "· 乙。"]


def test_a_limit_without_a_number_is_not_called_statutory() -> None:
    limits = {"statutory": {"text": "没有规定几天。"}, "citizen": [{"text": "先办甲。"}, {"text": "再办乙。"}]}
    lines = section_of(Matter.model_validate(matter_data(time_limits=limits)), Aspect.TIME_LIMIT, "zh").lines
    assert lines == ["没有规定几天。", "您自己要注意的时间：", "· 先办甲。", "· 再办乙。"]


@pytest.mark.parametrize(
    ("fen", "local", "says"), [(0, False, "不收费"), (None, True, f"。{LOCAL[0]}"), (2050, False, "20.50 元")]
)
def test_a_charge_is_a_whole_sentence(fen: int | None, local: bool, says: str) -> None:
    matter = Matter.model_validate(matter_data(fees=[{"name": "公证费", "amount_fen": fen, "local": local}]))
    assert section_of(matter, Aspect.FEE, "zh").lines[0].removeprefix("公证费").removeprefix("：") == says


def test_a_guide_is_not_called_law(matter: Matter) -> None:
    data = matter_data()
    source = data["sources"][0] | {"id": "guide", "title": "某市办事指南"}
    data["sources"] = [*data["sources"], source]
    data["location"] = {"text": "派出所。", "basis": [source["id"]]}
    text = WORDING.matter(Matter.model_validate(data), Aspect.LOCATION, "zh", DAY).text
    assert f"资料来源：{source['title']}" in text and "依据：" not in text
    assert "依据：《某某法》第一条" in WORDING.matter(matter, Aspect.FEE, "zh", DAY).text


@pytest.mark.parametrize(("trips", "says"), [(0, "一次不用跑"), (1, "跑一次就行"), (2, "要跑 2 次")])
def test_how_often_one_comes_is_said_as_people_say_it(trips: int, says: str) -> None:
    matter = Matter.model_validate(matter_data(trips=trips))
    assert says in section_of(matter, Aspect.PROCESS, "zh").lines[0]


@pytest.mark.parametrize("limit", [0, 1, 5, 9, 10, 11, 30, 31, 100])
def test_cutting_never_breaks_a_character(limit: int) -> None:
    cut = cut_at_sentence("一二三。四五六😀七八九。", limit, "…" if limit > 3 else "")
    assert size_bytes(cut) <= limit
    cut.encode("utf-8")


def test_2048_bytes_ending_in_an_emoji() -> None:
    text = "a" * 2044 + "😀"
    assert size_bytes(text) == 2048
    assert size_bytes(cut_at_sentence(text, WECHAT_BYTES)) <= WECHAT_BYTES


def test_every_emergency_has_its_number_in_eight_languages(consultant) -> None:
    for emergency in consultant._conversation.emergencies.values():
        for lang in CALL_NOW:
            worded = WORDING.emergency(emergency, lang)
            assert emergency.number[0] in worded.text
            assert emergency.advice.get(lang), (emergency.id, lang)
            assert size_bytes(worded.text) <= WECHAT_BYTES


SITUATION = {
    "id": "age", "ask": "给谁办？",
    "options": [{"id": "minor", "label": "未满十六周岁"}, {"id": "adult", "label": "十六周岁以上"}],
}  # fmt: skip


@pytest.fixture
def branching() -> Matter:
    fees = [
        {"name": "工本费", "amount_fen": 2000, "basis": ["law-1"], "only_for": ["adult"]},
        {"name": "儿童工本费", "amount_fen": 0, "basis": ["law-1"], "only_for": ["minor"]},
    ]
    return Matter.model_validate(matter_data(situations=[SITUATION], fees=fees))


def test_the_one_question_that_decides_is_asked(branching: Matter) -> None:
    worded = WORDING.matter(branching, Aspect.FEE, "zh", DAY)
    assert worded.options == ("minor", "adult")
    assert "给谁办？回复数字，只说跟您有关的：\n1. 未满十六周岁\n2. 十六周岁以上" in worded.text


def test_it_is_not_asked_where_it_decides_nothing(branching: Matter) -> None:
    worded = WORDING.matter(branching, Aspect.LOCATION, "zh", DAY)
    assert worded.options == () and "回复数字" not in worded.text


def test_what_is_known_is_said_and_can_be_changed(branching: Matter) -> None:
    worded = WORDING.matter(branching, Aspect.FEE, "zh", DAY, ("adult",))
    assert worded.text.splitlines()[1:3] == ["您的情况：十六周岁以上", "工本费：20 元"]
    assert "不是这种情况？回复数字：1. 未满十六周岁\n" in worded.text
    assert f"/m/{branching.id}?s=adult#fee" in worded.text


def test_every_situation_of_every_matter_fits_wechat(real_catalogue: Catalogue) -> None:
    for found in real_catalogue.current.matters.values():
        for situation in found.situations:
            for option in situation.options:
                for aspect in (Aspect.PROCESS, Aspect.MATERIALS, Aspect.CONDITIONS):
                    assert size_bytes(WORDING.matter(found, aspect, "zh", DAY, (option.id,)).text) <= WECHAT_BYTES
