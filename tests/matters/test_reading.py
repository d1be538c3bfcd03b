"""A bad file is told by line; a good one becomes a Matter."""

from pathlib import Path

import pytest
import yaml

from backend.matters.reading import read_matter
from backend.matters.schema import Matter
from backend.matters.yaml_lines import BadYaml, parse_located
from tests.factories import matter_data, write_matter


def test_a_whole_file_becomes_a_matter(tmp_path: Path) -> None:
    matter, faults = read_matter(write_matter(tmp_path))
    assert faults == []
    assert matter is not None
    assert matter.name.zh == "居民身份证换领"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"trips": 9}, "trips"),
        ({"fees": [{"name": "费", "amount": 20}]}, "fees.0.amount"),
        ({"kind": "随便"}, "kind"),
        ({"materials": []}, "materials"),
        ({"reviewed": "某日"}, "reviewed"),
    ],
)
def test_what_does_not_fit_is_told_by_its_path_and_line(tmp_path: Path, change: dict, told: str) -> None:
    path = write_matter(tmp_path, **change)
    matter, faults = read_matter(path)
    assert matter is None
    assert any(told in f.message for f in faults)
    key = told.split(".")[0]
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text.startswith(f"{key}:"))
    assert all(line <= f.line <= line + 4 for f in faults)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sources": []}, "sources"),
        ({"conditions": [{"text": "甲", "basis": ["nowhere"]}]}, "'nowhere' is neither"),
        ({"audience": ["foreigner"]}, "English text is missing"),
        ({"id": "other-name"}, "the file's name must be"),
        ({"category": "vehicle"}, "must lie in vehicle/"),
    ],
)
def test_contradictions_within_a_file_are_faults(tmp_path: Path, change: dict, told: str) -> None:
    _, faults = read_matter(write_matter(tmp_path, **change))
    assert any(told in f.message for f in faults)


def test_a_promise_longer_than_the_law_is_a_fault() -> None:
    limits = {
        "statutory": {"text": "三十日", "working_days": 30},
        "promised": {"text": "四十日", "working_days": 40},
    }
    with pytest.raises(ValueError, match="exceed the statutory"):
        Matter.model_validate(matter_data(time_limits=limits))


@pytest.mark.parametrize("stages", [("accept", "decide"), ("apply", "accept"), ("apply", "deliver", "decide")])
def test_steps_start_end_and_never_go_back(tmp_path: Path, stages: tuple[str, ...]) -> None:
    steps = [
        {"id": f"s{i}", "name": "步", "stage": s, "unit": "station", "role": "clerk"} for i, s in enumerate(stages)
    ]
    _, faults = read_matter(write_matter(tmp_path, steps=steps))
    assert any("step" in f.message for f in faults)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [", 3),
        ("a: 1\na: 2", 2),
        ("a: &x 1\nb: *x", 1),
        ("? [1, 2]\n: 3", 1),
        ("a: 1\n\tb: 2", 2),
        ("x: " + "[" * 5000, 1),
        ("\n" + "[" * 90000 + "]" * 90000, 2),
        ("a: '" + "长" * 100_000 + "'", 1),
        ("a: 2026-02-31", 1),
    ],
)
def test_hostile_yaml_is_refused_with_a_line(text: str, line: int) -> None:
    with pytest.raises(BadYaml) as told:
        parse_located(text)
    assert told.value.line == line


def test_lines_are_those_of_the_file() -> None:
    located = parse_located("a: 1\nb:\n  - x: 1\n  - x: 2\n")
    assert located.line_of(("b", 1, "x")) == 4
    assert located.line_of(("b", 7)) == 2


def test_the_same_as_plain_yaml() -> None:
    text = yaml.safe_dump({"b": [1, 2.5, True, None, {"c": "长"}], "d": "2026"}, allow_unicode=True)
    assert parse_located(text).data == yaml.safe_load(text)
