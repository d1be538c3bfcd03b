"""The made-up people: their documents are theirs, and belong to nobody else."""

import io
from datetime import date

import phonenumbers
import pytest
from PIL import Image

from backend.sandbox.errors import NoFont
from backend.sandbox.specimens import CJK, zone
from backend.sandbox.story.cast import PICTURES, ROLES, Character, role_of
from tests.conftest import KNOWLEDGE

DAY = date(2026, 11, 22)
NEEDS_FONT = pytest.mark.skipif(not CJK.exists(), reason="the font comes with make setup")


@pytest.mark.parametrize("kind", [k if k != "lease" else pytest.param(k, marks=NEEDS_FONT) for k in PICTURES])
def test_each_document_is_a_picture_as_a_phone_takes_it(kind: str) -> None:
    with Image.open(io.BytesIO(Character(ROLES[0], 1, DAY).picture(kind))) as image:
        assert image.format == "JPEG" and min(image.size) >= 700


def test_without_a_chinese_font_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_font(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("backend.sandbox.specimens.lease_page", no_font)
    with pytest.raises(NoFont):
        Character(ROLES[0], 1, DAY).picture("lease")


def test_another_story_has_other_numbers_and_the_same_story_its_own() -> None:
    first, same, other = (Character(ROLES[0], seed, DAY) for seed in (1, 1, 2))
    assert zone(first.passport, "TD3") == zone(same.passport, "TD3") != zone(other.passport, "TD3")
    assert first.passport.document_number != first.visa.document_number
    assert first.phone == same.phone != other.phone


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_everybody_could_register(role: object) -> None:
    character = Character(role, 7, DAY)  # type: ignore[arg-type]
    assert character.passport.expires_on > DAY and character.visa.expires_on > character.lease_ends_on
    assert phonenumbers.is_valid_number(phonenumbers.parse(character.phone, "CN"))


def test_they_live_where_the_sample_bureau_has_a_station() -> None:
    bureau = (KNOWLEDGE / "bureau.yaml").read_text(encoding="utf-8")
    areas = [line for line in bureau.splitlines() if "{station:" in line]
    assert [r.id for r in ROLES if not any(r.station + "," in line and r.community in line for line in areas)] == []


def test_an_unknown_role_is_the_first() -> None:
    assert role_of("nobody") is ROLES[0]
