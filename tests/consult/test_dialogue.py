"""The short messages that only make sense within a conversation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.consult.dialogue import Choice, Memory, correction_of, instead_of, picked, verdict


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 1), ("第二个", 1), ("二", 1), ("选3", 2), ("1.", 0), ("最后一个", 2), ("the second one", 1), ("option 3", 2),
     ("我要第一个", 0), ("3吧", 2), ("④", None), ("4", None), ("0", None), ("22", None), ("二手车过户", None),
     ("第二代身份证", None), ("", None)],
)  # fmt: skip
def test_numbered_choices(text: str, number: int | None) -> None:
    assert picked(text, 3) == number


def test_nothing_is_picked_where_nothing_was_offered() -> None:
    assert picked("2", 0) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("不是，我问的是港澳的", "港澳的"), ("不对，我要办的是护照", "护照"), ("我说的是换证", "换证"),
     ("no, i mean the residence permit", "the residence permit"), ("不是", None), ("护照怎么办", None), ("错了", None)],
)  # fmt: skip
def test_corrections(text: str, meant: str | None) -> None:
    assert correction_of(text) == meant


@pytest.mark.parametrize(
    ("text", "other"),
    [("那护照呢", "护照"), ("护照呢", "护照"), ("what about my wife?", "my wife"), ("那要多少钱啊我问你半天了一直不回答我", None)],
)  # fmt: skip
def test_the_same_question_of_something_else(text: str, other: str | None) -> None:
    assert instead_of(text) == other


@pytest.mark.parametrize(("text", "useful"), [("有用", True), ("没用！", False), ("Useful", True), ("没用过", None)])
def test_verdicts(text: str, useful: bool | None) -> None:
    assert verdict(text) is useful


@given(st.text(max_size=300))
def test_a_memory_of_another_version_is_an_empty_one(text: str) -> None:
    assert isinstance(Memory.from_json(text), Memory)


def test_a_memory_survives_the_database() -> None:
    memory = Memory("m", "fee", "en", (Choice("a", "fee"), Choice("b", "fee", "minor")), 1, ("adult", "here"))
    assert Memory.from_json(memory.to_json()) == memory
