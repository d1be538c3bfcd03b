"""A catalogue of as many matters as wanted, made of the real ones: for cost and for telling apart, not for law.

A made-up matter is a real one done for a made-up thing (“给快艇办养犬登记”): its sentences are the real one's, said
of the thing in one of three wordings. So a thousand matters differ as those of a large city do: many share the
act, many share the thing, and a question must be heard in both. Seeded: the same call makes the same catalogue,
and nothing is kept. The questions asked of it come of bank sentences that were left out.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType

from backend.consult.examples import MATTER, Example
from backend.consult.normalise import normalise
from backend.matters.schema import Matter, Text
from backend.matters.service import Snapshot

SEED = 20261122
HELD_OUT = 3  # questions a matter
ASKED_POOL = 20  # sentences of a real bank that no matter made of it learns
THINGS = [
    tuple(line.split())
    for line in """
游艇 快艇 摩托艇|滑翔机 滑翔伞 热气球|温泉馆 汤池 澡堂|茶馆 茶楼 茶室|鱼塘 养鱼池 水产塘
果园 桃园 采摘园|蜂场 养蜂点 蜂箱|马场 跑马场 骑马俱乐部|帐篷营地 露营地 房车营地
缆车 索道 观光梯|舞狮队 舞龙队 锣鼓队|戏班 剧团 越剧社|书院 学堂 私塾|陶窑 瓷窑 窑厂
染坊 布坊 织布厂|酒窖 酿酒坊 酒坊|豆腐坊 豆制品厂 磨坊|面包房 烘焙店 蛋糕房|冰场 溜冰馆 滑冰场
雪场 滑雪场 滑雪馆|潜水店 潜水馆 浮潜点|渔船 舢板 打鱼船|码头 渡口 船埠|灯塔 航标 浮标
水库 水坝 蓄水池|风车 风机 风力塔|光伏板 太阳能板 光伏电站|充电桩 换电站 充电站|仓库 库房 堆场
冷库 冻库 冰库|快递柜 驿站 代收点|无人车 无人小巴 自动驾驶车|机器人 机械臂 机器狗
天文台 观星台 望远镜站|植物园 花圃 苗圃|动物园 萌宠园 小动物馆|水族馆 海洋馆 鱼馆
博物馆 陈列馆 展览馆|画室 画廊 美术班|琴行 钢琴房 音乐教室|舞蹈房 跳舞班 舞室|拳馆 武馆 散打馆
剑馆 击剑馆 剑道场|射箭馆 弓箭馆 射箭场|棋院 围棋社 棋牌室|电竞馆 游戏厅 网咖
密室 剧本杀店 逃脱馆|影院 放映厅 电影院|摄影棚 照相馆 影棚|花店 鲜花铺 花坊
眼镜店 配镜店 验光室|牙科 牙医诊所 口腔门诊|药房 药店 大药铺|养老院 敬老院 老人公寓
托儿所 托育园 幼托班|月子中心 月子会所 产后护理院|殡仪馆 灵堂 骨灰堂|墓园 公墓 陵园
寺庙 庙宇 佛堂|教堂 礼拜堂 福音堂|祠堂 家庙 宗祠|窑洞 土楼 老宅院|集装箱房 板房 活动房
树屋 木屋 林间小屋|阁楼 天台 顶楼平台|地下室 半地下室 防空洞
""".replace("\n", "|").strip("|").split("|")
]  # fmt: skip
SAID = (
    "{thing}{asked}",
    "{asked}，是{thing}的",
    "我们{thing}{asked}",
    "{thing}的事，{asked}",
    "问个{thing}的，{asked}",
)


@dataclass(frozen=True)
class Made:
    """A catalogue. asked: held-out questions with the intent that is right."""

    matters: MappingProxyType[str, Matter]
    examples: list[Example]
    asked: list[Example]


def make(snapshot: Snapshot, examples: list[Example], matters: int, each: int) -> Made:
    """Return `matters` matters, the real ones among them, with `each` sentences and HELD_OUT questions of each."""
    banks = _banks(examples, each + ASKED_POOL)
    pairs = _pairs(sorted(banks), matters)
    learnt: list[Example] = []
    asked: list[Example] = []
    found: dict[str, Matter] = {}
    for base, number in pairs:
        matter = _matter(snapshot.matters[base], number)
        found[matter.id] = matter
        bank = banks[base]
        learnt += _sentences(bank[ASKED_POOL:], matter.id, number, each)
        asked += _sentences(bank[:ASKED_POOL], matter.id, number, HELD_OUT)
    return Made(MappingProxyType(found), learnt, asked)


def _banks(examples: list[Example], fewest: int) -> dict[str, list[Example]]:
    """Return the real banks in Chinese, shuffled; those too small are left out."""
    banks: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        kind, _, label = example.intent.partition(":")
        if kind == MATTER and example.firm and example.lang == "zh":
            banks[label].append(example)
    return {i: random.Random(f"{SEED} {i}").sample(bank, len(bank)) for i, bank in banks.items() if len(bank) >= fewest}


def _pairs(bases: list[str], matters: int) -> list[tuple[str, int | None]]:
    """Return (real matter, number of its thing; None: the real one itself)."""
    made = [(base, number) for base in bases for number in range(len(THINGS))]
    more = random.Random(SEED).sample(made, min(len(made), max(0, matters - len(bases))))
    return [*((base, None) for base in bases[:matters]), *more]


def _matter(base: Matter, number: int | None) -> Matter:
    if number is None:
        return base
    name = Text(zh=f"{THINGS[number][0]}{base.name.zh}"[:60])
    return base.model_copy(update={"id": f"{base.id}--{number}", "name": name, "related": []})


def _sentences(bank: list[Example], matter: str, number: int | None, count: int) -> list[Example]:
    """Return sentences of a matter, each of another sentence of the real bank, in an order of its own."""
    dice = random.Random(f"{SEED} {matter}")
    chosen = dice.sample(bank, count)
    texts = [e.text if number is None else _said(e.text, THINGS[number], dice) for e in chosen]
    return [
        Example(normalise(text), "zh", f"{MATTER}:{matter}", e.aspect) for text, e in zip(texts, chosen, strict=True)
    ]


def _said(asked: str, wordings: tuple[str, ...], dice: random.Random) -> str:
    return dice.choice(SAID).format(thing=dice.choice(wordings), asked=asked)
