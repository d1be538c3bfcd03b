"""Events that tell how a message of ours ended, in the outbox's words.

TEMPLATESENDJOBFINISH: Status "success", "failed:user block", "failed: system failed".
subscribe_msg_sent_event: List, an object when it is one and an array when many
(binarywang/WxJava#2477), inside SubscribeMsgSentEvent in XML and bare in JSON; ErrorCode "0".
"""

import re
from dataclasses import dataclass
from typing import Any

from .channels import SUBSCRIPTION, TEMPLATE
from .parsing import text_of

RECEIPT_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}", re.ASCII)
MOST = 20


@dataclass(frozen=True)
class Report:
    channel: str
    receipt_id: str
    status: str  # "delivered", "blocked" or "failed"


def reports_of(fields: dict[str, Any]) -> list[Report]:
    """Return what an event reports; nothing where it reports nothing we can read."""
    event = text_of(fields.get("Event")).lower()
    if event == "templatesendjobfinish":
        found = [Report(TEMPLATE, _id(fields), _template_status(text_of(fields.get("Status"))))]
    elif event == "subscribe_msg_sent_event":
        found = [Report(SUBSCRIPTION, _id(one), _code_status(text_of(one.get("ErrorCode")))) for one in _sent(fields)]
    else:
        return []
    return [report for report in found if RECEIPT_ID.fullmatch(report.receipt_id)]


def _id(fields: dict[str, Any]) -> str:
    return text_of(fields.get("MsgID") or fields.get("MsgId"))


def _template_status(status: str) -> str:
    if status == "success":
        return "delivered"
    return "blocked" if "user" in status else "failed"


def _code_status(code: str) -> str:
    return "delivered" if code == "0" else "failed"


def _sent(fields: dict[str, Any]) -> list[dict[str, Any]]:
    inside = fields.get("SubscribeMsgSentEvent")
    listed = (inside if isinstance(inside, dict) else fields).get("List")
    several = listed if isinstance(listed, list) else [listed]
    return [one for one in several if isinstance(one, dict)][:MOST]
