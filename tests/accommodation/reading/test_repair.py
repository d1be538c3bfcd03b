"""Repair: what a recogniser or a typist exchanges is put right by the check digits, or is not sure."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accommodation.reading.prices import ALIKE_TYPED, to_width
from backend.accommodation.reading.repair import prove_text
from backend.accommodation.reading.sureness import fields_of, sure_of
from backend.sandbox.specimens import FORMATS, expected, people, zone

TODAY = date(2026, 11, 22)
PEOPLE = people(60, 4)
TD3_LINES = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]


def read(lines: list[str]) -> tuple[list[str], dict[str, str | None], dict[str, bool], dict[str, bool]]:
    found = prove_text(lines)
    assert found is not None
    form, proof = found
    fields = fields_of(form, proof, TODAY)
    return proof.lines, fields, sure_of(form, proof, fields, None), proof.checks


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ((1, 13), "T"),
        ((1, 15), "O"),
        ((1, 17), "I"),
        ((1, 18), "Z"),
        ((1, 9), "G"),
        ((1, 22), "Z"),
        ((1, 23), "D"),
        ((0, 4), "0"),
    ],
)
def test_letters_and_digits_are_told_apart_by_their_place(place: tuple[int, int], seen: str) -> None:
    line, at = place
    lines = list(TD3_LINES)
    lines[line] = lines[line][:at] + seen + lines[line][at + 1 :]
    assert read(lines)[0] == TD3_LINES


@pytest.mark.parametrize(
    "spoilt",
    [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<",
        "P<UTOERIKSSON««ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "p<utoeriksson<<anna<maria (<<<<<<<<<<<<<<<<<<",
    ],
)
def test_missing_surplus_and_misread_fillers_are_mended(spoilt: str) -> None:
    assert read([spoilt, TD3_LINES[1]])[0] == TD3_LINES


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_no_single_exchange_makes_a_wrong_field_sure(data: st.DataObject) -> None:
    person, form = data.draw(st.sampled_from(PEOPLE)), data.draw(st.sampled_from(FORMATS))
    lines = zone(person, form)
    line = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[0]) - 1))
    others = [pair.replace(lines[line][at], "", 1) for pair in sorted(ALIKE_TYPED) if lines[line][at] in pair]
    if not others:
        return
    lines[line] = lines[line][:at] + data.draw(st.sampled_from(others)) + lines[line][at + 1 :]
    found = prove_text(lines)
    if found is None:
        return
    fields = fields_of(*found, TODAY)
    sure = sure_of(*found, fields, None)
    truth = expected(person, form)
    assert {name: fields[name] for name in fields if sure[name] and fields[name] != truth[name]} == {}


@pytest.mark.parametrize("form", FORMATS)
def test_an_untouched_zone_stays_as_it_is(form: str) -> None:
    for person in PEOPLE[:30]:
        lines, fields, _, checks = read(zone(person, form))
        assert lines == zone(person, form)
        assert fields == expected(person, form)
        assert all(checks.values())


@pytest.mark.parametrize(("true", "seen"), [("S", "8"), ("G", "6"), ("L", "1")])
def test_exchanges_no_check_digit_sees_leave_the_number_unsure(true: str, seen: str) -> None:
    """S and 8 count the same modulus 10: both spellings pass every check digit."""
    person = PEOPLE[0].__class__(**{**PEOPLE[0].__dict__, "document_number": f"A{true}2345677"})
    lines = zone(person, "TD3")
    lines[1] = lines[1].replace(true, seen, 1)
    _, _, sure, checks = read(lines)
    assert checks["document_number"] and not sure["document_number"]


@pytest.mark.parametrize(("line", "width"), [("A<<<B", 7), ("A<<<<<<<<B", 7), ("ABC", 5), ("ABCDEFGHI", 5)])
def test_lines_are_brought_to_their_width(line: str, width: int) -> None:
    assert len(to_width(line, width)) == width


def test_names_and_sex_are_never_sure_without_a_picture() -> None:
    sure = read(TD3_LINES)[2]
    assert not (sure["surname"] or sure["given_names"] or sure["sex"])
