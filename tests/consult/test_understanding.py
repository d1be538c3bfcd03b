"""Normalising, languages, tokens: what happens to a sentence before it is ranked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.consult.language import language_of
from backend.consult.normalise import MAX_CHARS, bare, normalise
from backend.consult.tokens import Tokeniser


@pytest.fixture(scope="module")
def tokeniser() -> Tokeniser:
    return Tokeniser(["容缺受理"])


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("ＩＤ　ｃａｒｄ", "id card"),
        ("身分證過期了要怎麼換", "身分证过期了要怎么换"),
        ("上户囗", "上户口"),
        ("护照😀丢了[流泪]", "护照 丢了"),
        ("救命！！！！！！！", "救命!!!"),
        ("a\u200bb\x00c", "a b c"),
        ("  多   空 格 ", "多 空 格"),
    ],
)
def test_one_spelling(typed: str, same: str) -> None:
    assert normalise(typed) == same


def test_a_long_story_keeps_its_beginning_and_its_end() -> None:
    text = normalise("头" + "中间" * 2000 + "尾巴要多少钱")
    assert len(text) <= MAX_CHARS + 1
    assert text.startswith("头")
    assert text.endswith("尾巴要多少钱")


@given(st.text(max_size=400))
def test_normalising_never_fails_and_settles(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once or len(once) >= MAX_CHARS
    bare(once).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("怎么换visa", "zh"),
        ("", "zh"),
        ("2", "zh"),
        ("visa extension", "en"),
        ("how long", "en"),
        ("combien coûte le visa", "fr"),
        ("¿cuánto cuesta?", "es"),
        ("宿泊登記はどこですか", "ja"),
        ("체류 등록", "ko"),
        ("где полиция", "ru"),
        ("أين الشرطة", "ar"),
    ],
)
def test_language(text: str, lang: str) -> None:
    assert language_of(text) == lang


@given(st.text(max_size=200))
def test_any_text_has_a_language_and_tokens(tokeniser: Tokeniser, text: str) -> None:
    assert len(language_of(text)) == 2
    tokeniser.tokens(normalise(text))


def test_words_of_the_catalogue_stay_whole(tokeniser: Tokeniser) -> None:
    assert "容缺受理" in tokeniser.words("可以容缺受理吗")


def test_homophones_share_their_sounds(tokeniser: Tokeniser) -> None:
    def sounds(text: str) -> set[str]:
        return {t for t in tokeniser.tokens(text) if t.startswith("~")}

    assert sounds("身份正") == sounds("身份证")
    assert sounds("护罩") & sounds("护照")
    assert not sounds("护照") & sounds("户口")
