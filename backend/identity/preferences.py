"""How a citizen wants to be told: in which language, and when not to be disturbed."""

from datetime import time

from ..db import db
from . import audit
from .models import Citizen


def choose_messages(citizen: Citizen, *, lang: str, quiet: tuple[time, time] | None) -> None:
    """Keep the language ("zh" or "en") and the quiet hours, from and until in Shanghai; None: at any hour.

    Urgent messages ignore quiet hours. What is already waiting in the outbox goes as it was written.
    """
    citizen.lang = "en" if lang == "en" else "zh"
    citizen.quiet_from, citizen.quiet_until = quiet or (None, None)
    db.session.flush()
    hours = [f"{at:%H:%M}" for at in quiet] if quiet else None
    audit.record(citizen.actor(), "citizen.messages", f"citizen:{citizen.id}", lang=citizen.lang, quiet=hours)
