"""What a conversation remembers, and the short messages that only make sense within one."""

import json
import re
from dataclasses import asdict, dataclass
from typing import NamedTuple

MAX_CHOICES = 4

ORDINALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "①": 1, "②": 2, "③": 3, "④": 4,
            "first": 1, "second": 2, "third": 3, "fourth": 4, "one": 1, "two": 2, "three": 3, "four": 4}  # fmt: skip
PICK = re.compile(
    r"^(?:我?(?:选|要|问)?(?:的是)?)?(?:第)?\s*([1-4一二两三四①②③④])\s*(?:个|项|条|种|号)?(?:吧|的)?[.。、!！)）]?$"
)
PICK_EN = re.compile(
    r"^(?:the |number |no\.? ?|option )?(first|second|third|fourth|one|two|three|four|[1-4])(?: one)?[.!)]?$"
)
PICK_LAST = re.compile(r"^(?:最后(?:一)?(?:个|项|条)|the last(?: one)?)[.。!！]?$")
CORRECTION = re.compile(
    r"^(?:不是(?:的|这个|啊|呀|呢|哦)*|不对(?:啊|的)?|错了|弄错了|搞错了|答错了|你?理解错了|no|nope|not that|wrong)"
    r"[,，。.!！、:： ]*"
    r"(?:我(?:问|说|要问|想问|指|讲|要办|要)的?(?:是|的是)?"
    r"|i (?:mean|meant|was asking about|asked about|am asking about))?[:：, ，]*"
)
MEANT = re.compile(r"^(?:我(?:问|说|指|讲)的(?:是|不是)|i mean(?:t)?|i asked about|i was asking about)[:：, ，]*")
INSTEAD = re.compile(
    r"^(?:那|那么|换成|如果是|要是|假如是)(.{1,16}?)(?:呢|咋样|怎么样)?[?？]?$"
    r"|^(.{1,16}?)呢[?？]?$"
    r"|^(?:what about|how about|and)(?: the| a| an| for)? (.{1,40}?)\??$"
)
USEFUL = frozenset({"有用", "有帮助", "useful", "helpful", "👍", "赞", "[强]"})
USELESS = frozenset({"没用", "没有用", "无用", "没帮助", "useless", "not useful", "not helpful", "👎", "[弱]"})


class Choice(NamedTuple):
    """One numbered choice as offered: a matter and an aspect of it, and where a situation was asked, its option."""

    matter: str
    aspect: str
    option: str = ""


@dataclass(frozen=True)
class Memory:
    """What one citizen's conversation is about. situation: the options of `matter` the citizen has told."""

    matter: str | None = None
    aspect: str | None = None
    lang: str = "zh"
    choices: tuple[Choice, ...] = ()
    tried: int = 0  # unclear messages in a row
    situation: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Memory":
        """Return the memory, or an empty one where the text is of another version."""
        try:
            found = json.loads(text)
            choices = tuple(Choice(*map(str, choice)) for choice in found.pop("choices", ()))
            return cls(choices=choices, situation=tuple(found.pop("situation", ())), **found)
        except (ValueError, TypeError, AttributeError):
            return cls()


def picked(text: str, offered: int) -> int | None:
    """Return which of the `offered` choices a message takes, from 0; None where it takes none."""
    if not offered:
        return None
    if PICK_LAST.match(text):
        return offered - 1
    found = PICK.match(text) or PICK_EN.match(text)
    if not found:
        return None
    said = found.group(1)
    number = int(said) if said in "1234" else ORDINALS[said]
    return number - 1 if number <= offered else None


def correction_of(text: str) -> str | None:
    """Return what remains after “不是，我问的是…”, or None where nothing is corrected."""
    for pattern in (CORRECTION, MEANT):
        found = pattern.match(text)
        if found and found.end() and text[found.end() :].strip():
            return text[found.end() :].strip()
    return None


def instead_of(text: str) -> str | None:
    """Return X of “那X呢”: the same question asked of something else."""
    found = INSTEAD.match(text)
    return next((g.strip() for g in found.groups() if g), None) if found else None


def verdict(text: str) -> bool | None:
    """Return True for 有用, False for 没用, None for everything else."""
    bare = text.strip().strip("。.!！").lower()
    if bare in USEFUL:
        return True
    return False if bare in USELESS else None
