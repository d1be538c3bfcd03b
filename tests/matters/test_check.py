"""`flask knowledge check`: what it finds, and that the shipped knowledge is clean."""

from pathlib import Path

import pytest

from backend.matters.check import check_folder
from tests.conftest import DAY, KNOWLEDGE
from tests.factories import write_matter


def faults_of(root: Path) -> str:
    return "\n".join(str(f) for f in check_folder(root, DAY)[1])


def test_the_small_folder_is_clean(knowledge: Path) -> None:
    assert faults_of(knowledge) == ""


def test_the_shipped_knowledge_is_clean() -> None:
    matters, faults = check_folder(KNOWLEDGE, DAY)
    assert [str(f) for f in faults] == []
    assert len(matters) >= 45
    assert len({m.category for m in matters}) == 11


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("zh\t两列", "3 columns"),
        ("xx\t问\tfee", "unknown language"),
        ("zh\t问\tprice", "unknown aspect"),
        ("zh\t \tfee", "1 to"),
        ("zh\t" + "长" * 500 + "\tfee", "1 to"),
        ("zh\t犬证是什么\tfee", "stands twice"),
        ("zh\t身份证到期了是什么\tfee", "also stands in"),
    ],
)
def test_a_bad_row_of_a_bank_is_told(knowledge: Path, row: str, told: str) -> None:
    bank = knowledge / "matters/public-order/dog-licence.questions.tsv"
    bank.write_text(bank.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    found = faults_of(knowledge)
    assert told in found
    assert "dog-licence.questions.tsv" in found or "also stands in" in found


def test_a_thin_bank_is_told(knowledge: Path) -> None:
    bank = knowledge / "matters/public-order/dog-licence.questions.tsv"
    bank.write_text("lang\tquestion\taspect\nzh\t狗证\toverview\n", encoding="utf-8")
    found = faults_of(knowledge)
    assert "1 questions; at least 40" in found
    assert "no question for: conditions" in found


def test_a_bank_without_matter_and_names_out_of_step_are_told(knowledge: Path) -> None:
    write_matter(knowledge, name="别的名字")
    (knowledge / "matters/public-order/dog-licence.yaml").unlink()
    found = faults_of(knowledge)
    assert "a bank without its matter file" in found
    assert "in catalogue.tsv" in found


def test_dates_in_the_future_are_told(knowledge: Path) -> None:
    write_matter(knowledge, reviewed="2027-01-01")
    assert "in the future" in faults_of(knowledge)
