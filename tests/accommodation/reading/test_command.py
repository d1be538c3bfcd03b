"""`flask accommodation read`: the contract of its JSON lines."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from backend.accommodation.cli import accommodation_cli
from backend.sandbox.specimens import document, expected, people

KEYS = ["file", "format", "lines", "fields", "sure", "checks", "advice", "elapsed_ms"]
FIELDS = [
    "surname",
    "given_names",
    "document_number",
    "nationality",
    "issuing_state",
    "birth_date",
    "sex",
    "expiry_date",
]
PERSON = people(3, 17)[1]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(accommodation_cli.commands["read"], list(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    document(PERSON, "TD3").save(folder / "passport.png")
    Image.new("RGB", (800, 600), "white").save(folder / "white.jpg")
    (folder / "text.jpg").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> list[dict]:
    files = [folder / "text.jpg", folder / "passport.png", folder / "missing.jpg", folder, folder / "white.jpg"]
    result = run("--jsonl", *map(str, files))
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["file"] for row in rows] == [str(file) for file in files]
    return rows


def test_every_line_has_exactly_the_keys_of_the_contract(told: list[dict]) -> None:
    assert [list(row) for row in told] == [KEYS] * 5
    assert all(list(row["fields"]) == FIELDS and list(row["sure"]) == FIELDS for row in told)
    assert all(isinstance(row["elapsed_ms"], int) for row in told)


def test_a_passport_gives_its_fields(told: list[dict]) -> None:
    row = told[1]
    assert row["format"] == "TD3" and row["advice"] is None
    assert row["fields"] == expected(PERSON, "TD3")
    assert all(row["sure"].values())
    assert set(row["checks"]) == {"document_number", "birth_date", "expiry_date", "personal_number", "composite"}


@pytest.mark.parametrize(("number", "advice"), [(0, "not-a-picture"), (2, "no-file"), (3, "no-file"), (4, "no-mrz")])
def test_what_cannot_be_read_gives_nulls_and_an_advice(told: list[dict], number: int, advice: str) -> None:
    row = told[number]
    assert (row["format"], row["lines"], row["advice"]) == (None, None, advice)
    assert set(row["fields"].values()) == {None} and set(row["sure"].values()) == {False}


def test_without_jsonl_a_person_can_read_it(folder: Path) -> None:
    result = run(str(folder / "passport.png"), str(folder / "missing.jpg"))
    assert result.exit_code == 0
    assert PERSON.document_number in result.stdout and "✓" in result.stdout and "没有找到这个文件" in result.stdout
