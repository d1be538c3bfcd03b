"""Which language a page speaks, and that the English one lacks nothing."""

import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from backend import errors, web
from backend.cases import errors as case_errors
from backend.cases.wording import DECIDED, ENDED
from backend.config import ROOT
from tests.portal.conftest import ENGLISH

METHODS = [("portal/**.py", "python"), ("templates/**.html", "jinja2"), ("portal/templates/**.html", "jinja2")]


def h1(client: FlaskClient, address: str, **headers: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", client.get(address, headers=headers).get_data(as_text=True))
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("accepts", "title"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "办事指南"),
        ("en-GB", "Service guide"),
        ("ja,ko;q=0.5", "Service guide"),
        ("", "办事指南"),
    ],
)
def test_the_browser_chooses_until_the_citizen_does(client: FlaskClient, accepts: str, title: str) -> None:
    assert h1(client, "/", **{"Accept-Language": accepts}) == title


def test_a_language_chosen_is_remembered(client: FlaskClient) -> None:
    assert h1(client, "/?lang=en") == "Service guide"
    assert h1(client, "/") == "Service guide"
    assert h1(client, "/?lang=zh") == "办事指南"


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    response = client.get("/?lang=xx")
    assert response.status_code == 200 and "Set-Cookie" not in response.headers


def test_a_foreigners_matter_is_english_throughout(client: FlaskClient) -> None:
    html = client.get("/m/foreigner-accommodation?lang=en").get_data(as_text=True)
    assert "Article 39" in html and "Chinese only" not in html
    shown = re.sub(r"(?s)<head>.*?</head>|<[^>]*lang=\"zh-CN\"[^>]*>[^<]*<|<[^>]+>", "", html)
    assert re.findall(r"[\u4e00-\u9fff]+", shown) == []


def test_a_matter_without_english_says_so_and_marks_its_chinese(client: FlaskClient) -> None:
    html = client.get("/m/id-card-renew?lang=en").get_data(as_text=True)
    assert "available in Chinese only" in html
    assert '<h1><span lang="zh-CN">' in html


def test_the_switch_keeps_the_page_and_the_question(client: FlaskClient) -> None:
    html = client.get("/search?q=护照").get_data(as_text=True)
    assert 'href="/search?q=%E6%8A%A4%E7%85%A7&amp;lang=en"' in html


def test_every_sentence_of_the_pages_has_its_english() -> None:
    with ENGLISH.open("rb") as source:
        english = read_po(source)
    wanted = {
        str(message)
        for _, _, message, _, _ in extract_from_dir(
            ROOT / "backend", METHODS, keywords={"_": None, "lazy_gettext": None, "gettext": None}
        )
    }
    wanted |= {kind.says for kind in _family(errors.Refusal) if kind.__module__ == "backend.errors"}
    wanted |= set(web.SAYS.values())
    wanted |= {
        kind.says
        for kind in vars(case_errors).values()
        if isinstance(kind, type) and kind.__module__ == case_errors.__name__
    }
    wanted |= set(ENDED.values()) | {DECIDED}
    assert len(wanted) > 100
    assert {m for m in wanted if m not in english or not english[m].string} == set()


def _family(kind: type[errors.Refusal]) -> set[type[errors.Refusal]]:
    return {kind}.union(*(_family(k) for k in kind.__subclasses__()))
