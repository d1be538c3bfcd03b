"""Where a person is reached, as it was when the message was written."""

from dataclasses import dataclass
from datetime import time
from typing import Any, Self

Quiet = tuple[time, time]
NIGHT: Quiet = (time(22), time(7))


@dataclass(frozen=True)
class To:
    """A snapshot: who moves or changes the telephone later does not change what was told.

    kind: "citizen" or "officer"; id: that person's number there. phone: E.164. lang: "zh"
    or "en". quiet: from and until in Shanghai, may cross midnight; None: at any hour.
    """

    kind: str
    id: int
    openid: str | None
    phone: str | None
    lang: str = "zh"
    quiet: Quiet | None = NIGHT

    def as_json(self) -> dict[str, Any]:
        """Return what is sealed beside the message: `{"openid", "phone", "lang", "quiet": ["22:00", "07:00"]}`."""
        quiet = [moment.isoformat("minutes") for moment in self.quiet] if self.quiet else None
        return {"openid": self.openid, "phone": self.phone, "lang": self.lang, "quiet": quiet}

    @classmethod
    def from_json(cls, kind: str, person_id: int, told: dict[str, Any]) -> Self:
        """Return the address `as_json` gave."""
        quiet = told["quiet"]
        hours = (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None
        return cls(kind, person_id, told["openid"], told["phone"], told["lang"], hours)
