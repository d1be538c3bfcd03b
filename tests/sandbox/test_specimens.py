"""Made-up documents: written to ICAO's rules, drawn the same for the same seed, spoilt in every way."""

from datetime import date

import numpy as np
import pytest

from backend.sandbox.specimens import FORMATS, KINDS, Look, Person, digit, document, people, plain, spoil, zone

ERIKSSON = Person(
    "Eriksson", "Anna Maria", "UTO", "UTO", "L898902C3", date(1974, 8, 12), "F", date(2012, 4, 15), optional="ZE184226B"
)


def test_the_zone_is_the_one_icao_prints() -> None:
    """Doc 9303 part 4, appendix B."""
    assert zone(ERIKSSON, "TD3") == [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_every_line_has_its_width(form: str) -> None:
    shapes = {(len(zone(person, form)), *map(len, zone(person, form))) for person in people(60, 1)}
    assert len(shapes) == 1


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("O'Connor", "OCONNOR"),
        ("Smythe-Jones", "SMYTHE<JONES"),
        ("Müller", "MUELLER"),
        ("NGUYỄN", "NGUYEN"),
        ("Weiß", "WEISS"),
    ],
)
def test_names_are_spelt_as_zones_spell_them(name: str, spelt: str) -> None:
    assert plain(name) == spelt


def test_check_digits_weigh_seven_three_one() -> None:
    assert digit("520727") == "3"


def test_people_come_from_many_nations_and_are_the_same_for_a_seed() -> None:
    assert people(50, 3) == people(50, 3) != people(50, 4)
    assert len({person.nationality for person in people(50, 3)}) >= 20


@pytest.mark.parametrize("kind", KINDS)
def test_spoiling_changes_a_picture_and_is_the_same_for_a_seed(kind: str) -> None:
    page = document(ERIKSSON, "TD1", Look(pixels_per_mm=8))
    once, again = (np.asarray(spoil(page, kind, 0.5, 9)) for _ in range(2))
    assert np.array_equal(once, again)
    assert once.shape != np.asarray(page).shape or not np.array_equal(once, np.asarray(page))
