"""Centuries, unknown parts of a birth date, codes of states."""

from datetime import date

import pytest

from backend.accommodation.reading.advice import ADVICE, sentence
from backend.accommodation.reading.dates import birth_date, expiry_date, possible
from backend.accommodation.reading.nations import find_nation, nations

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("740812", date(1974, 8, 12)),
        ("261122", date(2026, 11, 22)),
        ("261123", date(1926, 11, 23)),
        ("000229", date(2000, 2, 29)),
        ("010229", None),
        ("74<<<<", None),
        ("741301", None),
        ("7408", None),
        ("74081２", None),
    ],
)
def test_a_birth_date_is_the_latest_that_is_past(text: str, day: date | None) -> None:
    assert birth_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("320514", date(2032, 5, 14)),
        ("120415", date(2012, 4, 15)),
        ("961231", date(1996, 12, 31)),
        ("950101", date(2095, 1, 1)),
        ("320231", None),
    ],
)
def test_an_expiry_date_is_the_one_near_today(text: str, day: date | None) -> None:
    assert expiry_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "is_possible"),
    [
        ("740812", True),
        ("7408<<", True),
        ("74<<<<", True),
        ("<<<<<<", True),
        ("740832", False),
        ("74<<12", True),
        ("7<0812", False),
        ("74O812", False),
    ],
)
def test_unknown_parts_of_a_birth_date_are_fillers(text: str, is_possible: bool) -> None:
    assert possible(text) is is_possible


@pytest.mark.parametrize(
    ("code", "en", "zh"),
    [
        ("FRA", "France", "法国"),
        ("D<<", "Germany", "德国"),
        ("VNM", "Vietnam", "越南"),
        ("XXA", "Stateless person", "无国籍人"),
        ("ZIM", "Zimbabwe", "津巴布韦"),
        ("QQQ", None, None),
    ],
)
def test_codes_have_names_in_both_languages(code: str, en: str | None, zh: str | None) -> None:
    nation = find_nation(code)
    assert (nation and nation.en, nation and nation.zh) == (en, zh)


def test_every_code_of_icao_is_there_beside_isos() -> None:
    special = (
        "D GBD GBN GBO GBP GBS RKS XOM XXA XXB XXC XXX XPO UNO UNA UNK EUE XBA XIM XCE XCO XEC XES XMP XDC XCT UTO"
    )
    assert set(special.split()) <= set(nations())
    assert len(nations()) > 270
    assert all(nation.en and nation.zh for nation in nations().values())


def test_every_advice_has_both_sentences() -> None:
    assert all(advice.zh and advice.en for advice in ADVICE.values())
    assert sentence("no-mrz", "en") != sentence("no-mrz", "zh")
    assert sentence(None) == ""
