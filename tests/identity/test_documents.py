"""Numbers of documents and names, good and bad. Every number here is made up."""

from datetime import timedelta

import pytest
from stdnum.cn import ric

from backend.identity.documents import check_document, check_name
from backend.identity.errors import BadDocument, BadName
from tests.identity.conftest import NOW


def with_check_digit(seventeen: str) -> str:
    return seventeen + ric.calc_check_digit(seventeen + "0")


GOOD = [
    ("resident-card", with_check_digit("33040219900307201")),
    ("resident-card", with_check_digit("11010519491231002")),
    ("passport", "E12345678"),
    ("passport", "EA1234567"),
    ("passport", "G12345678"),
    ("passport", "123456789"),
    ("passport", "AB1234"),
    ("hk-macau-permit", "H12345678"),
    ("hk-macau-permit", "M00000001"),
    ("taiwan-permit", "01234567"),
    ("permanent-resident-card", "CAN330481090400"),
    ("permanent-resident-card", with_check_digit("93312419810904001")),
]
BAD = [
    ("resident-card", "330402199003072010" if not ric.is_valid("330402199003072010") else "330402199003072011"),
    ("resident-card", "33040219900307201"),
    ("resident-card", with_check_digit("33040219900230201")),
    ("resident-card", with_check_digit("33040218500307201")),
    ("resident-card", with_check_digit("33040220990307201")),
    ("resident-card", with_check_digit("00040219900307201")),
    ("resident-card", with_check_digit("93312419810904001")),
    ("resident-card", "330402900307201"),
    ("passport", "E1234"),
    ("passport", "E123456789"),
    ("passport", "ABCDEFGHI"),
    ("passport", "E1234<678"),
    ("passport", "E١٢٣٤٥٦٧٨"),
    ("hk-macau-permit", "A12345678"),
    ("hk-macau-permit", "H1234567"),
    ("taiwan-permit", "T1234567"),
    ("taiwan-permit", "0123456789"),
    ("permanent-resident-card", "CAN330481133100"),
    ("permanent-resident-card", "CA1330481090400"),
    ("permanent-resident-card", with_check_digit("33040219900307201")),
    ("permanent-resident-card", "933124198109040010" if with_check_digit("93312419810904001")[-1] != "0" else "933124198109040011"),
    ("driving-licence", "E12345678"),
    ("passport", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "number"), GOOD)
def test_a_number_as_issued_is_taken(kind: str, number: str) -> None:
    assert check_document(kind, number, NOW) == number


@pytest.mark.parametrize(("kind", "number"), BAD)
def test_a_number_that_cannot_be_is_refused(kind: str, number: str) -> None:
    with pytest.raises(BadDocument):
        check_document(kind, number, NOW)


@pytest.mark.parametrize("written", ["h 1234 5678", "Ｈ１２３４５６７８", "h12345678\n", "H1234-5678"])
def test_how_it_is_typed_does_not_matter(written: str) -> None:
    assert check_document("hk-macau-permit", written, NOW) == "H12345678"


def test_who_was_born_before_the_county_got_its_code_has_a_valid_card() -> None:
    """stdnum refuses these: it compares the county's years with the year of birth."""
    number = with_check_digit("33040219700101001")
    assert not ric.is_valid(number)
    assert check_document("resident-card", number, NOW) == number


def test_nobody_is_born_tomorrow() -> None:
    today = with_check_digit("33040220261122001")
    assert check_document("resident-card", today, NOW)
    with pytest.raises(BadDocument):
        check_document("resident-card", today, NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张三", "张三"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("  JEAN-LUC   O'BRIEN ", "JEAN-LUC O'BRIEN"),
        ("José da Silva Jr.", "José da Silva Jr."),
        ("ＡＮＮＡ", "ANNA"),
        ("नरेंद्र", "नरेंद्र"),
        ("𠮷田", "𠮷田"),
    ],
)
def test_names_of_the_whole_world_are_names(written: str, kept: str) -> None:
    assert check_name(written) == kept


@pytest.mark.parametrize("written", ["", "   ", "123", "A1", "a<b>", "x" * 101, "··", "张三\x00", "😀"])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(BadName):
        check_name(written)
