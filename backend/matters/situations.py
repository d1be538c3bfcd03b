"""A matter in one citizen's situation (情形): what does not concern that citizen left out."""

import re
from collections.abc import Collection, Iterable
from typing import TypeVar

from .schema import Fee, Material, Matter, Option, Rule, Situation

Item = TypeVar("Item", Rule, Material, Fee)

AGE = re.compile(
    r"(?P<less>未满|不满|不到|没到|没满|快|under |below |less than )?\s*"
    r"(?P<age>\d{1,3}|[一二两三四五六七八九十]{1,3})\s*"
    r"(?:周?岁|years?[ -]old|yrs? old|y/?o\b)(?P<below>以下|之下)?"
)
NOT = re.compile(r"(?:不是|不算|没有?|并?非|不|not (?:a |an |in |from )?)$")
PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 海南 四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆"
).split()
WHO = re.compile(
    "儿子|女儿|孩子|小孩|娃娃?|宝宝|孙子|孙女|爸爸?|妈妈?|父亲|母亲|父母|老人|老婆|老公|妻子|丈夫|本人|自己"
)
PARTICLES = re.compile(r"[我你您他她咱们家的是给办了呢啊呀嗯哦今年个在，。,.!！、\s]")
OTHER_PROVINCE = "外省"  # as a word of an option: any province that no option of the situation names
DIGITS = {"两": 2} | {sign: number for number, sign in enumerate("一二三四五六七八九", start=1)}


def options_of(matter: Matter) -> dict[str, tuple[Situation, Option]]:
    """Return every option of the matter by its id, with the situation it answers."""
    return {option.id: (situation, option) for situation in matter.situations for option in situation.options}


def narrow(matter: Matter, chosen: Collection[str]) -> Matter:
    """Return the matter without what the chosen options leave out.

    chosen: ids of options. What turns on a situation that is not among them stays, with its `when`.
    """
    if not chosen or not matter.situations:
        return matter
    sides = _Sides(matter, chosen)
    limits, note = matter.time_limits, matter.fee_note
    return matter.model_copy(
        update=sides.way()
        | {
            "conditions": sides.kept(matter.conditions),
            "materials": [sides.certain(material) for material in sides.kept(matter.materials)],
            "fees": [sides.certain(fee) for fee in sides.kept(matter.fees)],
            "fee_note": note if note and sides.concerns(note.only_for) else None,
            "time_limits": limits.model_copy(
                update={"citizen": sides.kept(limits.citizen), "cases": sides.kept(limits.cases)}
            ),
            "location": matter.location.model_copy(update={"cases": sides.kept(matter.location.cases)}),
            "online": matter.online.model_copy(update={"cases": sides.kept(matter.online.cases)}),
            "validity": sides.kept(matter.validity),
            "consequences": sides.kept(matter.consequences),
        }
    )


class _Sides:
    """Which statements the chosen options keep."""

    def __init__(self, matter: Matter, chosen: Collection[str]):
        self._situation_of = {option: situation.id for option, (situation, _) in options_of(matter).items()}
        self._chosen = {self._situation_of[option]: option for option in chosen if option in self._situation_of}
        self._options = [option for _, option in options_of(matter).values() if option.id in chosen]

    def way(self) -> dict[str, object]:
        """Return mode and trips, where a chosen option has its own; the one that goes farthest counts."""
        own = [option for option in self._options if option.mode is not None and option.trips is not None]
        farthest = max(own, key=lambda option: option.trips or 0, default=None)
        return {"mode": farthest.mode, "trips": farthest.trips} if farthest else {}

    def concerns(self, only_for: Collection[str]) -> bool:
        """True unless a chosen option speaks against it."""
        touched = {self._situation_of[option] for option in only_for if option in self._situation_of}
        return all(self._chosen[situation] in only_for for situation in touched & self._chosen.keys())

    def kept(self, items: Iterable[Item]) -> list[Item]:
        return [item for item in items if self.concerns(item.only_for)]

    def certain(self, item: Item) -> Item:
        """Return the item without its `when`, where the options have settled that it is so."""
        touched = {self._situation_of[option] for option in item.only_for if option in self._situation_of}
        settled = touched and touched <= self._chosen.keys()
        return item.model_copy(update={"when": None}) if settled and not isinstance(item, Rule) else item


def told_in(text: str, matter: Matter) -> frozenset[str]:
    """Return the options a question tells of itself, by age or by words: at most one a situation.

    text: normalised. Where two options of a situation are told, neither is taken.
    """
    found = set()
    for situation in matter.situations:
        named = [province for province in PROVINCES if any(province in o.label.zh for o in situation.options)]
        told = [option.id for option in situation.options if _tells(text, option, named)]
        if len(told) == 1:
            found.add(told[0])
    return frozenset(found)


def tells_only(text: str, option: Option) -> bool:
    """True where a text says the option and nothing beside it: “我儿子12岁”, not “我儿子12岁不见了”."""
    rest = WHO.sub("", AGE.sub("", text))
    for word in sorted(option.words, key=len, reverse=True):
        rest = rest.replace(word.lower(), "")
    return not PARTICLES.sub("", rest)


def settle(matter: Matter, known: Collection[str], told: Collection[str]) -> tuple[str, ...]:
    """Return what is known of the citizen's situation when something new is told: the new replaces the old."""
    options = options_of(matter)
    newly = {options[option][0].id for option in told}
    kept = [option for option in known if option in options and options[option][0].id not in newly]
    return tuple(sorted([*kept, *told]))


def _tells(text: str, option: Option, named: Collection[str]) -> bool:
    """named: the provinces that options of this situation name in their labels."""
    if option.ages and any(option.ages[0] <= age <= option.ages[1] for age in ages_in(text)):
        return True
    words = [word.lower() for word in option.words]
    from_there = [p for p in PROVINCES if p in option.label.zh]
    if OTHER_PROVINCE in words:
        from_there += [p for p in PROVINCES if p not in named]
    return any(_says(text, word) for word in words) or any(_comes_from(text, p) for p in from_there)


def _comes_from(text: str, province: str) -> bool:
    """True for 安徽户口, 户口在安徽, 我是安徽的; a province merely named does not count."""
    before, after = rf"(?:户口|户籍|老家)[是在]*{province}", rf"{province}省?(?:的?户口|户籍|老家|人|的(?:$|[,，]))"
    return province in text and bool(re.search(f"{before}|{after}", text))


def _says(text: str, word: str) -> bool:
    """True where the word stands in the text and is not denied."""
    return any(not NOT.search(text[: found.start()]) for found in re.finditer(re.escape(word), text))


def ages_in(text: str) -> list[int]:
    """Return the ages a text tells, in whole years; 未满十六周岁 is 15."""
    return [_number(found["age"]) - bool(found["less"] or found["below"]) for found in AGE.finditer(text)]


def _number(digits: str) -> int:
    """Return the number of 16, 十六, 二十五."""
    if digits.isascii():
        return int(digits)
    tens, ten, ones = digits.partition("十")
    if not ten:
        return DIGITS.get(digits[-1], 0)
    return DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0)
