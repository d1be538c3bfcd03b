"""What the citizen does: photographs, fills in, submits, and opens the form in the end."""

import re
from datetime import datetime, timedelta
from typing import Any

from ...clock import SHANGHAI
from ..errors import StepFailed
from ..messages import Act, Kind
from .browser import Form, Page
from .cast import PICTURES
from .walk import Told, Walk

GUEST = re.compile(r"guest:([0-9a-f]{8}):")
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
DRAFT = re.compile(r"/stay/([0-9a-f]{32})$")
CASE = re.compile(r"/my/cases/([A-Za-z0-9-]+)$")
READ_SECONDS, SMS_SECONDS, FORM_SECONDS, LOOK_SECONDS = 90.0, 60.0, 90.0, 5.0
NOT_YET = Told(state="")
WORKER = "worker 在运行吗？make run 会一起启动它。"


def ask(walk: Walk) -> Told:
    """Follow the account and ask it, so that it may write back for 48 hours."""
    openid, says = walk.story.openid, walk.story.character.role.says
    walk.phone.do(Act(openid=openid, kind=Kind.SUBSCRIBE))
    walk.phone.do(Act(openid=openid, kind=Kind.TEXT, text=says))
    return Told(state="done", says="已关注公众号并提问，回答在市民的手机上。")


def photograph(walk: Walk) -> Told:
    """Start the registration and put the three photos into it, by the page's own form."""
    page = _open_draft(walk)
    if page is None:
        return _by_hand(walk)
    guest, character = _guest_of(page), walk.story.character
    names = {"passport": f"photo:passport:{guest}", "visa": f"photo:visa:{guest}", "lease": "photo:lease"}
    for kind in PICTURES:
        file = (f"{kind}.jpg", character.picture(kind), "image/jpeg")
        walk.citizen.submit(page, f"/{walk.story.draft}/photos", files=[(names[kind], file)])
    walk.wait_for(lambda: not _read_page(walk).links("/reading/"), READ_SECONDS, f"照片一直没有读完。{WORKER}")
    return _told(walk, "护照、签证、合同的照片已上传，读完了。")


def fill_in(walk: Walk) -> Told:
    """Correct and complete what was read, and confirm the phone with the code it gets."""
    page = _open_draft(walk)
    if page is None:
        return _by_hand(walk)
    draft, values = walk.story.draft, _values(walk, page)
    page = walk.citizen.submit(page, f"/{draft}/fields", values)
    number = walk.story.character.phone
    if "✓" not in _phone_part(page):
        before = len(walk.sms.of(number))
        page = walk.citizen.submit(page, f"/{draft}/phone", {"phone": number})
        code = walk.wait_for(lambda: _code(walk, number, before), SMS_SECONDS, f"验证码短信没有来。{WORKER}")
        walk.citizen.submit(page, f"/{draft}/phone/confirm", {"code": code})
    return _told(walk, "表填好了，手机号码已用短信验证码确认。")


def submit(walk: Walk) -> Told:
    page = _open_draft(walk)
    if page is None:
        return _by_hand(walk)
    answer = walk.citizen.submit(page, f"/{walk.story.draft}/submit")
    found = CASE.search(answer.path)
    if not found:
        faults = [" ".join(item.text_content().split()) for item in answer.tree.xpath("//*[@id='faults']//li")]
        raise StepFailed(f"还不能提交：{'；'.join(faults) or answer.says()}")
    walk.story.number = found[1]
    return Told(state="done", says=f"已提交，编号 {found[1]}。", shows=shows(walk))


def open_form(walk: Walk) -> Told:
    """Wait for the form, read it as its owner does, and check it as anybody may."""
    path = f"/my/cases/{need_number(walk)}"
    issued = walk.story.steps.get("issue", NOT_YET).state == "done"
    why = f"登记表一直没有做好。{WORKER}" if issued else "民警还没有出具登记表。"
    made = walk.wait_for(lambda: _made_form(walk, path), FORM_SECONDS if issued else LOOK_SECONDS, why)
    walk.story.check = made.links("/check/")[0]
    if "verdict--valid" not in walk.citizen.get(walk.story.check).content.decode("utf-8", "replace"):
        raise StepFailed("核验页没有说“有效”。")
    pdf = walk.citizen.get(next(link for link in made.links("/forms/") if "pdf" in link))
    size = len(pdf.content) // 1024
    return Told(
        state="done",
        says=f"登记表已签发（{size} KB），核验页显示有效。",
        shows={"citizen": path, "check": walk.story.check},
    )


