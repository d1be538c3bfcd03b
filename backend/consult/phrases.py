"""The short words of answers, in Chinese and English, and what every page calls an aspect."""

from ..matters.schema import Aspect, Matter, Mode

ASPECT_TITLE = {
    Aspect.OVERVIEW: ("是什么", "What it is"),
    Aspect.MATERIALS: ("要带什么", "What you need"),
    Aspect.PROCESS: ("怎么办", "How it is done"),
    Aspect.CONDITIONS: ("谁能办", "Who may apply"),
    Aspect.FEE: ("多少钱", "Fee"),
    Aspect.TIME_LIMIT: ("要多久", "How long it takes"),
    Aspect.LOCATION: ("去哪办", "Where"),
    Aspect.ONLINE: ("网上能办吗", "Online"),
    Aspect.VALIDITY: ("管多久", "How long it is valid"),
    Aspect.LEGAL_BASIS: ("依据", "Legal basis"),
    Aspect.CONSEQUENCE: ("不办会怎样", "What happens otherwise"),
}
MODE_SAYS = {
    Mode.FULL_ONLINE: ("全程网办", "fully online"),
    Mode.SEMI_ONLINE: ("网上先申请，再到窗口", "apply online, then come to the window"),
    Mode.APPOINTMENT: ("预约后到窗口办", "by appointment at the window"),
    Mode.WINDOW: ("到窗口办", "at the window"),
}
TRIPS_SAY = {
    0: ("一次不用跑", "no visit needed"),
    1: ("跑一次就行", "one visit"),
}
DIFFERS = ("（各地不同）", " (differs by place)")
DIFFER = ("写着“各地不同”的，以当地窗口为准。", "Where it differs by place, the local window decides.")
LOCAL = ("具体以当地窗口为准。", "Details differ by place; the local window decides.")
STALE = ("这条规则已过核对日期，请以窗口为准。", "This rule is past its review date; the window decides.")
CHINESE_ONLY = "The rules of this matter are published in Chinese:"


def pick(pair: tuple[str, str], lang: str) -> str:
    """Return the Chinese or the English of a pair."""
    return pair[0] if lang == "zh" else pair[1]


def name_of(matter: Matter, lang: str) -> str:
    """Return the matter's name; in English an alias where the file has no English name."""
    if lang == "en" and not matter.name.en and matter.aliases.en:
        alias = matter.aliases.en[0]
        return alias[:1].upper() + alias[1:]
    return matter.name.in_(lang)


def title_of(matter: Matter, aspect: Aspect, lang: str) -> str:
    return f"【{name_of(matter, lang)} · {pick(ASPECT_TITLE[aspect], lang)}】"


def ended(text: str, lang: str) -> str:
    """Return `text` with a full stop where it has no end of its own."""
    return text if text.endswith(tuple("。！？；.!?;：:")) else text + pick(("。", "."), lang)


def yuan(fen: int) -> str:
    """Return an amount as people write it: 2000 → 20, 1050 → 10.50."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"
