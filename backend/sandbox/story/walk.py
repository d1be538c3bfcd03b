"""What a step of the story has at hand, and what the story remembers between steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ...clock import Clock
from ..errors import StepFailed
from ..phone import Phone
from ..sms import SmsGateway
from .browser import Browser, Cookies
from .cast import Character, role_of

POLL_SECONDS = 0.5


class Told(BaseModel):
    """How a step ended. state: running, done, failed. shows: the pages to look at, by whose phone."""

    state: str
    says: str = ""
    at: float = 0.0
    shows: dict[str, str] = {}


class Story(BaseModel):
    """Kept in the sandbox's own file, under the citizen's openid."""

    openid: str
    role: str
    lang: str
    seed: int
    day: date
    draft: str = ""
    number: str = ""
    check: str = ""
    officer: str = ""
    cookies: dict[str, Cookies] = {}
    steps: dict[str, Told] = {}

    @property
    def character(self) -> Character:
        return Character(role_of(self.role), self.seed, self.day)


@dataclass
class Walk:
    """One step under way. holder: the cookie that says whose phone a browser is."""

    story: Story
    address: str
    data_dir: Path
    clock: Clock
    phone: Phone
    sms: SmsGateway
    holder: str
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def citizen(self) -> Browser:
        """The citizen's, whom WeChat knows by the phone it is on."""
        own: Cookies = [[self.holder, self.story.openid, "/sandbox"], ["lang", self.story.lang, "/"]]
        return self._browser("citizen", own)

    @property
    def officer(self) -> Browser:
        """The officer's, with what is left of the last login."""
        return self._browser("officer", self.story.cookies.get("officer", []))

    def _browser(self, whose: str, cookies: Cookies) -> Browser:
        if whose not in self.browsers:
            self.browsers[whose] = Browser(self.address, cookies)
        return self.browsers[whose]

    def wait_for(self, look: Callable[[], Any], seconds: float, failing: str) -> Any:
        """Return what `look` finds as soon as it finds something. Raise StepFailed(failing) after `seconds`."""
        end = self.clock.now() + seconds
        while not (found := look()):
            if self.clock.now() >= end:
                raise StepFailed(failing)
            self.clock.sleep(POLL_SECONDS)
        return found