def need_number(walk: Walk) -> str:
    """Return the number of the case, also where it was submitted by hand. Raise StepFailed."""
    if not walk.story.number:
        found = [CASE.search(link) for link in walk.citizen.get("/my").links("/my/cases/")]
        walk.story.number = next((match[1] for match in found if match), "")
    if not walk.story.number:
        raise StepFailed("还没有提交登记。")
    return walk.story.number


def shows(walk: Walk) -> dict[str, str]:
    """Return where the matter is to be seen now, on either phone."""
    number = walk.story.number
    if not number:
        return {"citizen": f"/stay/{walk.story.draft}"}
    return {"citizen": f"/my/cases/{number}", "officer": f"/console/cases/{number}"}


def _open_draft(walk: Walk) -> Page | None:
    """Return the page of the unfinished registration, begun where there is none; None once it is submitted."""
    story = walk.story
    if story.number:
        return None
    if story.draft:
        page = walk.citizen.get(f"/stay/{story.draft}")
        found = CASE.search(page.path)
        story.number = found[1] if found else ""
        return None if found else page
    home = walk.citizen.get("/stay")
    if home.path.endswith("/authorize"):
        raise StepFailed("这部手机还没有关注公众号，先做第一步。")
    begun = [link for link in home.links("/stay/") if DRAFT.search(link.split("?")[0])]
    page = walk.citizen.get(begun[0]) if begun else walk.citizen.submit(home, "/stay")
    found = DRAFT.search(page.path)
    if not found:
        raise StepFailed(f"没有打开登记页：{page.says()}")
    story.draft = found[1]
    return page


def _read_page(walk: Walk) -> Page:
    return walk.citizen.get(f"/stay/{walk.story.draft}")


def _stay_form(page: Page) -> Form:
    form = page.find_form("/fields")
    if form is None:
        raise StepFailed(f"登记页上没有表：{page.says()}")
    return form


def _guest_of(page: Page) -> str:
    found = [GUEST.match(name) for name in _stay_form(page).names()]
    return next(match[1] for match in found if match)


def _values(walk: Walk, page: Page) -> dict[str, str | list[str]]:
    """Return what the person would type: everything as it stands in their documents."""
    character, now = walk.story.character, datetime.fromtimestamp(walk.clock.now(), SHANGHAI)
    role, passport, visa = character.role, character.passport, character.visa
    guest: dict[str, Any] = {
        "document_type": "passport", "surname": role.surname, "given_names": role.given_names,
        "document_number": passport.document_number, "nationality": role.nationality,
        "birth_date": passport.born_on.isoformat(), "sex": role.sex, "expiry_date": passport.expires_on.isoformat(),
        "visa_kind": role.visa_kind, "visa_number": visa.document_number, "visa_until": visa.expires_on.isoformat(),
        "entry_date": character.lease_starts_on.isoformat(), "checked": "1",
    }  # fmt: skip
    stay = {
        "check_in_at": f"{now - timedelta(hours=3):%Y-%m-%dT%H:%M}", "housing": "rented", "address": role.address,
        "check_out_on": character.lease_ends_on.isoformat(), "lease_ends_on": character.lease_ends_on.isoformat(),
        "community": _community(page, role.community),
    }  # fmt: skip
    key = _guest_of(page)
    values: dict[str, str | list[str]] = {f"guest:{key}:{name}": value for name, value in guest.items()}
    values |= {f"stay:{name}": value for name, value in stay.items()}
    values |= {"by": "self", "host:name": role.landlord, "host:phone": "13800000000", "consent": "1"}
    return values | {"visit_times": _stay_form(page).choices("visit_times")[:2]}


def _community(page: Page, wanted: str) -> str:
    """Return the role's community; in another bureau the first on the list."""
    offered = _stay_form(page).choices("stay:community")
    return wanted if wanted in offered else (offered or [""])[0]


def _phone_part(page: Page) -> str:
    found = page.tree.xpath("//*[@class='phone__ok']")
    return str(found[0].text_content()) if found else ""


def _code(walk: Walk, number: str, before: int) -> str:
    """Return the code of the short message that came after the first `before`."""
    new = walk.sms.of(number)
    found = CODE.search(new[0].text) if len(new) > before else None
    return found[0] if found else ""


def _made_form(walk: Walk, path: str) -> Page | None:
    page = walk.citizen.get(path)
    return page if page.links("/check/") else None


def _by_hand(walk: Walk) -> Told:
    return Told(state="done", says="已经手动提交过了。", shows=shows(walk))


def _told(walk: Walk, says: str) -> Told:
    return Told(state="done", says=says, shows=shows(walk))
