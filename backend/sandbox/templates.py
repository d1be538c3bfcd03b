"""What the account has had approved: the texts of its SMS, the ids of its WeChat templates.

A gateway knows these from its own console; the sandbox reads them where the account keeps
them, in knowledge/notices.yaml, which is data and no code of the product.
"""

import re
from pathlib import Path
from typing import Any

import yaml

PLACE = re.compile(r"\{(\w+)\}")
SANDBOX_ID = "sandbox-"  # ids that exist here only, for an account that has none yet


class Approved:
    """Read anew whenever asked: an edit counts at once."""

    def __init__(self, path: Path):
        self._path = path

    def find_sms(self, code: str) -> str | None:
        """Return the text of an SMS template, with its places as `{name}`."""
        for notice in self._read().get("notices", {}).values():
            for wording in notice.get("sms", {}).values():
                if wording.get("template") == code:
                    return str(wording.get("text", ""))
        return None

    def has_wechat(self, template_id: str, sort: str) -> bool:
        """sort: "template_id" or "subscription_id"."""
        known = {row.get(sort) for row in self._read().get("wechat_templates", {}).values()}
        return bool(template_id) and (template_id in known or template_id.startswith(SANDBOX_ID))

    def subscriptions(self) -> list[str]:
        rows = self._read().get("wechat_templates", {})
        return [row.get("subscription_id") or f"{SANDBOX_ID}{name}" for name, row in rows.items()]

    def _read(self) -> dict[str, Any]:
        try:
            found = yaml.safe_load(self._path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError):
            return {}
        return found if isinstance(found, dict) else {}


def missing_places(text: str, params: dict[str, str]) -> set[str]:
    return set(PLACE.findall(text)) - set(params)


def filled_in(text: str, params: dict[str, str]) -> str:
    return PLACE.sub(lambda place: params.get(place[1], place[0]), text)
