"""No number, plate, address or name of who asks is left in what is kept."""

import pytest

from backend.editing.masking import mask

NUMBERS = [
    "33040219900101123X", "330402 19900101 1234", "3304-0219-9001-0112-34", "３３０４０２１９９００１０１１２３４", "330402900101123",
    "13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "(0573)82345678", "0573-8234 5678", "１３８１２３４５６７８",
    "一三八一二三四五六七八", "幺三八零零零零幺幺幺幺", "6222021234567890123", "6222 0212 3456 7890 123", "123456", "1\u200b38123\u200b45678", "138.1234.5678",
    "+44 7911 123456", "l898902c3", "E12345678", "EA1234567", "H1234567890", "浙F12345", "浙F·D1234", "沪AD12345", "粤b12345挂", "浙F 88888",
    "zhang.san@example.com", "a_b+c@mail.example.co.uk", "zhang＠qq.com", "1990年1月1日", "1990-01-01", "微信号: zhangsan_88", "QQ 12345678",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["我的号码是{}能办吗", "{}", "身份证 {} 丢了怎么补", "please check {} for me"])
def test_no_number_is_left(number: str, around: str) -> None:
    masked = mask(around.format(number)).lower()
    for part in ("19900101", "1234", "5678", "8888", "三八", "898902", "example", "zhang", "90-01", "年1月", "qq.com"):
        assert part not in masked


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我叫张伟，想办身份证", "张伟"), ("我叫张小明想问身份证", "张小明"), ("姓名：李雷 身份证过期", "李雷"), ("姓名:欧阳娜娜，换证", "欧阳娜娜"),
        ("本人王芳，户口在南湖区", "王芳"), ("我儿子叫陈子轩，要上户口", "陈子轩"), ("我老公的名字是刘强，落户", "刘强"), ("孩子名叫赵一一", "赵一一"),
        ("宝宝叫做孙悦，出生登记", "孙悦"), ("我的名字叫艾力·买买提，办证", "买买提"), ("申请人：周杰 电话", "周杰"), ("张先生让我来办", "张先生"),
        ("李女士的护照", "李女士"), ("房东叫马国庆不配合", "马国庆"), ("我是王警官介绍来的", "王警官"),
        ("my name is John Smith and I lost my passport", "john"), ("My name is María García-López", "garcía"), ("Mr. Brown needs a visa", "brown"),
        ("name: Anna Maria Eriksson", "eriksson"), ("I'm called Peter, how to renew", "peter"),
    ],
)  # fmt: skip
def test_names_that_introduce_themselves_are_left_out(said: str, name: str) -> None:
    assert name not in mask(said).lower()


@pytest.mark.parametrize(
    "question",
    [
        "身份证到期了要带什么", "2026年新政策改了吗", "110和12345有什么区别", "满16岁第一次办身份证", "罚款200元去哪交", "3个月的小孩上户口",
        "叫号机在哪", "名字改一下要多久", "姓名写错了怎么改", "居住证满半年能落户吗", "电动车上牌要发票吗", "how long does a visa extension take",
        "my name is wrong on the permit", "12123怎么注册", "我叫不醒他怎么办",
    ],
)  # fmt: skip
def test_the_meaning_of_a_plain_question_stays(question: str) -> None:
    masked = mask(question)
    kept = sum(c in masked for c in question) / len(question)
    assert kept > 0.75


def test_a_plain_question_is_not_touched_at_all() -> None:
    assert mask("身份证到期了要带什么") == "身份证到期了要带什么"
    assert mask("办证要20元还是40元") == "办证要20元还是40元"
