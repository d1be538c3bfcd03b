"""The page of laws: complete, grouped by who made them, written once for a catalogue."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from backend.matters.schema import Source
from backend.matters.service import Catalogue
from backend.matters.stats import Cited, citations
from backend.portal.citations import Issuer, PerSnapshot, article_number, issuer_of, make_cites
from tests.portal.test_pages import page


def test_every_law_article_source_and_matter_is_on_the_page(client: FlaskClient, real_catalogue: Catalogue) -> None:
    html = page(client, "/citations").replace("&#34;", '"').replace("&amp;", "&")
    for matter in real_catalogue.current.matters.values():
        assert f'href="/m/{matter.id}"' in html
        assert all(str(source.address) in html for source in matter.sources), matter.id
        for basis in matter.legal_basis:
            assert basis.law.zh in html and (basis.article is None or basis.article.zh in html), (matter.id, basis.id)


def test_under_each_law_stand_just_the_matters_that_cite_it(real_catalogue: Catalogue) -> None:
    snapshot = real_catalogue.current
    shown = {law.name.zh: law for laws in make_cites(snapshot).laws.values() for law in laws}
    for cited in citations(snapshot.matters.values()):
        wanted = {(name, m.id) for name, matters in cited.articles.items() for m in matters}
        assert wanted == {(a.name.zh if a.name else "", m.id) for a in shown[cited.law].articles for m in a.matters}, (
            cited.law
        )


def test_a_source_stands_once_with_its_law_or_among_the_guides(real_catalogue: Catalogue) -> None:
    cites = make_cites(real_catalogue.current)
    behind = {str(s.address) for laws in cites.laws.values() for law in laws for s in law.sources}
    guides = [str(entry.source.address) for entry in cites.guidance]
    assert len(guides) == len(set(guides)) and not behind & set(guides)
    every = {str(s.address) for m in real_catalogue.current.matters.values() for s in m.sources}
    assert behind | set(guides) == every


def test_the_page_says_who_published_a_text_and_when_it_was_seen(client: FlaskClient) -> None:
    assert re.search(r"全国人民代表大会常务委员会</span> · 查看于 20\d\d年\d+月\d+日", page(client, "/citations"))


def test_headings_are_bilingual(client: FlaskClient) -> None:
    assert '<span class="cites__other" lang="en">' in page(client, "/citations")
    english = page(client, "/citations?lang=en")
    assert "Laws of the National People" in english and '<span class="cites__other" lang="zh-CN">' in english


def test_nothing_is_folded_so_that_the_browser_finds_it(client: FlaskClient) -> None:
    assert "<details" not in page(client, "/citations") and "<details" not in page(client, "/citations?big=1")


def test_the_footer_leads_there(client: FlaskClient) -> None:
    assert 'href="/citations"' in page(client, "/")


@pytest.mark.parametrize(
    ("law", "number", "publisher", "issuer"),
    [
        ("中华人民共和国户口登记条例", None, "全国人民代表大会常务委员会", Issuer.CONGRESS),
        ("住房租赁条例", "国务院令第812号", "德安县人民政府", Issuer.STATE_COUNCIL),
        ("旅馆业治安管理办法", None, "国务院批准，公安部发布", Issuer.STATE_COUNCIL),
        ("机动车登记规定", "公安部令第164号", "公安部", Issuer.MINISTRIES),
        ("浙江省流动人口居住登记条例", None, "华夏时报（转载）", Issuer.LOCAL),
        ("嘉兴市养犬管理条例", None, "嘉兴市人民代表大会常务委员会", Issuer.LOCAL),
        ("城市道路管理条例", "国务院令第198号", "国务院", Issuer.STATE_COUNCIL),
        ("保安服务公司许可审批申报材料", None, "海口市公安局（转载）", Issuer.OTHER),
    ],
)
def test_texts_are_grouped_by_who_made_them(law: str, number: str | None, publisher: str, issuer: Issuer) -> None:
    source = Source(id="s", title="t", publisher=publisher, address="https://a.example/", seen=date(2026, 11, 1))
    assert issuer_of(Cited(law, number, {"https://a.example/": source}, {})) is issuer


@pytest.mark.parametrize(
    ("name", "number"),
    [("第三条", 3), ("第十条", 10), ("第十七条", 17), ("第四十七条", 47), ("第一百零五条", 105),
     ("第一千一百零五条第二款", 1105), ("第二十二条、第二十三条", 22), ("", 0), ("附件一", 1)],
)  # fmt: skip
def test_articles_are_counted_as_people_count(name: str, number: int) -> None:
    assert article_number(name) == number


def test_what_was_made_of_a_snapshot_is_kept_until_the_next(real_catalogue: Catalogue) -> None:
    kept, one = PerSnapshot(), real_catalogue.current
    other = type(one)(one.matters, one.banks, one.listed, one.bureau)
    assert kept.get(one, "zh") is None
    kept.keep(one, "zh", "made")
    assert kept.get(one, "zh") == "made" and kept.get(one, "en") is None and kept.get(other, "zh") is None
    kept.keep(other, "en", "new")
    assert kept.get(one, "zh") is None and kept.get(other, "en") == "new"
