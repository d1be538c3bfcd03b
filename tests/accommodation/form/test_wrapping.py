import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accommodation.form.wrapping import wrap


def wide(text: str) -> float:
    """Chinese characters and their punctuation count two, others one."""
    return float(sum(2 if ord(char) > 0x2000 else 1 for char in text))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("ANNA MARIA SOFIA", ["ANNA MARIA", "SOFIA"]),
        ("中山东路一百号", ["中山东路一", "百号"]),
        ("中山东路一，二", ["中山东路", "一，二"]),
        ("中山东路（示例）", ["中山东路", "（示例）"]),
        ("ABCDEFGHIJKLMNO", ["ABCDEFGHIJ", "KLMNO"]),
        ("南湖 Garden 路", ["南湖", "Garden 路"]),
        ("", [""]),
    ],
)
def test_lines_end_where_a_reader_expects(text: str, lines: list[str]) -> None:
    assert wrap(text, 10, wide) == lines


@given(st.text(st.sampled_from("ab-路，（）《》…— 1"), max_size=200), st.integers(2, 40))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(" ".join(text.split()), width, wide)
    assert all(wide(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
