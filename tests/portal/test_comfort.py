"""Large type for elders, dates in words, reading aloud, and the card a shared link shows."""

import io
import re
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from PIL import Image

from backend.matters.schema import Aspect, Matter
from backend.matters.service import Catalogue
from backend.portal.card import Card, draw_card
from backend.portal.comfort import sentences
from backend.portal.facts import Fact, fee_in_short, time_in_short
from tests.factories import matter_data
from tests.portal.test_pages import ACCOMMODATION, page

OG = re.compile(r'<meta property="og:([a-z:_]+)" content="([^"]*)">')
PICTURE_BYTES = 60 * 1024


def is_big(html: str) -> bool:
    return '<html lang="zh-CN" class="big">' in html


@pytest.mark.parametrize("address", ["/", "/search?q=证", "/c/foreigner", ACCOMMODATION, "/privacy", "/citations"])
def test_every_page_can_be_large_and_stays_so(client: FlaskClient, address: str) -> None:
    assert not is_big(page(client, address))
    assert is_big(page(client, f"{address}{'&' if '?' in address else '?'}big=1"))
    assert is_big(page(client, address))
    assert not is_big(page(client, f"{address}{'&' if '?' in address else '?'}big=0"))
    assert not is_big(page(client, address))


def test_a_page_that_is_not_there_is_large_too(client: FlaskClient) -> None:
    page(client, "/?big=1")
    assert is_big(page(client, "/m/no-such-matter", 404))


def test_an_unknown_size_changes_nothing(client: FlaskClient) -> None:
    response = client.get("/?big=yes")
    assert not is_big(response.get_data(as_text=True)) and "Set-Cookie" not in response.headers


def test_the_switch_keeps_the_page_and_leads_back(client: FlaskClient) -> None:
    assert 'href="/search?q=%E8%AF%81&amp;big=1">长辈版' in page(client, "/search?q=证")
    assert f'href="{ACCOMMODATION}?big=0">标准版' in page(client, f"{ACCOMMODATION}?big=1")


def test_size_and_language_are_chosen_apart(client: FlaskClient) -> None:
    page(client, "/?big=1")
    html = page(client, f"{ACCOMMODATION}?lang=en")
    assert 'class="big"' in html and "First of all" in html


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_for_elders_what_to_do_comes_first_and_the_rest_is_folded(
    client: FlaskClient, real_catalogue: Catalogue, lang: str
) -> None:
    for matter_id in real_catalogue.current.matters:
        html = page(client, f"/m/{matter_id}?big=1&lang={lang}")
        assert html.index('class="card first"') < html.index("<details")
        assert html.count('<details class="card plain"') == len(Aspect) - 1
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)) and {aspect.value for aspect in Aspect} <= set(ids), matter_id
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids), matter_id


def test_the_large_style_is_written_in_the_readers_own_unit(client: FlaskClient) -> None:
    """125 % of the phone's 16 px are 20; a size in px would not grow with the phone's own setting."""
    css = client.get("/portal/static/portal.css").get_data(as_text=True)
    elders = css[css.index("html.big {") :]
    assert "font-size: 125%" in elders and not re.search(r"font-size: [\d.]+px", css)
    assert [size for size in re.findall(r"font-size: ([\d.]+)rem", elders) if float(size) < 1] == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("先申请。再领证！好吗？", ["先申请。", "再领证！", "好吗？"]),
        ("他说“可以。”就走了。", ["他说“可以。”就走了。"]),
        ("Come in. Bring No. 3 form, e.g. a copy.", ["Come in.", "Bring No. 3 form, e.g. a copy."]),
        ("只有一句", ["只有一句"]),
    ],
)
def test_sentences_are_told_apart(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_sentences_stand_on_lines_of_their_own_for_elders_only(client: FlaskClient) -> None:
    assert 'class="sentence"' not in page(client, ACCOMMODATION)
    assert 'class="sentence"' in page(client, f"{ACCOMMODATION}?big=1")


def test_days_are_written_as_they_are_spoken(client: FlaskClient, real_catalogue: Catalogue) -> None:
    seen = real_catalogue.current.matters["foreigner-accommodation"].sources[0].seen
    assert f"{seen.year}年{seen.month}月{seen.day}日" in page(client, ACCOMMODATION)
    html = page(client, f"{ACCOMMODATION}?lang=en")
    assert f"{seen:%B} {seen.day}, {seen.year}" in html
    shown = re.sub(r"<[^>]+>", "", html)
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", shown)


def test_a_matter_can_be_read_aloud_where_the_phone_has_a_voice(client: FlaskClient) -> None:
    html = page(client, ACCOMMODATION)
    button = re.search(r'<button class="button speak__button"[^>]*>', html)
    assert button and " hidden" in button[0]
    script = client.get("/portal/static/speak.js").get_data(as_text=True)
    assert "speak.js" in html and "speechSynthesis" in script and "button.hidden = false" in script


def test_headings_never_skip_a_level(client: FlaskClient, real_catalogue: Catalogue) -> None:
    one_of_each = {matter.category: matter.id for matter in real_catalogue.current.matters.values()}.values()
    for address in ["/", "/citations", *(f"/m/{id_}?big={big}" for id_ in one_of_each for big in "01")]:
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page(client, address))]
        assert levels[0] == 1 and levels.count(1) == 1, address
        assert all(after - before <= 1 for before, after in pairwise(levels)), address


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_shared_matter_tells_its_name_and_three_facts(client: FlaskClient, lang: str) -> None:
    shared = dict(OG.findall(page(client, f"{ACCOMMODATION}?lang={lang}")))
    name, free = {
        "zh": ("境外人员住宿登记", "收费：不收费"),
        "en": ("Accommodation registration", "Fees: Free of charge. "),
    }[lang]
    assert name in shared["title"] and free in shared["description"]
    assert {"type", "site_name", "locale", "image", "image:width", "image:height", "image:alt"} <= set(shared)
    assert re.match(rf"https?://[^/]+/card/foreigner-accommodation\.png\?lang={lang}&amp;v=\w{{10}}$", shared["image"])
    assert client.get("/" + shared["image"].split("/", 3)[3].replace("&amp;", "&")).status_code == 200


