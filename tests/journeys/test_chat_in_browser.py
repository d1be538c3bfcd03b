"""A newcomer opens the phone in the browser, asks, taps the answer's link, looks around the guide.

The real server runs in a process of its own, with a data folder of its own; only what
was learnt of the questions is shared with the other tests, because learning takes minutes.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from backend import create_app
from backend.config import ROOT, Settings
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.db import db
from backend.matters.service import Catalogue
from tests.conftest import KNOWLEDGE

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
START_SECONDS, STOP_SECONDS, ANSWER_MS = 120, 10, 20_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, kept_data: Path) -> Iterator[str]:
    """Start the real server on a copy of the knowledge; return where it listens."""
    data = tmp_path_factory.mktemp("instance")
    knowledge = shutil.copytree(KNOWLEDGE, data / "knowledge")
    _learn(Settings(_env_file=None, data_dir=kept_data, knowledge_dir=knowledge))
    (data / "consult").symlink_to(kept_data / "consult", target_is_directory=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    _make_tables(Settings(_env_file=None, data_dir=data, knowledge_dir=knowledge, public_url=url))
    environment = {**os.environ, "EPOLICE_DATA_DIR": str(data), "EPOLICE_PUBLIC_URL": url}
    environment["EPOLICE_KNOWLEDGE_DIR"] = str(knowledge)
    flags = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    flags += ["--blocking-threads", "8", "--log-level", "warning"]
    command = [sys.executable, "-m", "granian", *flags, "wsgi:app"]
    with (
        (data / "log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True) as server,
    ):
        try:
            _wait_until_ready(url, server, data / "log")
            yield url
        finally:
            _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)


def _learn(settings: Settings) -> None:
    """Learn the questions before the server has to, unless another test or run already did."""
    Consultant(settings, Catalogue(settings.knowledge_dir), MemoryStore())


def _make_tables(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        db.create_all()


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    pause = Event()
    for _ in range(START_SECONDS * 5):
        if server.poll() is not None:
            pytest.fail(f"the server stopped: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.2)
    pytest.fail(f"the server was not ready in time: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone-sized page; any fault of a script fails the test."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


def ask(page: Page, question: str) -> None:
    page.get_by_label("发消息", exact=True).fill(question)
    page.get_by_role("button", name="发送").click()


def test_a_question_is_answered_with_its_law_and_the_link_opens_the_guide(page: Page, address: str) -> None:
    page.goto(f"{address}/sandbox")
    expect(page.locator(".line--account").first).to_be_visible(timeout=ANSWER_MS)  # the welcome
    before = page.locator(".line--account").count()
    ask(page, "老外朋友住到我家里，要去派出所登记吗？")
    answer = page.locator(".line--account").nth(before)
    expect(answer).to_contain_text("出境入境管理法", timeout=ANSWER_MS)
    expect(answer).to_contain_text("第三十九条")
    answer.get_by_role("link").last.click()
    guide = page.frame_locator("#inner-frame")
    expect(guide.get_by_role("heading", level=1)).to_have_text("境外人员住宿登记")
    page.get_by_role("button", name="关闭网页").click()
    expect(page.locator("#inner")).to_be_hidden()


def test_the_panel_tells_what_went_over_the_wire(page: Page, address: str) -> None:
    page.goto(f"{address}/sandbox")
    expect(page.locator(".line--account").first).to_be_visible(timeout=ANSWER_MS)
    page.get_by_role("button", name="腾讯侧").click()
    expect(page.locator("#summary")).to_contain_text("收到回复")
    expect(page.locator(".call pre").first).to_contain_text("<MsgType><![CDATA[event]]></MsgType>")
    page.locator("#how select[name=broken]").select_option("bad-signature")
    page.get_by_role("button", name="回到手机").click()
    ask(page, "在吗")
    expect(page.locator(".notice").last).to_contain_text("暂时无法提供服务", timeout=ANSWER_MS)


def test_a_message_sent_again_gets_the_same_answer(page: Page, address: str) -> None:
    page.goto(f"{address}/sandbox")
    expect(page.locator(".line--account").first).to_be_visible(timeout=ANSWER_MS)
    count = page.locator(".line--account").count()
    ask(page, "身份证过期了怎么换")
    expect(page.locator(".line--account")).to_have_count(count + 1, timeout=ANSWER_MS)
    page.get_by_role("button", name="腾讯侧").click()
    page.get_by_role("button", name=re.compile("原样重发")).click()
    expect(page.locator(".line--account")).to_have_count(count + 2, timeout=ANSWER_MS)
    first, again = page.locator(".line--account .bubble").all_text_contents()[-2:]
    assert first == again


def test_searching_finds_while_typing(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("searchbox").press_sequentially("港澳签注", delay=20)
    hit = page.locator("#results").get_by_role("link", name=re.compile("港澳通行证签注"))
    expect(hit.first).to_be_visible(timeout=ANSWER_MS)
    hit.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("往来港澳通行证签注")


def test_the_checklist_is_remembered_on_the_phone(page: Page, address: str) -> None:
    page.goto(f"{address}/m/foreigner-accommodation#materials")
    page.get_by_role("checkbox").first.check()
    expect(page.locator(".checklist-count")).to_contain_text("已备好 1 /")
    page.reload()
    expect(page.get_by_role("checkbox").first).to_be_checked()


def test_without_javascript_everything_is_still_found(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-GB", java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.get_by_role("searchbox").fill("register my address with the police")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=re.compile("Accommodation registration")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Accommodation registration")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("境外人员住宿登记")
    context.close()


@pytest.mark.parametrize(
    "path", ["/", "/search?q=护照", "/c/foreigner", "/m/hmt-residence-permit", "/sandbox", "/m/no"]
)
@pytest.mark.parametrize("width", [320, 375, 414])
def test_no_page_is_wider_than_the_phone(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
