"""Tells the story: begins it, does a step in the background, remembers how it ended."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zlib import crc32

import structlog

from ...clock import SHANGHAI, Clock
from ...config import Settings
from ...errors import Refusal
from ..errors import NoStory, StoryBusy
from ..messages import new_openid
from ..phone import Phone
from ..sms import SmsGateway
from ..store import Store, get, put
from . import citizen, officer
from .cast import ROLES, Character, role_of
from .walk import Story, Told, Walk

log = structlog.get_logger()
STUCK_SECONDS = 180.0  # a step that has run so long belongs to a server that was stopped


@dataclass(frozen=True)
class Step:
    """by_hand: how a person does the same. phone: on whose phone it happens."""

    id: str
    title: str
    phone: str
    by_hand: str
    do: Callable[[Walk], Told]


STEPS = (
    Step("ask", "关注公众号，问一句", "citizen", "在市民的手机里关注、提问", citizen.ask),
    Step("photos", "拍护照、签证、合同", "citizen", "打开 /stay，用下面的样本照片上传", citizen.photograph),
    Step("fill", "补齐表格，用短信确认手机", "citizen", "在登记页里填，验证码看“短信”", citizen.fill_in),
    Step("submit", "提交", "citizen", "登记页最下面的“提交”", citizen.submit),
    Step("agree", "民警约上门时间", "officer", "用民警的手机登录，打开待办里的办件", officer.agree),
    Step("arrive", "民警到达", "officer", "办件页的“已到达”", officer.arrive),
    Step("visit", "民警确认居住", "officer", "填“见到谁”，选“确认居住”", officer.confirm),
    Step("issue", "出具登记表", "officer", "勾选“已经核对”，出具", officer.issue),
    Step("open", "打开登记表和核验页", "citizen", "“我的办件”里打开 PDF、扫码", citizen.open_form),
)
BY_ID = {step.id: step for step in STEPS}


class Teller:
    """One for a process; what is told lies in the store, so any process can go on."""

    def __init__(self, store: Store, phone: Phone, sms: SmsGateway, clock: Clock, settings: Settings, *, holder: str):
        self._store = store
        self._phone = phone
        self._sms = sms
        self._clock = clock
        self._settings = settings
        self._holder = holder

    def begin(self, role_id: str, lang: str = "") -> Story:
        """Return a new story: somebody with a new phone and new documents."""
        role = role_of(role_id)
        seed = secrets.randbelow(10**9)
        story = Story(openid=new_openid(), role=role.id, lang=lang or role.lang, seed=seed, day=self._day())
        self._store.keep(_name(story.openid), story.model_dump(mode="json"))
        return story

    def character_of(self, openid: str) -> Character:
        """Return who this phone belongs to; outside a story the first of the cast, with numbers of their own."""
        kept = self._store.find(_name(openid))
        if kept is not None:
            return Story.model_validate(kept).character
        return Character(ROLES[0], crc32(openid.encode()), self._day())

    def _day(self) -> date:
        return datetime.fromtimestamp(self._clock.now(), SHANGHAI).date()

    def start(self, openid: str, step_id: str) -> None:
        """Do a step, and with "all" every one that is not done, in the background. Raise NoStory, StoryBusy."""
        steps = [step for step in STEPS if step.id == step_id or step_id == "all"]
        now = self._clock.now()
        with self._store.begin() as connection:
            kept = get(connection, _name(openid))
            if kept is None:
                raise NoStory
            story = Story.model_validate(kept)
            if any(told.state == "running" and told.at > now - STUCK_SECONDS for told in story.steps.values()):
                raise StoryBusy
            if step_id == "all":
                steps = [step for step in steps if story.steps.get(step.id, Told(state="")).state != "done"]
            if not steps:
                return
            story.steps[steps[0].id] = Told(state="running", at=now)
            put(connection, _name(openid), story.model_dump(mode="json"))
        # Not in the request: that would hold a thread the product's own pages may need.
        threading.Thread(target=self._run, args=(story, steps), daemon=True).start()

    def told(self, openid: str) -> dict[str, Any]:
        """Return the story as the page shows it, without anybody's cookies; no steps where there is none."""
        kept = self._store.find(_name(openid))
        if kept is None:
            return {"steps": []}
        story = Story.model_validate(kept)
        role = story.character.role
        rows = [
            {"id": s.id, "title": s.title, "phone": s.phone, "by_hand": s.by_hand}
            | story.steps.get(s.id, Told(state="")).model_dump()
            for s in STEPS
        ]
        who = {"name": f"{role.given_names} {role.surname}", "nation": role.nation, "phone": story.character.phone}
        return {**story.model_dump(include={"openid", "lang", "number", "officer", "check"}), "who": who, "steps": rows}

    def _run(self, story: Story, steps: list[Step]) -> None:
        walk = Walk(
            story, self._settings.public_url, self._settings.data_dir, self._clock, self._phone, self._sms, self._holder
        )
        for step in steps:
            self._keep(story, step, Told(state="running"))
            told = self._do(step, walk)
            self._keep(story, step, told)
            if told.state != "done":
                return

    def _do(self, step: Step, walk: Walk) -> Told:
        try:
            return step.do(walk)
        except Refusal as fault:
            return Told(state="failed", says=fault.says)
        except Exception as fault:  # a thread's fault reaches nobody: the page and the log must tell it
            log.error("story_step_failed", step=step.id, exc_info=fault)
            return Told(state="failed", says=f"沙盒自己出错了：{type(fault).__name__}，见日志。")

    def _keep(self, story: Story, step: Step, told: Told) -> None:
        story.steps[step.id] = told.model_copy(update={"at": self._clock.now()})
        self._store.keep(_name(story.openid), story.model_dump(mode="json"))


def cast_shown() -> list[dict[str, str]]:
    """Return who can be chosen."""
    return [{"id": r.id, "name": f"{r.given_names} {r.surname}", "nation": r.nation, "lang": r.lang} for r in ROLES]


def _name(openid: str) -> str:
    return f"story:{openid}"
