"""Talking to the account as citizens do, on the real knowledge."""

import json

import pytest

from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.text import size_bytes


def ask(consultant: Consultant, *messages: str):
    """Say the messages in one conversation and return the last reply."""
    return [consultant.answer(m, who="citizen") for m in messages][-1]


def test_a_question_gets_matter_aspect_and_law(consultant: Consultant) -> None:
    reply = ask(consultant, "身份证过期了换新的要带什么")
    assert (reply.kind, reply.matter, reply.aspect) == ("matter", "id-card-renew", "materials")
    assert "居民身份证法" in reply.text
    assert reply.citations[0].address.startswith("http")
    assert reply.confidence > 0.5
    assert reply.candidates[0].matter == reply.matter


@pytest.mark.parametrize(
    ("follow", "aspect"), [("那要多少钱", "fee"), ("多久能好", "time_limit"), ("网上能办吗", "online")]
)
def test_a_follow_up_needs_no_matter(consultant: Consultant, follow: str, aspect: str) -> None:
    reply = ask(consultant, "身份证过期了怎么换", follow)
    assert (reply.kind, reply.matter, reply.aspect) == ("matter", "id-card-renew", aspect)


def test_a_follow_up_to_nothing_is_not_guessed(consultant: Consultant) -> None:
    assert ask(consultant, "那要多少钱").kind in ("clarify", "handoff", "ood", "chitchat")


def test_a_correction_keeps_what_was_asked(consultant: Consultant) -> None:
    reply = ask(consultant, "补办护照要多少钱", "不是，我问的是港澳通行证")
    assert reply.matter is None or reply.matter.startswith("hk-macau")
    assert reply.aspect == "fee"


def test_the_same_question_of_another_matter(consultant: Consultant) -> None:
    reply = ask(consultant, "身份证丢了补办多少钱", "那行驶证呢")
    assert reply.kind in ("matter", "clarify")
    assert (reply.candidates[0].matter, reply.aspect) == ("vehicle-licence-replace", "fee")


def test_a_topic_switch_is_followed(consultant: Consultant) -> None:
    reply = ask(consultant, "身份证过期了怎么换", "驾驶证扣满12分了要去哪里学习")
    assert reply.matter == "driver-points-full"


def test_a_vague_word_offers_a_numbered_choice_and_a_number_takes_it(consultant: Consultant) -> None:
    offered = ask(consultant, "我想落户")
    assert offered.kind == "clarify"
    assert 2 <= len(offered.text.split("\n")[1:-1]) <= 4
    second = offered.text.split("\n")[2].removeprefix("2. ")
    taken = ask(consultant, "2")
    assert taken.kind == "pick"
    assert taken.text.startswith(f"【{second}")


def test_a_conversation_leans_to_its_matter(consultant: Consultant) -> None:
    def chance(*messages: str) -> float:
        found = {c.matter: c.score for c in ask(consultant.with_store(MemoryStore()), *messages).candidates}
        return found.get("birth-registration", 0.0)

    assert chance("孩子刚出生要上户口需要什么", "要是一直不报呢") > chance("要是一直不报呢")


def test_a_number_that_picks_nothing_means_nothing(consultant: Consultant) -> None:
    assert ask(consultant, "办护照", "3").kind == "chitchat"


def test_a_choice_is_forgotten_when_something_else_is_asked(consultant: Consultant) -> None:
    offered = {candidate.matter for candidate in ask(consultant, "我想落户").candidates}
    assert ask(consultant, "身份证丢了怎么补", "2").matter not in offered


def test_what_decides_is_asked_and_a_number_answers_it(consultant: Consultant) -> None:
    asked = ask(consultant, "我今年30岁，身份证换领怎么办")
    assert "户口在哪里？回复数字" in asked.text
    taken = ask(consultant, "2")
    assert (taken.kind, taken.matter, taken.aspect) == ("pick", "id-card-renew", "process")
    assert "您的情况：年满十六周岁的人；户口在外省" in taken.text and "全程网办" not in taken.text.split("\n")[2]
    assert "户口在外省" in ask(consultant, "在哪里办").text  # said once, known for the rest of the conversation


def test_what_decides_may_be_said_in_words(consultant: Consultant) -> None:
    assert "；户口在外省\n" in ask(consultant, "我今年30岁，身份证换领怎么办", "我户口在安徽").text
    assert "；户口在浙江省内\n" in ask(consultant, "不是，我户口是浙江的").text


def test_what_the_question_tells_is_not_asked(consultant: Consultant) -> None:
    reply = ask(consultant, "驾驶证过期两个月了还能换吗")
    assert "您的情况：已经过期了" in reply.text
    assert "s=late" in reply.text  # and the page it leads to knows it as well


def test_a_situation_told_unasked_belongs_to_the_matter_at_hand(consultant: Consultant) -> None:
    told = ask(consultant, "身份证到期了怎么换", "我家小孩的，5岁")
    assert (told.matter, told.aspect) == ("id-card-renew", "process")
    assert ask(consultant, "要带什么").matter == "id-card-renew"


@pytest.mark.parametrize("danger", ["小孩5岁找不到了", "8岁儿子没回家", "我女儿不见了8岁", "有人在偷"])
def test_a_danger_is_heard_in_the_middle_of_a_matter(consultant: Consultant, danger: str) -> None:
    assert ask(consultant, "身份证到期了怎么换", danger).kind == "emergency"


