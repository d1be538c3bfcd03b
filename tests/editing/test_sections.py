"""One section of a file is changed and every other byte stays; what is wrong is told by line."""

from pathlib import Path

import pytest

from backend.config import ROOT
from backend.editing.errors import NoSuchSection
from backend.editing.reversing import diff, reverse
from backend.editing.sections import FIXED, change_section, get_section, sections_of
from tests.conftest import DAY

REAL = sorted((ROOT / "knowledge" / "matters").glob("*/*.yaml"))[::12]


@pytest.fixture
def path(knowledge: Path) -> Path:
    return knowledge / "matters/public-order/dog-licence.yaml"


@pytest.mark.parametrize("real", REAL, ids=lambda p: p.stem)
def test_a_section_put_back_leaves_every_byte(real: Path) -> None:
    text = real.read_bytes().decode()
    for section in sections_of(text):
        assert section.name not in FIXED
        lines = text.splitlines(keepends=True)
        assert "".join(lines[: section.start]) + section.text + "".join(lines[section.end :]) == text
        assert section.text.startswith(f"{section.name}:")


def test_comments_and_other_sections_stay(path: Path) -> None:
    text = "# 头\n" + path.read_text(encoding="utf-8").replace("summary:", "\n# 说明\nsummary:")
    change = change_section(path, text, "authority", "authority: 某某公安局  \r\n\r\n", DAY)
    assert change.faults == []
    changed = [line for line in diff(text, change.after) if line.sign in "+-"]
    assert [(line.sign, line.text) for line in changed] == [
        ("-", "authority: 县级公安机关"),
        ("+", "authority: 某某公安局"),
    ]


def test_windows_line_ends_are_kept(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    after = change_section(path, text, "authority", "authority: 某某公安局\n", DAY).after
    assert after.count("\r\n") == after.count("\n")


@pytest.mark.parametrize(
    ("section", "new", "line"),
    [
        ("validity", "validity:\n  - text: 十年\n    basis: [law-9]", 3),
        ("validity", "validity:\n  - text: 十年\n    bases: [law-1]", 3),
        ("validity", "validity:\n  - text: [十年\n", 3),
        ("validity", "validity: []", 1),
        ("validity", "validity: 十年\nid: other", 1),
        ("validity", "summary: 换了别的一节", 1),
        ("validity", "- 不是一节", 1),
        ("validity", "", 1),
        ("validity", " validity: [{text: 缩进}]", 1),
        ("validity", "validity: &a [x]\n", 1),
        ("fees", "fees:\n  - {name: 工本费, amount_fen: -1}", 2),
        ("reviewed", "reviewed: 2099-01-01", 1),
        ("steps", "steps:\n  - {id: decide, name: 办结, stage: decide, unit: station, role: approver}\n  - {id: apply, name: 申请, stage: apply, unit: applicant, role: applicant}", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line(path: Path, section: str, new: str, line: int) -> None:
    change = change_section(path, path.read_text(encoding="utf-8"), section, new, DAY)
    assert change.faults and change.faults[0][0] == line, change.faults


@pytest.mark.parametrize("section", ["id", "category", "name", "nothing", "fee_note"])
def test_what_names_the_file_is_not_changed_here(path: Path, section: str) -> None:
    with pytest.raises(NoSuchSection):
        get_section(path.read_text(encoding="utf-8"), section)


A, B = "a\nb\nc\n", "a\nB\nc\n"


@pytest.mark.parametrize(
    ("before", "after", "current", "wanted"),
    [
        (A, B, B, A), (A, B, "0\na\nB\nc\nd\n", "0\na\nb\nc\nd\n"), (A, A + "d\n", A + "d\ne\n", A + "e\n"), (A, B, "a\nX\nc\n", None),
        (A, B, "B\na\nB\n", None), ("a\nb\nc\n", "a\nc\n", "0\na\nc\n", "0\na\nb\nc\n"), ("a\nb\nc\n", "a\nc\n", "a\nx\nc\n", None),
    ],
)  # fmt: skip
def test_a_change_is_undone_and_later_ones_stay(before: str, after: str, current: str, wanted: str | None) -> None:
    assert reverse(before, after, current) == wanted
