"""Several questions in one message."""

import pytest

from backend.consult.normalise import normalise
from backend.consult.service import Consultant
from backend.consult.several import MAX_PARTS, parts_of
from backend.text import size_bytes


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("身份证丢了，怎么补？要多少钱？", ["身份证丢了,怎么补?", "要多少钱?"]),
        ("护照怎么换，另外签注多少钱", ["护照怎么换", "另外签注多少钱"]),
        ("1.护照怎么办 2.签注怎么续", ["护照怎么办", "签注怎么续"]),
        ("身份证还有三个月到期，能提前换吗", ["身份证,还有三个月到期,能提前换吗"]),
        ("怎么补驾照，我很急，谢谢", ["怎么补驾照,我很急,谢谢"]),
        ("我是外地人。在这里打工。居住证怎么办", ["我是外地人,在这里打工,居住证怎么办"]),
        ("how do i renew my visa and how much is it?", ["how do i renew my visa", "and how much is it?"]),
        ("my flight is next friday. how long does it take?", ["my flight is next friday, how long does it take?"]),
        ("你好", ["你好"]),
        ("", []),
    ],
)  # fmt: skip
def test_where_a_question_ends(message: str, parts: list[str]) -> None:
    assert parts_of(normalise(message)) == [part.replace(", how", ",how") for part in parts]


def test_no_more_parts_than_can_be_read() -> None:
    assert len(parts_of("?".join(f"护照怎么办{i}" for i in range(500)))) == MAX_PARTS


def test_each_question_is_answered_in_turn(consultant: Consultant) -> None:
    reply = consultant.answer("身份证丢了怎么补？顺便问下新车上牌要带什么材料？", who="a")
    first, second = reply.text.find("居民身份证丢失补领"), reply.text.find("机动车注册登记")
    assert 0 < first < second
    assert size_bytes(reply.text) <= 2047
    assert {"中华人民共和国居民身份证法", "机动车登记规定"} <= {citation.law for citation in reply.citations}


def test_aspects_of_one_matter_are_answered_together(consultant: Consultant) -> None:
    reply = consultant.answer("护照到期了怎么换，要多少钱，几天能拿到", who="a")
    assert reply.matter == "passport-renew"
    assert [line.split(" · ")[1] for line in reply.text.splitlines() if line.startswith("【")] == [
        "怎么办】", "多少钱】", "要多久】",
    ]  # fmt: skip


def test_the_last_question_is_what_the_conversation_goes_on_with(consultant: Consultant) -> None:
    consultant.answer("身份证丢了怎么补？另外新车上牌要带什么材料？", who="a")
    assert consultant.answer("多少钱", who="a").matter == "vehicle-register"


def test_what_another_office_does_is_said_beside_ours(consultant: Consultant) -> None:
    reply = consultant.answer("身份证丢了怎么补？电费怎么交？", who="a")
    assert "居民身份证丢失补领" in reply.text and "不归公安办" in reply.text


def test_a_vague_part_is_left_to_a_choice(consultant: Consultant) -> None:
    reply = consultant.answer("驾驶证丢了怎么补？居住证怎么办？", who="a")
    assert "“居住证怎么办?”" in reply.text
    taken = consultant.answer("1", who="a")
    assert taken.kind == "pick" and "residence-permit" in (taken.matter or "")


def test_one_long_story_stays_one_question(consultant: Consultant) -> None:
    story = "我是安徽的，来嘉兴三年了，一直在工地上，上个月钱包被偷了，身份证也在里面，老板催我，请问怎么补身份证"
    assert consultant.answer(story, who="a").text.count("【") <= 1


def test_danger_in_one_of_several_questions_comes_first(consultant: Consultant) -> None:
    reply = consultant.answer("新车上牌要带什么材料？护照怎么换？有人拿着刀在砸我家门怎么办？", who="a")
    assert reply.kind == "emergency"
