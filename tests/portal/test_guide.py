"""A matter as its page shows it, and the lists."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.config import ROOT
from backend.matters.schema import Category, Fee, Matter, Text
from backend.matters.service import Catalogue
from backend.portal import guide, listing
from tests.portal.conftest import ByName, with_unwritten


def matter_of(real_catalogue: Catalogue) -> Matter:
    return real_catalogue.current.matters["foreigner-accommodation"]


def test_a_guide_is_stale_the_day_after_its_review_was_due(real_catalogue: Catalogue) -> None:
    matter = matter_of(real_catalogue)
    due = matter.reviewed + timedelta(days=matter.review_every_days)
    assert not guide.make_guide(matter, real_catalogue.current, due).stale
    assert guide.make_guide(matter, real_catalogue.current, due + timedelta(days=1)).stale


def test_references_are_numbered_laws_first(real_catalogue: Catalogue) -> None:
    matter = matter_of(real_catalogue)
    references = guide.number_references(matter)
    ids = [law.id for law in matter.legal_basis] + [source.id for source in matter.sources]
    assert [references[id_].number for id_ in ids] == list(range(1, len(ids) + 1))


def test_steps_stand_under_their_stage_in_order(real_catalogue: Catalogue) -> None:
    for matter in real_catalogue.current.matters.values():
        walked = [step for _, steps in guide.by_stage(matter.steps) for step in steps]
        assert walked == matter.steps


@pytest.mark.parametrize(("fen", "shown"), [(2000, "20"), (550, "5.50"), (5, "0.05"), (0, "0"), (None, "")])
def test_amounts_read_as_people_write_them(fen: int | None, shown: str) -> None:
    assert guide.yuan(Fee(name=Text(zh="工本费"), amount_fen=fen)) == shown


def test_a_map_link_holds_the_place(real_catalogue: Catalogue) -> None:
    office = real_catalogue.current.bureau.offices[0]
    assert guide.map_address(office).startswith(f"geo:{office.latitude},{office.longitude}?q=")


def test_every_listed_matter_stands_on_one_shelf(real_catalogue: Catalogue) -> None:
    shown = [link.id for shelf in listing.make_shelves(real_catalogue.current) for link in shelf.links]
    assert sorted(shown) == sorted(set(real_catalogue.current.listed) | set(real_catalogue.current.matters))


def test_written_matters_come_first_on_a_shelf(real_catalogue: Catalogue) -> None:
    for category in Category:
        written = [bool(link.matter) for link in listing.make_shelf(real_catalogue.current, category).links]
        assert written == sorted(written, reverse=True)


def test_a_search_also_finds_names_that_are_only_listed(knowledge: Path) -> None:
    catalogue = with_unwritten(knowledge)
    found = listing.search_links(catalogue.current, ByName(catalogue), "边境")
    assert [(link.id, link.matter) for link in found] == [("border-pass", None)]


def test_common_matters_are_those_of_the_file_that_are_written(real_catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "portal.yaml"
    file.write_text("common: {zh: [no-such-thing, foreigner-accommodation]}", encoding="utf-8")
    assert [x.id for x in listing.common_links(real_catalogue.current, file, "zh")] == ["foreigner-accommodation"]
    assert listing.common_links(real_catalogue.current, file, "en") == []


@pytest.mark.parametrize("content", ["", "[]", "common: 3", "common: {zh: 3}", "a: [", "\x00"])
def test_a_bad_list_of_common_matters_does_no_harm(tmp_path: Path, content: str) -> None:
    file = tmp_path / "portal.yaml"
    file.write_text(content)
    assert listing.read_common(file) == {}


def test_the_shipped_list_names_only_listed_matters(real_catalogue: Catalogue) -> None:
    rows = listing.read_common(ROOT / "knowledge/portal.yaml")
    assert set(rows) == {"zh", "en"}
    assert {i for ids in rows.values() for i in ids} <= set(real_catalogue.current.listed)
