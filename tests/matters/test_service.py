"""The catalogue reloads by itself and never loses a good version."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from backend.matters.schema import Category
from backend.matters.service import Catalogue, NoSuchMatter
from tests.conftest import DAY
from tests.factories import write_matter


def test_an_unknown_matter_is_told_kindly(catalogue: Catalogue) -> None:
    with pytest.raises(NoSuchMatter, match="没有找到"):
        catalogue.current.get_matter("nothing")


def test_an_edit_is_published(catalogue: Catalogue, knowledge: Path) -> None:
    seen = []
    catalogue.on_change(seen.append)
    write_matter(knowledge, summary="新的简介。")
    assert catalogue.refresh()
    assert catalogue.current.get_matter("id-card-renew").summary.zh == "新的简介。"
    assert seen == [catalogue.current]


def test_nothing_changed_publishes_nothing(catalogue: Catalogue) -> None:
    before = catalogue.current
    assert not catalogue.refresh()
    assert catalogue.current is before


@pytest.mark.parametrize("rubbish", ["a: [", "", "id: id-card-renew", "\x00\xff", "- 1\n- 2"])
def test_a_broken_file_leaves_the_last_good_version(catalogue: Catalogue, knowledge: Path, rubbish: str) -> None:
    good = catalogue.current.get_matter("id-card-renew")
    (knowledge / "matters/identity-card/id-card-renew.yaml").write_text(rubbish, encoding="utf-8")
    catalogue.refresh()
    assert catalogue.current.get_matter("id-card-renew") == good
    assert {f.path.name for f in catalogue.faults} == {"id-card-renew.yaml"}
    write_matter(knowledge)
    catalogue.refresh()
    assert catalogue.faults == []


def test_a_broken_bank_keeps_the_old_questions(catalogue: Catalogue, knowledge: Path) -> None:
    before = catalogue.current.banks["dog-licence"]
    (knowledge / "matters/public-order/dog-licence.questions.tsv").write_bytes(b"\xff\xfe")
    catalogue.refresh()
    assert catalogue.current.banks["dog-licence"] == before


def test_a_broken_profile_keeps_the_old_one(catalogue: Catalogue, knowledge: Path) -> None:
    (knowledge / "bureau.yaml").write_text("name: {", encoding="utf-8")
    catalogue.refresh()
    assert catalogue.current.bureau.name.zh == "某某分局"
    assert catalogue.faults


def test_a_removed_file_removes_its_matter(catalogue: Catalogue, knowledge: Path) -> None:
    shutil.rmtree(knowledge / "matters/public-order")
    catalogue.refresh()
    assert "dog-licence" not in catalogue.current.matters
    assert "dog-licence" in catalogue.current.listed


def test_rules_come_and_go_on_their_day(knowledge: Path) -> None:
    write_matter(knowledge, effective_from=date(2026, 12, 1), effective_until=date(2027, 1, 1))
    day = DAY
    catalogue = Catalogue(knowledge, day=lambda: day)
    assert "id-card-renew" not in catalogue.current.matters
    day = date(2026, 12, 1)
    assert catalogue.refresh()
    assert "id-card-renew" in catalogue.current.matters
    day = date(2027, 1, 2)
    catalogue.refresh()
    assert "id-card-renew" not in catalogue.current.matters


def test_the_nearest_office_is_first(catalogue: Catalogue) -> None:
    near = catalogue.current.bureau.nearest_offices(30.75, 120.89)
    assert [o.id for o in near] == ["east", "hall"]
    assert near[0].distance_km(30.75, 120.89) == pytest.approx(0.956, abs=0.01)


def test_matters_by_category(catalogue: Catalogue) -> None:
    assert [m.id for m in catalogue.current.in_category(Category.PUBLIC_ORDER)] == ["dog-licence"]