def test_what_was_told_before_a_choice_is_remembered_after_it(consultant: Consultant) -> None:
    reply = ask(consultant, "我家小孩12岁的身份证要带什么", "1")
    assert "小孩" not in reply.text or "您的情况" in reply.text


def test_a_question_about_nothing_is_asked_back(consultant: Consultant) -> None:
    assert "您问的是哪件事" in ask(consultant, "那要多少钱").text


def test_a_follow_up_to_a_choice_keeps_the_choice(consultant: Consultant) -> None:
    first = ask(consultant, "我想落户")
    again = ask(consultant, "要多久")
    assert (again.kind, again.aspect) == ("clarify", "time_limit")
    assert again.text.splitlines()[1:-1] == first.text.splitlines()[1:-1]


@pytest.mark.parametrize(
    ("text", "number", "lang"),
    [
        ("救命啊有人拿刀追我", "110", "zh"),
        ("家里着火了全是烟出不去", "119", "zh"),
        ("我妈突然昏过去了没呼吸", "120", "zh"),
        ("刚才有人冒充公安让我把钱转到安全账户，我正在转", "96110", "zh"),
        ("someone is breaking into my flat right now", "110", "en"),
        ("Au secours, il y a le feu", "119", "fr"),
        ("助けて、家に誰か入ってきた", "110", "ja"),
    ],
)
def test_danger_comes_before_everything(consultant: Consultant, text: str, number: str, lang: str) -> None:
    reply = ask(consultant, "我想落户", text)
    assert reply.kind == "emergency"
    assert reply.lang == lang
    assert number in reply.text


@pytest.mark.parametrize(
    "text",
    ["去年火灾把户口本烧了怎么补", "前年出车祸了认定书不服怎么复核", "打架被拘留过影响保安证吗", "救命这个表格怎么填"],
)
def test_past_danger_is_no_alarm(consultant: Consultant, text: str) -> None:
    assert ask(consultant, text).kind != "emergency"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("你好", "chitchat"), ("转人工", "handoff"), ("社保卡丢了去哪补", "ood"), ("红烧肉怎么烧", "ood"),
     ("我交的材料到哪一步了", "progress"), ("帮我预约明天上午的号", "appointment"), ("？？？", "chitchat"),
     ("", "chitchat"), ("😀😀", "chitchat")],
)  # fmt: skip
def test_other_kinds(consultant: Consultant, text: str, kind: str) -> None:
    assert ask(consultant, text).kind == kind


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("宿泊登記はどうすればいいですか", "ja"),
        ("숙박 등록은 어떻게 하나요?", "ko"),
        ("Как зарегистрироваться по месту проживания?", "ru"),
        ("Comment enregistrer mon logement à la police ?", "fr"),
        ("¿Cómo registro mi alojamiento en la policía?", "es"),
        ("كيف أسجل مكان إقامتي لدى الشرطة؟", "ar"),
    ],
)
def test_other_languages_find_their_matter_and_are_answered_in_english(
    consultant: Consultant, text: str, lang: str
) -> None:
    reply = ask(consultant, text)
    assert reply.lang == lang
    assert reply.candidates[0].matter == "foreigner-accommodation"
    if reply.kind == "matter":
        assert "Accommodation registration" in reply.text


def test_thumbs_are_kept_with_the_matter(consultant: Consultant) -> None:
    ask(consultant, "身份证过期了怎么换", "没用")
    assert consultant._store.verdicts == [("id-card-renew", False)]


def test_three_unclear_messages_lead_to_a_person(consultant: Consultant) -> None:
    unclear = [m for m in ("那个东西怎么说", "就是上次那个", "你懂的那种") if True]
    kinds = [consultant.answer(m, who="c").kind for m in unclear]
    assert "matter" not in kinds


def test_two_citizens_do_not_share_a_conversation(consultant: Consultant) -> None:
    consultant.answer("身份证过期了怎么换", who="a")
    assert consultant.answer("那要多少钱", who="b").matter is None


def test_forgetting(consultant: Consultant) -> None:
    ask(consultant, "身份证过期了怎么换")
    consultant.forget(who="citizen")
    assert ask(consultant, "那要多少钱").matter is None


@pytest.mark.parametrize("text", ["]]>", "\x00\ud800", "a" * 20000, "补" * 5000, "<xml>", "%s{}{0}", "'; drop table--"])
def test_hostile_text_is_answered_plainly(consultant: Consultant, text: str) -> None:
    reply = ask(consultant, text)
    assert reply.text
    assert size_bytes(reply.text) <= 2047
    json.dumps(reply.as_json())


def test_search_forgives_typos_and_knows_meaning(consultant: Consultant) -> None:
    assert consultant.search("身份正换领")[0][0] == "id-card-renew"
    assert "dog-licence" in [m for m, _ in consultant.search("狗证")]
    assert consultant.search("") == []
    assert all(0 < s <= 1 for _, s in consultant.search("护照"))


def test_no_bank_sentence_and_no_scrap_of_one_breaks_the_account(consultant: Consultant, real_catalogue) -> None:
    banks = real_catalogue.current.banks.values()
    for number, sample in enumerate(s for bank in banks for s in bank[::9]):
        scrap = sample.question[number % 5 : 4 + number % 9]
        assert consultant.answer(scrap, who=f"citizen {number}").text
