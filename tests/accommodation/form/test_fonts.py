import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from backend.accommodation.form.fonts import cut_font, drawable


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("ERIKSSON 张伟", "ERIKSSON 张伟"),
        ("Škoda Łódź Ağaoğlu", "Skoda Lódz Agaoglu"),
        ("e\u0301t\u00e9", "été"),
        ("Москва", "Москва"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("一\n二\t三\u3000四", "一 二 三 四"),
        ("شارع", "〓〓〓〓"),
        ("🏠", "〓"),
        ("5 \u200b 号 ", "5 号"),
        ("𠮷", "〓"),
    ],
)
def test_text_becomes_what_the_font_has(text: str, drawn: str) -> None:
    assert drawable(text) == drawn


@given(st.text(max_size=60))
def test_any_text_can_be_drawn_in_both_weights(text: str) -> None:
    drawn = drawable("x" + text)
    for style in ("", "B"):
        assert {ord(char) for char in drawn} <= TTFont(cut_font(style, drawn)).getBestCmap().keys()
    assert drawable(drawn) == drawn


def test_a_cut_font_is_small() -> None:
    assert len(cut_font("", "境外人员住宿登记表").getvalue()) < 10_000