def test_other_pages_share_the_bureaus_card(client: FlaskClient) -> None:
    assert "/card.png?lang=zh" in dict(OG.findall(page(client, "/")))["image"]


@pytest.mark.parametrize(
    "address",
    ["/card.png", "/card.png?lang=en", "/card/foreigner-accommodation.png", "/card/driver-licence-renew.png?lang=en"],
)
def test_a_card_is_a_small_picture_of_the_agreed_size(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.mimetype == "image/png" and response.cache_control.public
    assert len(response.data) <= PICTURE_BYTES
    assert Image.open(io.BytesIO(response.data)).size == (1200, 630)


def test_the_longest_name_still_fits() -> None:
    card = Card("嘉兴市公安局", "很长的事项名称" * 20, tuple(Fact("收费", "看情况，" * 20) for _ in range(3)))
    assert len(draw_card(card)) <= PICTURE_BYTES


def test_a_card_that_says_something_else_has_another_address() -> None:
    facts = (Fact("收费", "20 元"),)
    assert Card("局", "名", facts).version != Card("局", "名", (Fact("收费", "30 元"),)).version
    assert Card("局", "名", facts).version == Card("局", "名", (Fact("收费", "20 元"),)).version


def test_a_card_of_no_matter_is_not_there(client: FlaskClient) -> None:
    assert client.get("/card/no-such-matter.png").status_code == 404


def made(**changes: object) -> Matter:
    return Matter.model_validate(matter_data(**changes))


@pytest.mark.parametrize(
    ("amounts", "says"),
    [([], "不收费"), ([2000], "20 元"), ([1000, 4050], "10 到 40.50 元"), ([0], "免费"), ([2000, None], "按情况")],
)
def test_the_fee_in_short(client: FlaskClient, amounts: list[int | None], says: str) -> None:
    with client.application.test_request_context("/?lang=zh"):
        assert fee_in_short(made(fees=[{"name": "费", "amount_fen": fen} for fen in amounts])) == says


@pytest.mark.parametrize(
    ("limits", "instant", "says"),
    [
        (
            {"promised": {"text": "快", "working_days": 3}, "statutory": {"text": "慢", "working_days": 9}},
            False,
            "3 个工作日",
        ),
        ({"statutory": {"text": "慢", "days": 60}}, False, "60 天"),
        ({"statutory": {"text": "慢", "hours": 24}}, False, "24 小时"),
        ({"promised": {"text": "马上", "working_days": 0}}, False, "当场办结"),
        ({"statutory": {"text": "没有规定"}}, False, "没有统一时限"),
        ({}, True, "当场办结"),
    ],
)
def test_the_time_in_short(client: FlaskClient, limits: dict[str, object], instant: bool, says: str) -> None:
    with client.application.test_request_context("/?lang=zh"):
        assert time_in_short(made(time_limits=limits, instant=instant)) == says
