"""Made-up documents, photographed well and badly, through the whole reader."""

import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from backend.accommodation.reading.reader import read_picture
from backend.accommodation.reading.result import FIELDS, Reading
from backend.sandbox.specimens import FORMATS, MONO, OCR_B, Look, Person, document, expected, people, spoil, zone

TODAY = date(2026, 11, 22)
PEOPLE = people(40, 17)
FONTS = [font for font in (OCR_B, MONO) if font.exists()]


def jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=88, **options)
    return out.getvalue()


def read(image: Image.Image) -> Reading:
    return read_picture(jpeg(image), today=TODAY)


def wrong_but_sure(reading: Reading, person: Person, form: str) -> list[str]:
    truth = expected(person, form)
    return [name for name in FIELDS if reading.sure[name] and reading.fields[name] != truth[name]]


@pytest.mark.parametrize(("number", "form"), [(n, form) for n, form in enumerate(FORMATS)])
def test_a_clean_document_is_read_and_every_field_is_sure(number: int, form: str) -> None:
    person = next(p for p in PEOPLE[number * 3 :] if p.given_names and len(p.surname + p.given_names) < 20)
    reading = read(document(person, form))
    assert reading.format == form
    assert reading.lines == zone(person, form)
    assert reading.fields == expected(person, form)
    assert all(reading.sure.values()) and all(reading.checks.values())
    assert reading.advice is None


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_other_fonts_are_never_read_wrong_and_sure(font: Path) -> None:
    person = PEOPLE[5]
    reading = read(document(person, "TD3", Look(zone_font=font)))
    assert wrong_but_sure(reading, person, "TD3") == []
    assert reading.fields["birth_date"] == person.born_on.isoformat()


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("turn", "TD3"),
        ("turn", "TD1"),
        ("rotate", "TD3"),
        ("skew", "TD2"),
        ("perspective", "TD3"),
        ("blur", "TD1"),
        ("noise", "TD3"),
        ("dim", "TD2"),
        ("jpeg", "MRV-A"),
        ("desk", "TD3"),
        ("small", "MRV-B"),
    ],
)
def test_a_spoilt_picture_is_read(kind: str, form: str) -> None:
    person = PEOPLE[len(kind) + len(form)]
    reading = read(spoil(document(person, form), kind, 0.5, 3))
    assert wrong_but_sure(reading, person, form) == []
    assert reading.fields["document_number"] == expected(person, form)["document_number"]
    assert all(reading.checks.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cut_off_document_is_never_read_wrong_and_sure(seed: int) -> None:
    person = PEOPLE[seed]
    reading = read(spoil(document(person, "TD3"), "cut", 0.6, seed))
    assert wrong_but_sure(reading, person, "TD3") == []
    assert reading.advice is not None


def test_a_name_cut_at_the_end_of_the_line_is_not_sure() -> None:
    person = Person(
        "WICKRAMASINGHE MUDIYANSELAGE",
        "NUWAN PRADEEP KUMARA",
        "LKA",
        "LKA",
        "N1234567",
        date(1980, 2, 3),
        "M",
        date(2030, 1, 1),
    )
    reading = read(document(person, "TD3"))
    assert reading.fields["given_names"] == "NUWAN PRA"
    assert reading.sure["surname"] and not reading.sure["given_names"]


def test_someone_with_one_name_has_no_given_names() -> None:
    person = Person("SUHARTONO", "", "IDN", "IDN", "A1234567", date(1980, 2, 3), "M", date(2030, 1, 1))
    reading = read(document(person, "TD3"))
    assert (reading.fields["surname"], reading.fields["given_names"]) == ("SUHARTONO", None)
    assert reading.sure["surname"] and not reading.sure["given_names"] and reading.advice is None


def test_a_picture_without_a_zone_gives_nulls_and_an_advice() -> None:
    reading = read(Image.effect_noise((900, 600), 60))
    assert reading.format is None and reading.lines == [] and set(reading.fields.values()) == {None}
    assert reading.advice == "no-mrz" and not any(reading.sure.values())


def test_the_camera_s_orientation_is_obeyed() -> None:
    person = PEOPLE[2]
    exif = Image.Exif()
    exif[0x0112] = 6  # the picture lies on its side; the viewer turns it
    on_its_side = document(person, "TD3").transpose(Image.Transpose.ROTATE_90)
    reading = read_picture(jpeg(on_its_side, exif=exif), today=TODAY)
    assert reading.lines == zone(person, "TD3")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "PDF"])
def test_other_kinds_of_files_are_read(kind: str) -> None:
    person = PEOPLE[8]
    out = io.BytesIO()
    document(person, "TD3").save(out, kind)
    assert read_picture(out.getvalue(), today=TODAY).lines == zone(person, "TD3")


def test_a_permit_of_a_hong_kong_resident_is_read_as_far_as_its_digits_prove(tmp_path: Path) -> None:
    from backend.sandbox.specimens.drawing import draw_zone
    from tests.accommodation.reading.test_zone_and_formats import permit_lines

    reading = read(draw_zone(permit_lines(), "TD1"))
    assert reading.format == "TD1"
    assert (reading.fields["document_number"], reading.fields["birth_date"]) == ("H12345678", "1985-03-15")
    assert reading.sure["document_number"] and reading.sure["birth_date"] and reading.sure["expiry_date"]
    assert not reading.sure["surname"] and not reading.sure["sex"] and reading.fields["nationality"] is None


def test_stages_are_told_as_they_come() -> None:
    told: list[str] = []
    read_picture(jpeg(document(PEOPLE[3], "TD3")), told.append, TODAY)
    assert told == ["looking", "reading", "checking"]
