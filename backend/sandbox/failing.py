"""Providers that fail on purpose: switched on in the panel, for so many calls or until switched off."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .store import Store, get, put

# What each way looks like from outside; the panel shows these words.
MODES: dict[str, dict[str, str]] = {
    "wechat": {
        "busy": "系统繁忙（-1）",
        "refusing": "没有接口权限（48001）",
        "slow": "做了，但过 6 秒才回答",
        "down": "连不上（502 页面）",
        "undelivered": "收下了，但回执说没送到",
    },
    "sms": {
        "limit": "触发流控（BUSINESS_LIMIT_CONTROL）",
        "wrong-number": "号码不对（MOBILE_NUMBER_ILLEGAL）",
        "slow": "发了，但过 10 秒才回答",
        "down": "网关停了（503）",
        "undelivered": "收下了，但没送到手机",
    },
}
KEPT = "failing"


class Switch(BaseModel):
    """mode: empty to switch off. count: of calls that fail; none: until it is switched off."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["wechat", "sms"]
    mode: str = ""
    count: int | None = Field(default=None, ge=1, le=1000)

    @model_validator(mode="after")
    def _is_a_way(self) -> "Switch":
        if self.mode and self.mode not in MODES[self.provider]:
            raise ValueError(f"{self.provider} does not fail this way")
        return self


class Failing:
    """What fails at present, the same for all web processes."""

    def __init__(self, store: Store):
        self._store = store

    def switch(self, wanted: Switch) -> None:
        with self._store.begin() as connection:
            state = get(connection, KEPT) or {}
            state.pop(wanted.provider, None)
            if wanted.mode:
                state[wanted.provider] = {"mode": wanted.mode, "count": wanted.count}
            put(connection, KEPT, state)

    def take(self, provider: str, *among: str) -> str:
        """Return how this call fails, one of `among`, or "" where it does not; a counted one is used up."""
        if provider not in (self._store.find(KEPT) or {}):
            return ""  # nearly always: nothing is written then
        with self._store.begin() as connection:
            state = get(connection, KEPT) or {}
            found = state.get(provider)
            if not found or found["mode"] not in among:
                return ""
            if found["count"] is not None:
                found["count"] -= 1
                if not found["count"]:
                    del state[provider]
                put(connection, KEPT, state)
        return str(found["mode"])

    def state(self) -> dict[str, Any]:
        """Return `{provider: {mode, count, says}}` of those that fail."""
        kept = self._store.find(KEPT) or {}
        return {name: {**row, "says": MODES[name][row["mode"]]} for name, row in kept.items()}
