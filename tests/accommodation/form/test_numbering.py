import re

import pytest

from backend.accommodation.form.errors import BadNumber
from backend.accommodation.form.numbering import initials, is_number, make_number, make_token


def test_a_number_tells_district_year_and_place_in_the_year() -> None:
    number = make_number("330402", 2026, 123)
    assert number == "33040220260001234"
    assert is_number(number)


def test_every_wrong_digit_is_found() -> None:
    number = make_number("330402", 2026, 123)
    wrong = [number[:i] + d + number[i + 1 :] for i in range(17) for d in "0123456789" if d != number[i]]
    assert len(wrong) == 153 and not any(map(is_number, wrong))


@pytest.mark.parametrize("text", ["", "3304022026000123", "33040220260001234\n", "３3040220260001234", "X" * 17])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("prefix", "year", "serial"), [("33040", 2026, 1), ("33040a", 2026, 1), ("330402", 2026, 0), ("330402", 2026, -5),
                                   ("330402", 2026, 1_000_000), ("330402", 26, 10**8)]
)  # fmt: skip
def test_a_number_that_would_not_fit_is_refused(prefix: str, year: int, serial: int) -> None:
    with pytest.raises(BadNumber):
        make_number(prefix, year, serial)


@pytest.mark.parametrize(
    ("surname", "given_names", "shown"),
    [
        ("ERIKSSON", "ANNA MARIA", "A. M. E."),
        ("DE LA CRUZ", "JEAN-PIERRE", "J. P. D. L. C."),
        ("O'NEIL", "SEAN", "S. O. N."),
        ("ÅBERG", "", "Å."),
        ("張", "偉", "張*"),
        ("欧阳", "小明", "欧**"),
        ("", "伟", "伟*"),
        ("", "", ""),
    ],
)
def test_initials_do_not_tell_the_name(surname: str, given_names: str, shown: str) -> None:
    assert initials(surname, given_names) == shown


def test_tokens_are_long_fit_for_an_address_and_never_the_same() -> None:
    tokens = {make_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[\w-]{24}", token, re.ASCII) for token in tokens)
