"""What makes a page easier to read and to hear: one sentence a line in the elders' mode, dates in words."""

import re
from datetime import date, datetime

from flask_babel import format_date
from markupsafe import Markup, escape

from ..matters.schema import Text
from .language import page_lang, says
from .size import is_big

# After a Chinese stop; after an English one where a capital follows.
SENTENCE_ENDS = re.compile(r"(?<=[。！？；])(?![”’」』）])|(?<=[.!?;]) (?=[A-Z])")


def sentences(text: str) -> list[str]:
    """Return `text` sentence by sentence; nothing is lost but the spaces between."""
    return [part.strip() for part in SENTENCE_ENDS.split(text) if part.strip()]


def apart(text: Text | None) -> str:
    """Return the text in the page's language; in the elders' mode with every sentence on a line of its own."""
    if text is None or not is_big():
        return says(text)
    lines = sentences(text.in_(page_lang()))
    lang = Markup(' lang="zh-CN"') if page_lang() == "en" and not text.en else ""
    shown = (Markup('<span class="sentence"{}>{}</span>').format(lang, escape(line)) for line in lines)
    return Markup(" ").join(shown)


def long_day(day: date | str) -> str:
    """Return a day as it is spoken, 2026年11月22日 or November 22, 2026. day: also in ISO's writing."""
    return format_date(datetime.fromisoformat(day) if isinstance(day, str) else day, "long")
