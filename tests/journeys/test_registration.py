"""A foreigner registers from the phone, a community officer checks, visits and issues: two phones, real servers.

Once on what `make run` starts (SQLite, one web process, one worker), once on PostgreSQL and Redis with
two web processes and a worker; once in English, once in Chinese.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from backend import create_app
from backend.accommodation.form.verifying import verify
from backend.clock import SHANGHAI
from backend.config import Settings
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.db import db
from backend.house import house
from backend.identity.demo import make_demo_officers
from backend.matters.service import Catalogue
from backend.sandbox.specimens import LeaseText, document, lease_page, people
from tests import servers
from tests.cast import small_knowledge
from tests.journeys.test_chat_in_browser import CHROMIUM, PHONE, QUIET

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # two servers and a browser share the machine
READ_MS = 60_000  # one passport on a busy machine
STATION, COMMUNITY = "station-nanhu", "烟雨社区"


@dataclass(frozen=True)
class Words:
    """What the pages say in one language, as far as the journey needs it."""

    locale: str
    start: str
    read: str
    send_code: str
    confirm: str
    submit: str
    valid: str


ENGLISH = Words("en-US", "Start", "read", "Send code", "Confirm", "Submit", "Valid")
CHINESE = Words("zh-CN", "开始登记", "已读出", "发验证码", "确认", "提交", "有效")


@dataclass(frozen=True)
class Town:
    """A running house: where its pages are, and the folder with its demo officers."""

    address: str
    data: Path
    words: Words


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, kept_data: Path) -> Iterator[Town]:
    data = tmp_path_factory.mktemp(f"town-{request.param}")
    knowledge = small_knowledge(data / "knowledge")
    Consultant(
        Settings(_env_file=None, data_dir=kept_data, knowledge_dir=knowledge), Catalogue(knowledge), MemoryStore()
    )
    (data / "consult").symlink_to(kept_data / "consult", target_is_directory=True)
    grown = request.param == "postgresql"
    with ExitStack() as running:
        url = f"http://127.0.0.1:{servers.free_port()}"
        environment = {
            "EPOLICE_DATA_DIR": str(data), "EPOLICE_FILES_DIR": str(data / "files"), "EPOLICE_PUBLIC_URL": url,
            "EPOLICE_KNOWLEDGE_DIR": str(knowledge), "EPOLICE_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        if grown:
            environment["EPOLICE_DATABASE_URL"] = running.enter_context(servers.postgres())
            environment["EPOLICE_REDIS_URL"] = running.enter_context(servers.redis(data))
        _prepare(data, knowledge, url, environment)
        running.enter_context(servers.web(environment, data / "web", workers=2 if grown else 1))
        running.enter_context(servers.worker(environment, data / "worker"))
        yield Town(url, data, ENGLISH if grown else CHINESE)


def _prepare(data: Path, knowledge: Path, url: str, environment: dict[str, str]) -> None:
    """Make the tables by the migrations, and the demo officers."""
    settings = Settings(
        _env_file=None, data_dir=data, files_dir=data / "files", knowledge_dir=knowledge, public_url=url,
        database_url=environment.get("EPOLICE_DATABASE_URL", ""), log_level="ERROR",
    )  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        upgrade()
        make_demo_officers(settings, house(app).catalogue.current.bureau)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def phones(browser: Browser, town: Town) -> Iterator[tuple[Page, Page]]:
    """The foreigner's phone and the officer's; a fault of a script fails the test."""
    faults: list[str] = []
    contexts = [_phone(browser, town.words.locale), _phone(browser, "zh-CN")]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()
    assert faults == []


def _phone(browser: Browser, locale: str) -> BrowserContext:
    return browser.new_context(viewport=PHONE, locale=locale, reduced_motion="reduce", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]


def test_from_the_photo_to_the_checked_form(phones: tuple[Page, Page], town: Town, tmp_path: Path) -> None:
    foreigner, officer = phones
    number = register(foreigner, town, tmp_path)
    log_in(officer, town)
    check_and_issue(officer, town, number)
    look_at_form(foreigner, town, number)


def register(page: Page, town: Town, folder: Path) -> str:
    """Go through the whole form; return the case's number."""
    words = town.words
    person = people(1, seed=7)[0]
    passport, lease = folder / "passport.jpg", folder / "lease.jpg"
    document(person, "TD3").save(passport, quality=88)
    today = datetime.now(SHANGHAI).date()
    lease_page(
        LeaseText("样本房东", person.surname, "嘉兴市南湖区烟雨社区8幢301室", today, today + timedelta(days=300))
    ).save(lease, quality=88)

    page.goto(f"{town.address}/sandbox")  # who opens the sandbox has a WeChat of his own
    expect(page.locator(".line--account").first).to_be_visible(timeout=20_000)
    page.goto(f"{town.address}/stay")
    page.get_by_role("button", name=words.start).click()
    page.wait_for_load_state()  # a thumb is slower than a script
    page.locator("input[type=file][name^='photo:passport:']").set_input_files(passport)
    expect(page.locator(".guest .taken__ok").first).to_contain_text(words.read, timeout=READ_MS)
    expect(page.locator("input[name$=':surname']")).to_have_value(person.surname)
    expect(page.locator("input[name$=':document_number']")).to_have_value(person.document_number)

    page.locator("input[name='stay:check_in_at']").fill(datetime.now(SHANGHAI).strftime("%Y-%m-%dT00:30"))
    page.locator("select[name='stay:housing']").select_option("rented")
    page.locator("input[type=file][name='photo:lease']").set_input_files(lease)
    expect(page.locator("#home .taken__ok")).to_be_visible(timeout=READ_MS)
    page.locator("input[name='stay:address']").fill("嘉兴市南湖区烟雨社区8幢301室")
    page.locator("select[name='stay:community']").select_option(COMMUNITY)
    page.locator("input[name='host:name']").fill("样本房东")
    page.locator("input[name='host:phone']").fill("13800000002")
    confirm_phone(page, town)
    page.locator(".times .chip").first.click()
    if page.locator("input[type=checkbox][name$=':checked']").count():
        page.locator("input[type=checkbox][name$=':checked']").check()
    page.locator("#consent").check()
    page.get_by_role("button", name=words.submit, exact=True).dblclick()  # an impatient thumb
    page.wait_for_url(re.compile(r"/my/cases/NH\d+"))
    return re.findall(r"NH\d+", page.url)[0]


