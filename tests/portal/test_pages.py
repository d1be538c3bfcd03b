"""What citizens read, page by page."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.matters.schema import Aspect, Category
from backend.matters.service import Catalogue
from tests.portal.conftest import make_portal, with_unwritten

ACCOMMODATION = "/m/foreigner-accommodation"


def page(client: FlaskClient, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status, address
    return response.get_data(as_text=True)


def test_home_offers_search_every_category_and_hotlines(client: FlaskClient) -> None:
    html = page(client, "/")
    assert 'role="search"' in html
    assert all(f"/c/{category.value}" in html for category in Category)
    assert 'href="tel:110"' in html


def test_every_written_matter_has_a_page_in_both_languages(client: FlaskClient, real_catalogue: Catalogue) -> None:
    for matter_id in real_catalogue.current.matters:
        for lang in ("zh", "en"):
            page(client, f"/m/{matter_id}?lang={lang}")


def test_a_matter_page_has_an_anchor_for_every_aspect(client: FlaskClient) -> None:
    html = page(client, ACCOMMODATION)
    assert [a.value for a in Aspect if html.count(f'id="{a.value}"') != 1] == []


def test_no_id_stands_twice_on_any_matter_page(client: FlaskClient, real_catalogue: Catalogue) -> None:
    for matter_id in real_catalogue.current.matters:
        ids = re.findall(r'\bid="([^"]+)"', page(client, f"/m/{matter_id}"))
        assert len(ids) == len(set(ids)), matter_id


def test_links_within_a_matter_page_lead_somewhere(client: FlaskClient, real_catalogue: Catalogue) -> None:
    for matter_id in real_catalogue.current.matters:
        html = page(client, f"/m/{matter_id}")
        ids = set(re.findall(r'\bid="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= ids, matter_id


def test_a_matter_page_shows_law_source_and_review(client: FlaskClient, real_catalogue: Catalogue) -> None:
    html = page(client, ACCOMMODATION)
    matter = real_catalogue.current.matters["foreigner-accommodation"]
    assert "第三十九条" in html
    assert all(str(source.address).split("/")[2] in html for source in matter.sources)
    assert f"最近复核：{matter.reviewed.year}年{matter.reviewed.month}月{matter.reviewed.day}日" in html


def test_a_conditional_material_says_when_and_a_shared_one_whose(
    client: FlaskClient, real_catalogue: Catalogue
) -> None:
    html = page(client, ACCOMMODATION)
    materials = real_catalogue.current.matters["foreigner-accommodation"].materials
    conditions = [item.when.zh for item in materials if item.when]
    assert conditions and all(f"仅当：{when}" in html for when in conditions)
    assert html.count("可以不用带：") == sum(1 for item in materials if item.shared_from)


def test_a_reader_chooses_a_situation_and_sees_only_what_concerns_it(client: FlaskClient) -> None:
    page = client.get("/m/id-card-renew").text
    chosen = client.get("/m/id-card-renew?s=minor").text
    assert 'href="/m/id-card-renew?s=minor#case"' in page and "监护人代为申请" in page
    assert 'href="/m/id-card-renew#case" aria-current="true"' in chosen  # taken again, it is undone
    assert "监护人代为申请" in chosen and len(chosen) < len(page)
    assert "s=minor&amp;s=zhejiang" in chosen or "s=zhejiang&amp;s=minor" in chosen


@pytest.mark.parametrize(
    "query", ["s=nonsense", "s=minor&s=adult", "s=" + "x" * 3000, "&".join(["s=minor"] * 500), "s=%ff"]
)
def test_a_situation_that_is_not_one_changes_nothing(client: FlaskClient, query: str) -> None:
    assert client.get(f"/m/id-card-renew?{query}").status_code == 200


def test_a_listed_matter_without_a_file_helps_on(knowledge: Path) -> None:
    client = make_portal(with_unwritten(knowledge), knowledge).test_client()
    html = page(client, "/m/border-pass")
    assert "边境管理区通行证" in html and "整理中" in html and 'href="tel:12345"' in html
    assert "/m/border-pass" in page(client, "/c/exit-entry")


@pytest.mark.parametrize("address", ["/m/no-such-matter", "/c/no-such-category", "/portal/vendor/package.json"])
def test_what_does_not_exist_is_a_page_that_says_so(client: FlaskClient, address: str) -> None:
    assert "回到首页" in page(client, address, 404)


def test_search_is_a_page_and_for_htmx_a_fragment(client: FlaskClient) -> None:
    whole = page(client, "/search?q=住宿登记")
    part = page(client, "/search?q=住宿登记", **{"HX-Request": "true"})
    assert ACCOMMODATION in whole and ACCOMMODATION in part
    assert "<html" in whole and "<html" not in part


def test_a_search_without_words_shows_the_form(client: FlaskClient) -> None:
    html = page(client, "/search")
    assert 'role="search"' in html and "没有找到" not in html


def test_what_is_searched_is_shown_harmlessly(client: FlaskClient) -> None:
    html = page(client, "/search?q=<script>alert(1)</script>")
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_a_very_long_search_is_cut(client: FlaskClient) -> None:
    assert "好" * 101 not in page(client, "/search?q=" + "好" * 3000)


def test_answers_differ_by_language_and_by_htmx_so_caches_are_told(client: FlaskClient) -> None:
    vary = {v.lower() for v in client.get("/search?q=x").vary}
    assert {"accept-language", "cookie", "hx-request"} <= vary


def test_no_page_needs_an_inline_script(client: FlaskClient) -> None:
    for address in ("/", "/search?q=证", "/c/foreigner", ACCOMMODATION):
        html = page(client, address)
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"\son[a-z]+=", html)


def test_our_own_files_may_be_kept_by_the_browser(client: FlaskClient) -> None:
    html = page(client, "/")
    address = re.search(r'href="(/portal/static/portal\.css\?v=\w+)"', html)
    assert address
    assert client.get(address[1]).status_code == 200
