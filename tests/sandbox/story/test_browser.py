"""The browser without a screen: forms as they stand, cookies, and faults in plain words."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server

from backend.sandbox.errors import StepFailed
from backend.sandbox.story.browser import Browser, Page, changed

PAGE = """<html><body><main>
<form action="/other"><input name="x" value="1"></form>
<form method="post" action="/stay/d1/fields"><input type="hidden" name="csrf_token" value="t">
 <input name="guest:0a0a0a0a:surname" value="SMYTH"><input type="hidden" name="consent" value="">
 <input type="checkbox" name="consent" value="1"><input type="radio" name="by" value="self" checked>
 <input type="radio" name="by" value="host"><select name="stay:community"><option value=""></option>
 <option value="烟雨社区" selected>烟雨社区</option><option value="越秀社区"></option></select>
 <button>保存</button><button formaction="/stay/d1/submit?x=1">提交</button></form>
<a href="/my/cases/NH1">办件</a><div hx-get="/stay/d1/reading/f"></div>
</main></body></html>"""


@pytest.fixture
def page() -> Page:
    return Page(200, "/stay/d1", PAGE.encode())


def test_a_form_is_found_by_where_one_of_its_buttons_leads(page: Page) -> None:
    form = page.find_form("/submit")
    assert form is not None and form.actions == ["/stay/d1/fields", "/stay/d1/submit?x=1"]
    assert page.find_form("/fields") is not None
    assert page.find_form("/nowhere") is None


def test_it_sends_what_stands_in_it(page: Page) -> None:
    form = page.find_form("/fields")
    assert form is not None
    assert form.values == [
        ("csrf_token", "t"), ("guest:0a0a0a0a:surname", "SMYTH"), ("consent", ""), ("by", "self"),
        ("stay:community", "烟雨社区"),
    ]  # fmt: skip


def test_choices_are_those_that_can_be_made(page: Page) -> None:
    form = page.find_form("/fields")
    assert form is not None
    assert form.choices("by") == ["self", "host"]
    assert form.choices("stay:community") == ["烟雨社区", "越秀社区"]


def test_changes_replace_what_stood_there() -> None:
    values = changed([("a", "1"), ("b", "2"), ("b", "3")], {"b": "4", "c": ["5", "6"]})
    assert values == [("a", "1"), ("b", "4"), ("c", "5"), ("c", "6")]


def test_links_are_found_also_where_htmx_asks(page: Page) -> None:
    assert page.links("/my/") == ["/my/cases/NH1"]
    assert page.links("/reading/") == ["/stay/d1/reading/f"]


def test_an_empty_answer_is_a_page_too() -> None:
    assert Page(200, "/", b"").says() == ""


@pytest.fixture
def address() -> Iterator[str]:
    """A site that knows who has been there."""
    app = Flask("site")

    @app.get("/")
    def start() -> Response:
        answer = Response(PAGE)
        answer.set_cookie("session", "new", path="/")
        return answer

    @app.post("/stay/d1/submit")
    def submit() -> object:
        return redirect(f"/told?surname={request.form['guest:0a0a0a0a:surname']}&was={request.cookies['session']}")

    @app.get("/told")
    def told() -> str:
        return f"<main>{request.args['surname']} {request.args['was']}</main>"

    @app.get("/broken")
    def broken() -> tuple[str, int]:
        return "<main><p role='alert'>系统出了点问题</p></main>", 500

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_sends_a_form_and_follows_to_where_that_leads(address: str) -> None:
    browser = Browser(address, [])
    answer = browser.submit(browser.get("/"), "/submit", {"guest:0a0a0a0a:surname": "SMITH"})
    assert (answer.path, answer.says()) == ("/told", "SMITH new")


def test_a_cookie_brought_along_is_replaced_not_doubled(address: str) -> None:
    browser = Browser(address, [["session", "old", "/"]])
    browser.get("/")
    assert browser.cookies == [["session", "new", "/"]]


def test_faults_are_told_in_the_words_of_the_page(address: str) -> None:
    browser = Browser(address, [])
    with pytest.raises(StepFailed) as caught:
        browser.get("/broken")
    assert "500" in caught.value.says and "系统出了点问题" in caught.value.says
    with pytest.raises(StepFailed) as caught:
        browser.submit(browser.get("/"), "/nowhere")
    assert "没有这个按钮" in caught.value.says


def test_a_site_that_is_not_there_is_told_plainly() -> None:
    with pytest.raises(StepFailed) as caught:
        Browser("http://127.0.0.1:9", []).get("/")
    assert "没有回答" in caught.value.says
