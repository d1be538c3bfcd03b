"""As many sentences as wanted, made from the banks: for cost, not for quality.

Known sentences are changed and joined anew (words swapped, dropped, brought in from another
sentence of the same matter, numbers, phrases before and after). The same seed gives the same
sentences, so nothing has to be kept: who needs them again makes them again.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from backend.consult.examples import MATTER, Example
from backend.consult.tokens import Tokeniser

MATTERS = 45  # the least number of matters, and of questions for each
SEED = 20261122
BEFORE = (
    "", "", "你好", "请问", "请问一下", "我想问下", "麻烦问一下", "打扰了", "师傅", "同志", "警官您好", "帮我看看",
    "那个", "是这样的", "急", "替我妈问", "朋友托我问", "第一次办", "上周打电话没人接", "在吗", "有人吗", "不好意思",
    "我就想知道", "老人不会用手机",
)  # fmt: skip
AFTER = (
    "", "", "谢谢", "急", "在线等", "麻烦了", "呢", "啊", "求解答", "能说详细点吗", "辛苦了", "怎么弄",
    "行不行", "对吧", "我是外地的", "我们这边派出所说不清楚", "明天就要用", "孩子等着上学",
    "别让我白跑一趟", "十万火急",
)  # fmt: skip


@dataclass(frozen=True)
class Base:
    """A bank sentence cut into pieces. joint: what stands between them."""

    pieces: tuple[str, ...]
    joint: str
    lang: str
    intent: str
    aspect: str


def base_of(examples: list[Example], size: int, tokeniser: Tokeniser) -> dict[str, list[Base]]:
    """Return `size` bank sentences by intent: MATTERS matters, equally many of each."""
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.firm and example.intent.startswith(f"{MATTER}:"):
            by_intent[example.intent].append(example)
    intents = sorted(by_intent)
    chosen = intents[:: max(1, len(intents) // MATTERS)][:MATTERS]
    each = max(2, size // max(1, len(chosen)))
    return {i: [_base(e, tokeniser) for e in by_intent[i][:each]] for i in chosen}


def _base(example: Example, tokeniser: Tokeniser) -> Base:
    chinese = example.lang == "zh"
    pieces = tokeniser.words(example.text) if chinese else []
    cut = tuple(pieces or example.text.split())
    return Base(cut, "" if chinese else " ", example.lang, example.intent, example.aspect)


def grown(bank: list[Base], count: int, seed: int = SEED) -> Iterator[Example]:
    """Yield `count` sentences of one intent, the bank's own first."""
    dice = random.Random(f"{seed} {bank[0].intent}")
    for number in range(count):
        known = number < len(bank)
        base = bank[number if known else int(dice.random() * len(bank))]
        text = base.joint.join(base.pieces) if known else _changed(base, bank, dice)
        yield Example(text, base.lang, base.intent, base.aspect)


def _changed(base: Base, bank: list[Base], dice: random.Random) -> str:
    pieces = list(base.pieces)
    other = bank[int(dice.random() * len(bank))].pieces
    for _ in range(1 + int(dice.random() * 3)):
        _change(pieces, other, dice)
    if base.lang == "zh":
        pieces = [BEFORE[int(dice.random() * len(BEFORE))], *pieces, AFTER[int(dice.random() * len(AFTER))]]
    return base.joint.join(pieces)


def _change(pieces: list[str], other: tuple[str, ...], dice: random.Random) -> None:
    """Swap two words, bring one in, put a number in, drop one, or take the other sentence's end."""
    at, what = int(dice.random() * len(pieces)), int(dice.random() * 5)
    if what == 0 and at:
        pieces[at - 1], pieces[at] = pieces[at], pieces[at - 1]
    elif what == 1:
        pieces.insert(at, other[int(dice.random() * len(other))])
    elif what == 2:
        pieces.insert(at, str(1 + int(dice.random() * 9999)))
    elif what == 3 and len(pieces) > 2:
        del pieces[at]
    else:
        pieces[at + 1 :] = other[len(other) // 2 :]


def some_questions(bases: dict[str, list[Base]], count: int) -> list[str]:
    """Return sentences nobody has learnt: another seed, none a bank's own. For times where no file is given."""
    each = -(-count // len(bases))
    made = [[e.text for e in islice(grown(b, len(b) + each, SEED + 1), len(b), None)] for b in bases.values()]
    return [text for texts in zip(*made, strict=True) for text in texts][:count]
