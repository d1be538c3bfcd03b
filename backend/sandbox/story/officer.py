"""What the officer of the station does: logs in with the second factor, agrees, visits, issues."""

from datetime import datetime

from ...clock import SHANGHAI
from ..errors import StepFailed
from ..officers import DemoOfficer, list_officers
from .browser import Page
from .citizen import need_number, shows
from .walk import Told, Walk

ROLE = "station-officer"
QUIET_FROM, QUIET_UNTIL = 22, 7  # hours, as everybody has them at first
Values = dict[str, str | list[str]]
STEPS = ("agree", "arrive", "visit", "issue")


def agree(walk: Walk) -> Told:
    """Take the first time the guest has proposed."""
    return _act(walk, "agree", {}, f"已约好上门时间，{_notified(walk)}。")


def arrive(walk: Walk) -> Told:
    return _act(walk, "arrive", {"latitude": "30.7530", "longitude": "120.7650"}, "已登记到达。")


def confirm(walk: Walk) -> Told:
    met: Values = {"met": "本人", "confirmed": "yes", "note": "护照原件与照片一致（沙盒）"}
    return _act(walk, "visit", met, "已登记上门情况：确认居住。")


def issue(walk: Walk) -> Told:
    return _act(walk, "issue", {"sure": "1"}, f"已出具登记表，worker 正在制作和签名，{_notified(walk)}。")


def _notified(walk: Walk) -> str:
    """Say when the citizen hears of it: a demonstration at night must not look broken."""
    hour = datetime.fromtimestamp(walk.clock.now(), SHANGHAI).hour
    quiet = hour >= QUIET_FROM or hour < QUIET_UNTIL
    return "现在是免打扰时间，通知早上七点再发" if quiet else "市民会收到通知"


def _act(walk: Walk, step: str, values: Values, says: str) -> Told:
    """Press the button of the case's page; where a later one stands there, it was pressed by hand."""
    page = _case(walk)
    if page.find_form(f"/{step}") is None or (step == "agree" and page.find_form("/arrive")):
        _ensure_past(page, step)
        return Told(state="done", says="这一步已经办过了。", shows=shows(walk))
    walk.officer.submit(page, f"/{step}", values)
    return Told(state="done", says=says, shows=shows(walk))


def _ensure_past(page: Page, step: str) -> None:
    """Raise StepFailed where the case has not come so far, or is held up."""
    later = STEPS[STEPS.index(step) + 1 :]
    buttons = [f"/{one}" for one in later] + ["/revoke"]  # the last stands there once a form is issued
    if not (any(map(page.find_form, buttons)) or page.links("/forms/")):
        now = page.tree.xpath("//*[@id='act-title']")
        raise StepFailed(f"办件还没有到这一步，现在是“{now[0].text_content().strip() if now else page.says()}”。")


def _case(walk: Walk) -> Page:
    """Return the case as the officer of its station sees it, logged in first where that is needed."""
    path = f"/console/cases/{need_number(walk)}"
    officer = _officer_of(walk)
    walk.story.officer = officer.username
    page = walk.officer.get("/console/login") if not walk.story.cookies.get("officer") else walk.officer.get(path)
    if page.path.endswith(("/login", "/code")):
        _log_in(walk, page, officer)
        page = walk.officer.get(path)
    return page


def _log_in(walk: Walk, page: Page, officer: DemoOfficer) -> None:
    """Password, then the code; one already used gives way to the next, as every authenticator shows it."""
    if page.path.endswith("/login"):
        page = walk.officer.submit(page, "/login", {"username": officer.username, "password": officer.password})
    for ahead in (0, 30):
        if not page.path.endswith("/code"):
            break
        page = walk.officer.submit(page, "/code", {"code": officer.code(walk.clock.now() + ahead)})
    if page.path.endswith(("/login", "/code")):
        raise StepFailed(f"民警没能登录：{page.says()}")
    walk.story.cookies["officer"] = walk.officer.cookies


def _officer_of(walk: Walk) -> DemoOfficer:
    """Return the demo officer of the role's station; in a bureau without it the first officer of any."""
    officers = [one for one in list_officers(walk.data_dir) if ROLE in one.roles]
    station = walk.story.character.role.station
    found = next((one for one in officers if one.unit == station), None) or next(iter(officers), None)
    if found is None:
        raise StepFailed("没有派出所的示例民警：flask officers demo。")
    return found
