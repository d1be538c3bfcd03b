"""Check digits and layouts, against the specimens printed in ICAO Doc 9303."""

from datetime import date

import pytest

from backend.accommodation.reading.formats import FORMATS, PERMIT, TD1, TD2, TD3
from backend.accommodation.reading.repair import prove_text
from backend.accommodation.reading.sureness import fields_of, split_names, sure_of
from backend.accommodation.reading.zone import check_digit, value

TODAY = date(2026, 11, 22)
TD3_LINES = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
TD2_LINES = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
TD1_LINES = ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"]
MRV_A_LINES = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"]
MRV_B_LINES = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"]


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("520727", "3"),
        ("AB2134<<<", "5"),
        ("L898902C3", "6"),
        ("D23145890", "7"),
        ("ZE184226B<<<<<", "1"),
        ("<" * 14, "0"),
    ],
)
def test_check_digits_are_those_icao_prints(text: str, digit: str) -> None:
    assert check_digit(text) == digit


def test_a_filler_counts_nothing_and_letters_count_from_ten() -> None:
    assert (value("<"), value("0"), value("A"), value("Z")) == (0, 0, 10, 35)


@pytest.mark.parametrize(
    ("lines", "name", "number", "nationality", "born", "ends"),
    [
        (TD3_LINES, "TD3", "L898902C3", "UTO", "1974-08-12", "2012-04-15"),
        (TD2_LINES, "TD2", "D23145890", "UTO", "1974-08-12", "2012-04-15"),
        (TD1_LINES, "TD1", "D23145890", "UTO", "1974-08-12", "2012-04-15"),
        (MRV_A_LINES, "MRV-A", "L8988901C", "XXX", "1940-09-07", "1996-12-10"),
        (MRV_B_LINES, "MRV-B", "L8988901C", "XXX", "1940-09-07", "1996-12-10"),
    ],
)
def test_icaos_specimens_are_read(
    lines: list[str], name: str, number: str, nationality: str, born: str, ends: str
) -> None:
    read = prove_text(lines)
    assert read is not None
    form, proof = read
    fields = fields_of(form, proof, date(2016, 1, 1))
    assert form.name == name
    assert proof.lines == lines
    assert all(proof.checks.values())
    assert fields == {
        "surname": "ERIKSSON",
        "given_names": "ANNA MARIA",
        "document_number": number,
        "nationality": nationality,
        "issuing_state": "UTO",
        "birth_date": born,
        "sex": "F",
        "expiry_date": ends,
    }


def test_a_number_longer_than_nine_goes_on_in_the_optional_field() -> None:
    number = "D23145890734"
    upper = f"I<UTO{number[:9]}<{number[9:]}{check_digit(number)}<<<<<<<<<<<"
    middle = "7408122F1204159UTO<<<<<<<<<<<"
    composite = check_digit(upper[5:30] + middle[0:7] + middle[8:15] + middle[18:29])
    read = prove_text([upper, middle + composite, TD1_LINES[2]])
    assert read is not None
    form, proof = read
    assert proof.checks == {"document_number": True, "birth_date": True, "expiry_date": True, "composite": True}
    assert fields_of(form, proof, TODAY)["document_number"] == number


def permit_lines(kind: str = "CR", number: str = "H12345678") -> list[str]:
    """A made-up 回乡证: number, renewals, expiry, sex, birth; Hong Kong card number, composite; names."""
    padded = number.ljust(9, "<")
    upper = kind + padded + check_digit(padded) + "01" + check_digit("01") + "330101" + check_digit("330101")
    upper += "M" + "850315" + check_digit("850315")
    card = "A1234563<"
    middle = ("<" * 18) + "B" + card + check_digit(card)
    composite = check_digit(upper[2:22] + upper[23:30] + middle[19:29])
    return [upper, middle + composite, "CHAN<<TAI<MAN<<<<<<<<<<<<<<<<<"]


@pytest.mark.parametrize(("kind", "number"), [("CR", "H12345678"), ("CR", "M00000012"), ("CT", "12345678")])
def test_permits_of_hong_kong_macao_and_taiwan_residents_have_their_own_layout(kind: str, number: str) -> None:
    read = prove_text(permit_lines(kind, number))
    assert read is not None
    form, proof = read
    fields = fields_of(form, proof, TODAY)
    assert form is PERMIT
    assert all(proof.checks.values())
    assert (fields["document_number"], fields["birth_date"], fields["expiry_date"]) == (
        number,
        "1985-03-15",
        "2033-01-01",
    )
    assert (fields["nationality"], fields["issuing_state"]) == (None, "CHN")


def test_of_a_permit_only_what_a_check_digit_proves_can_be_sure() -> None:
    read = prove_text(permit_lines())
    assert read is not None
    form, proof = read
    sure = sure_of(form, proof, fields_of(form, proof, TODAY), None)
    assert {name for name, is_sure in sure.items() if is_sure} <= {"document_number", "birth_date", "expiry_date"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ERIKSSON<<ANNA<MARIA<<<", ("ERIKSSON", "ANNA MARIA")),
        ("SUHARTONO<<<<<<", ("SUHARTONO", None)),
        ("VAN<DER<MERWE<<PIETER", ("VAN DER MERWE", "PIETER")),
        ("<<<<", (None, None)),
    ],
)
def test_one_filler_is_a_space_and_two_part_the_names(text: str, names: tuple[str | None, str | None]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.name}{'-permit' if form.permit else ''}")
def test_every_field_lies_within_its_line(form) -> None:
    spans = [*form.fields.values(), *(span for check in form.checks for span in check.spans)]
    assert all(0 <= span.line < form.rows and 0 <= span.start < span.stop <= form.width for span in spans)


def test_two_lines_of_print_are_no_zone() -> None:
    read = prove_text(["THIS IS AN ORDINARY LINE OF PRINT IN A BOOK", "AND ANOTHER ONE THAT IS ABOUT AS LONG AS IT"])
    assert read is None or not all(read[1].checks.values())


def test_formats_without_a_composite_digit_say_so() -> None:
    assert [form.composite is not None for form in (TD3, TD2, TD1)] == [True] * 3
    read = prove_text(MRV_A_LINES)
    assert read is not None and "composite" not in read[1].checks
