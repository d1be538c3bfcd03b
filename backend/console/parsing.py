"""What comes in from the officers' forms, checked for its shape. What it means is judged by the rooms."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from ..cases.service import Reason
from ..clock import SHANGHAI
from ..errors import Invalid
from ..matters.schema import Matter
from .wording import FIELD_SENTENCES, MATERIAL_SENTENCES

OWN_TIME = "own"
TEXT_CHARACTERS = 1000
MATTER_ID = re.compile(r"[a-z0-9-]{1,60}")


def parse_text(form: Mapping[str, str], name: str) -> str:
    """Return the text without what a database does not take."""
    return form.get(name, "").replace("\x00", "").strip()[:TEXT_CHARACTERS]


def parse_matter(args: Mapping[str, str]) -> str | None:
    """Return the matter to filter by; None where there is none, or nothing that could be one."""
    matter = args.get("matter", "")
    return matter if MATTER_ID.fullmatch(matter) else None


def parse_before(args: Mapping[str, str]) -> int | None:
    """Return the number of the entry to go on before; None where none, or nonsense, was asked."""
    text = args.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def parse_time(form: Mapping[str, str]) -> datetime:
    """Return the time of a visit: one of those proposed, or the officer's own; without a zone Shanghai's."""
    chosen = form.get("time", "")
    text = form.get("own_time", "") if chosen in ("", OWN_TIME) else chosen
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("请选择上门时间。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def parse_place(form: Mapping[str, str]) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees; None where the phone gave none, or nonsense: it is no condition."""
    try:
        at = float(form.get("latitude", "")), float(form.get("longitude", ""))
    except ValueError:
        return None
    return at if all(map(math.isfinite, at)) and abs(at[0]) <= 90 and abs(at[1]) <= 180 else None


def parse_day(text: str, *, end: bool = False) -> datetime | None:
    """Return the beginning of a day in Shanghai, or its end; None where nothing was chosen. Raise Invalid."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.max if end else time.min, SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("日期不对，请重新选择。") from None


def parse_choice(form: Mapping[str, str], name: str, allowed: Mapping[str, object], says: str) -> str:
    """Return the value where it is one of those offered. Raise Invalid."""
    value = form.get(name, "")
    if value not in allowed:
        raise Invalid(says)
    return value


def parse_reasons(form: Mapping[str, str], matter: Matter, lang: str) -> list[Reason]:
    """Return what was ticked: `tick:<field>` with `why:<field>` (a standard sentence) and `more:<field>` (own words).

    lang: the citizen's; a foreigner reads the sentence in both languages. Raise Invalid where a tick says nothing.
    """
    fields = [(f.id, f.label.in_(lang), f.label.zh, FIELD_SENTENCES) for f in matter.form]
    fields += [(f"material:{m.id}", m.name.in_(lang), m.name.zh, MATERIAL_SENTENCES) for m in matter.materials]
    reasons = []
    for field, name, name_zh, sentences in fields:
        if form.get(f"tick:{field}"):
            says = _sentence(sentences.get(form.get(f"why:{field}", "")), name, name_zh, lang)
            more = parse_text(form, f"more:{field}")
            if not (says or more):
                raise Invalid(f"请写明“{name_zh}”要怎么改。")
            reasons.append(Reason(field, " ".join(filter(None, [says, more]))))
    whole = parse_text(form, "whole")
    return [*reasons, Reason("", whole)] if whole else reasons


def _sentence(pair: tuple[str, str] | None, name: str, name_zh: str, lang: str) -> str:
    if pair is None:
        return ""
    zh = pair[0].format(what=name_zh)
    return zh if lang == "zh" else f"{zh} {pair[1].format(what=name)}"
