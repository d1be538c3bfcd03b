"""The three facts people ask first: how far they must go, what it costs, how long it takes."""

from dataclasses import dataclass

from flask_babel import gettext as _

from ..matters.schema import Limit, Matter
from . import labels
from .guide import yuan


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


def three_facts(matter: Matter) -> tuple[Fact, ...]:
    """Return the facts in the language of the page, each short enough for a card."""
    return (
        Fact(_("怎么办"), f"{labels.MODES[matter.mode]}{_('，')}{_trips(matter.trips)}"),
        Fact(_("收费"), fee_in_short(matter)),
        Fact(_("多久办好"), time_in_short(matter)),
    )


def fee_in_short(matter: Matter) -> str:
    """Return "20 元", "10–20 元", "不收费", or that it depends."""
    amounts = [(fee.amount_fen, fee) for fee in matter.fees if fee.amount_fen is not None]
    if not matter.fees:
        return _("不收费")
    if len(amounts) < len(matter.fees):
        return _("按情况")
    low, high = (yuan(pick(amounts, key=lambda each: each[0])[1]) for pick in (min, max))
    if high == "0":
        return _("免费")
    return _("%(amount)s 元", amount=low if low == high else _("%(low)s 到 %(high)s", low=low, high=high))


def time_in_short(matter: Matter) -> str:
    """Return the promised time, else the statutory one; none where neither is a number."""
    limit = matter.time_limits.promised or matter.time_limits.statutory
    if matter.instant:
        return _("当场办结")
    return (limit and _number(limit)) or _("没有统一时限")


def _number(limit: Limit) -> str:
    if limit.working_days == 0 or limit.days == 0:
        return _("当场办结")
    if limit.working_days is not None:
        return _("%(count)s 个工作日", count=limit.working_days)
    if limit.days is not None:
        return _("%(count)s 天", count=limit.days)
    return _("%(hours)s 小时", hours=limit.hours) if limit.hours else ""


def _trips(count: int) -> str:
    if count > 1:
        return _("要跑%(count)s次", count=count)
    return _("最多跑一次") if count else _("一次不用跑")