def confirm_phone(page: Page, town: Town, number: str = "13800008888") -> None:
    page.locator("#phone-number").fill(number)
    page.get_by_role("button", name=town.words.send_code).click()
    expect(page.locator("#phone-code")).to_be_visible()
    page.locator("#phone-code").fill(code_from_inbox(page, town, number))
    page.locator("[data-send=code]").click()
    expect(page.locator(".phone__ok")).to_be_visible()


def code_from_inbox(page: Page, town: Town, number: str) -> str:
    """Return the code in the newest SMS to the number, once the worker has sent it."""
    for _ in range(150):
        with urllib.request.urlopen(f"{town.address}/sandbox/inbox", timeout=10) as response:
            found = [sms for sms in json.load(response)["sms"] if sms["number"].endswith(number)]
        codes = re.findall(r"(?<!\d)\d{6}(?!\d)", found[0]["text"]) if found else []
        if codes:
            return str(codes[0])
        page.wait_for_timeout(200)
    pytest.fail("no SMS came")


def log_in(page: Page, town: Town) -> None:
    kept = json.loads((town.data / "sandbox-officers.json").read_text(encoding="utf-8"))
    officer = next(o for o in kept if o["unit"] == STATION and "station-officer" in o["roles"])
    page.goto(f"{town.address}/console")
    page.get_by_label("警号").fill(officer["username"])
    page.get_by_label("密码").fill(officer["password"])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("动态码").fill(pyotp.TOTP(officer["totp_secret"]).now())
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1).first).to_be_visible()


def check_and_issue(page: Page, town: Town, number: str) -> None:
    page.goto(f"{town.address}/console")
    page.locator(f"a[href*='{number}']").first.click()
    expect(page.get_by_role("heading", name="约定", exact=False).or_(page.locator("#act-title"))).to_be_visible()
    page.get_by_role("button", name="约定上门并通知").click()
    page.get_by_role("button", name="已到达").click()
    page.get_by_label("见到谁").fill("本人")
    page.get_by_text("确认居住", exact=True).click()
    page.get_by_role("button", name="登记上门情况").click()
    page.get_by_text("以上内容已经核对").click()
    page.get_by_role("button", name="出具登记表").click()
    expect(page.locator("body")).to_contain_text("办结")


def look_at_form(page: Page, town: Town, number: str) -> None:
    """The form comes within seconds; it is signed, and its check page says that it holds."""
    link = page.locator("a[href$='.pdf']")
    for _ in range(60):
        page.goto(f"{town.address}/my/cases/{number}")
        if link.count():
            break
        page.wait_for_timeout(500)
    pdf = page.context.request.get(town.address + str(link.first.get_attribute("href")))
    assert verify(pdf.body()).valid
    page.goto(town.address + str(page.locator("a[href*='/check/']").first.get_attribute("href")))
    expect(page.locator("main")).to_contain_text(town.words.valid)
    assert people(1, seed=7)[0].document_number not in page.content()  # nothing of the passport is told to strangers
