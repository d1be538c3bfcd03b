"""What the story reads off the product's pages, and what it makes of them."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from backend.sandbox.errors import StepFailed
from backend.sandbox.story import citizen, officer
from backend.sandbox.story.browser import Page
from backend.sandbox.story.walk import Story, Walk
from tests.sandbox.conftest import OPENID, SetClock

DRAFT = "d" * 32
NOON, NIGHT = 1_800_072_000.0, 1_800_028_800.0  # in Shanghai 12:00, and midnight
ACT = "<h2 id='act-title'>约定上门</h2>"
FORMS = {step: f"<form method=post action='/console/cases/NH1/{step}'></form>" for step in officer.STEPS}
STAY = f"""<form method=post action='/stay/{DRAFT}/fields'>
<input name='guest:0a0b0c0d:surname'><input type=hidden name=visit_times value=''>
<input type=checkbox name=visit_times value='2027-01-17T10:00+08:00'><input type=checkbox name=visit_times value='B'>
<input type=checkbox name=visit_times value='C'>
<select name='stay:community'><option value=''></option><option value='越秀社区'></option><option value='烟雨社区'></option></select>
</form>"""


class Site:
    """Answers every address with one page; keeps what was sent."""

    def __init__(self, html: str, path: str = "/stay"):
        self.page = Page(200, path, html.encode())
        self.sent: list[tuple[str, Any]] = []

    def get(self, path: str) -> Page:
        return self.page

    def submit(self, page: Page, ending: str, changes: Any = None, files: Any = None) -> Page:
        self.sent.append((ending, changes))
        return self.page


def walk_on(site: Site, clock: SetClock, **story: Any) -> Walk:
    nobody: Any = SimpleNamespace(of=lambda number: [])
    own = Story(openid=OPENID, role="kim", lang="zh", seed=1, day=date(2027, 1, 15), **story)
    walk = Walk(own, "http://127.0.0.1:9", nobody, clock, nobody, nobody, "sandbox_phone")
    walk.browsers = {"citizen": site, "officer": site}  # type: ignore[dict-item]
    return walk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, clock: SetClock) -> Any:
    """Return a step's outcome on a case's page: the words, and what was pressed."""

    def press(step: Any, html: str) -> tuple[str, list[str]]:
        site = Site(html, "/console/cases/NH1")
        walk = walk_on(site, clock, number="NH1")
        monkeypatch.setattr(officer, "_case", lambda _: site.page)
        told = step(walk)
        assert told.state == "done"
        return told.says, [ending for ending, _ in site.sent]

    return press


@pytest.mark.parametrize(
    ("step", "html", "pressed"),
    [
        (officer.agree, ACT + FORMS["agree"], ["/agree"]),
        (officer.agree, FORMS["arrive"] + FORMS["agree"], []),
        (officer.arrive, FORMS["arrive"] + FORMS["agree"], ["/arrive"]),
        (officer.arrive, FORMS["visit"], []),
        (officer.confirm, FORMS["visit"], ["/visit"]),
        (officer.confirm, FORMS["issue"], []),
        (officer.issue, FORMS["issue"], ["/issue"]),
        (officer.issue, "<a href='/console/cases/NH1/forms/33'>PDF</a>", []),
        (officer.issue, "<form action='/console/cases/NH1/forms/33/revoke'></form>", []),
    ],
)
def test_a_button_is_pressed_unless_somebody_has_pressed_it(
    desk: Any, step: Any, html: str, pressed: list[str]
) -> None:
    assert desk(step, html)[1] == pressed


@pytest.mark.parametrize("step", [officer.arrive, officer.confirm, officer.issue])
def test_a_step_too_early_says_where_the_case_stands(desk: Any, step: Any) -> None:
    with pytest.raises(StepFailed) as caught:
        desk(step, ACT + FORMS["agree"])
    assert "约定上门" in caught.value.says


@pytest.mark.parametrize(("now", "says"), [(NOON, "市民会收到通知"), (NIGHT, "免打扰")])
def test_at_night_it_says_when_the_notice_comes(desk: Any, clock: SetClock, now: float, says: str) -> None:
    clock.time = now
    assert says in desk(officer.agree, FORMS["agree"])[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [("验证码042137，5分钟内有效。", "042137"), ("Your code is 919901, valid", "919901"), ("编号 20261122000011", "")],
)
def test_the_code_is_found_in_the_short_message(clock: SetClock, text: str, code: str) -> None:
    walk = walk_on(Site(""), clock)
    walk.sms = SimpleNamespace(of=lambda number: [SimpleNamespace(text=text)])  # type: ignore[assignment]
    assert citizen._code(walk, "13800000001", before=0) == code
    assert citizen._code(walk, "13800000001", before=1) == "", "an older one does not count"


def test_everything_the_form_asks_is_answered_from_the_documents(clock: SetClock) -> None:
    site = Site(STAY, f"/stay/{DRAFT}")
    walk = walk_on(site, clock, draft=DRAFT)
    values = citizen._values(walk, site.page)
    person = walk.story.character.passport
    assert values["guest:0a0b0c0d:document_number"] == person.document_number
    assert values["guest:0a0b0c0d:birth_date"] == person.born_on.isoformat()
    assert values["stay:community"] == "烟雨社区"
    assert values["visit_times"] == ["2027-01-17T10:00+08:00", "B"]
    assert values["stay:check_in_at"] == "2027-01-15T13:00", "three hours ago, by Shanghai's clock"


def test_another_bureaus_list_gives_its_first_community() -> None:
    page = Page(200, "/stay", STAY.replace("烟雨社区", "别处社区").encode())
    assert citizen._community(page, "烟雨社区") == "越秀社区"


def test_what_was_submitted_by_hand_is_found_done(clock: SetClock) -> None:
    walk = walk_on(Site("", "/my/cases/NH20270115000001"), clock, draft=DRAFT)
    told = citizen.submit(walk)
    assert (told.state, walk.story.number) == ("done", "NH20270115000001")
    assert told.shows["officer"] == "/console/cases/NH20270115000001"


def test_what_is_missing_is_told(clock: SetClock) -> None:
    faults = "<section id='faults'><ul><li>签证：还没有填</li></ul></section>"
    walk = walk_on(Site(faults + STAY, f"/stay/{DRAFT}"), clock, draft=DRAFT)
    with pytest.raises(StepFailed) as caught:
        citizen.submit(walk)
    assert "签证：还没有填" in caught.value.says


def test_who_does_not_follow_is_sent_to_the_first_step(clock: SetClock) -> None:
    walk = walk_on(Site("", "/sandbox/tencent/connect/oauth2/authorize"), clock)
    with pytest.raises(StepFailed) as caught:
        citizen.photograph(walk)
    assert "第一步" in caught.value.says


def test_officers_wait_for_a_submission(clock: SetClock) -> None:
    with pytest.raises(StepFailed) as caught:
        officer.agree(walk_on(Site("<a href='/my'>x</a>", "/my"), clock))
    assert caught.value.says == "还没有提交登记。"
