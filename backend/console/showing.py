"""How moments, days and what is due are written on the pages."""

from datetime import date, datetime
from typing import Any

from flask import Flask

from ..clock import SHANGHAI
from ..house import house
from ..workdays import Workdays, workdays
from .desk import now
from .wording import DEEDS

WEEKDAYS = "一二三四五六日"


def init_showing(app: Flask) -> None:
    app.jinja_env.filters.update(
        on_day=on_day, at_moment=at_moment, deed=deed, at_minute=at_minute, due_in=due_in, unit_name=unit_name
    )


def at_moment(moment: datetime | None) -> str:
    """Return "11月24日 周二 18:00", with the year where it is not this one."""
    if moment is None:
        return ""
    local = moment.astimezone(SHANGHAI)
    return f"{on_day(local.date())} 周{WEEKDAYS[local.weekday()]} {local:%H:%M}"


def at_minute(moment: datetime | None) -> str:
    """Return "2026-11-24 18:00", where one compares."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def on_day(day: date | None) -> str:
    if day is None:
        return ""
    year = "" if day.year == now().astimezone(SHANGHAI).year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def due_in(due_on: date | None) -> str:
    """Return how long is left, in words: colours alone tell nothing to some."""
    return due_words(due_on, now().astimezone(SHANGHAI).date(), workdays())


def due_words(due_on: date | None, today: date, calendar: Workdays) -> str:
    if due_on is None:
        return "没有期限"
    if due_on < today:
        return f"超期 {(today - due_on).days} 天"
    if due_on == today:
        return "今天到期"
    return f"剩 {calendar.between(today, due_on)} 个工作日"


def unit_name(unit: str) -> str:
    """Return the name of an office of bureau.yaml, the id itself where it is gone."""
    bureau: Any = house().catalogue.current.bureau
    return next((office.name.zh for office in bureau.offices if office.id == unit), unit)


def deed(action: str) -> str:
    """Return the Chinese name of an action of the audit trail; one without a name stays as it is."""
    done = action.removesuffix(".refused")
    name = DEEDS.get(done, done)
    return name if done == action else f"被拒绝：{name}"


def span_words(hours: float) -> str:
    """Return "3 小时" or "2 天 4 小时" for a length of time."""
    days, rest = divmod(int(abs(hours)), 24)
    parts = [f"{days} 天"] if days else []
    if rest or not days:
        parts.append(f"{rest} 小时" if rest else "不到 1 小时")
    return " ".join(parts)
