"""Every law and article the guides stand on, and every other source, with the matters that use them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..matters.schema import LegalBasis, Matter, Source, Text
from ..matters.service import Snapshot
from ..matters.stats import Cited, citations

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
PLACES = {"十": 10, "百": 100, "千": 1000}


class Issuer(StrEnum):
    """Who made a text: the page's groups, from the highest down."""

    CONGRESS = "congress"
    STATE_COUNCIL = "state-council"
    MINISTRIES = "ministries"
    LOCAL = "local"
    OTHER = "other"


# What the number of a text, who published it, or its name begins with.
BEGINNINGS = {
    Issuer.CONGRESS: ("全国人民代表大会",),
    Issuer.STATE_COUNCIL: ("国务院", "国办发", "国发"),
    Issuer.MINISTRIES: (
        "公安部", "公安机关", "公安派出所", "公通字", "公治", "公境", "国家", "财政部", "财综", "发改价格",
        "最高人民法院", "最高人民检察院", "商务部", "交通运输部", "银发", "中国人民银行",
    ),
}  # fmt: skip
LOCAL_NAME = re.compile(r"[一-龥]{2,7}?[省市县]|[一-龥]{2,7}?自治区")


@dataclass(frozen=True)
class Article:
    """name: none where the law is cited as a whole."""

    name: Text | None
    matters: list[Matter]


@dataclass(frozen=True)
class Law:
    name: Text
    number: str | None
    sources: list[Source]
    articles: list[Article]


@dataclass(frozen=True)
class Guidance:
    """A source no law stands behind: a guide, a notice, a report of one."""

    source: Source
    matters: list[Matter]


@dataclass(frozen=True)
class Cites:
    """laws: by issuer, within it the most used first."""

    laws: dict[Issuer, list[Law]]
    guidance: list[Guidance]

    @property
    def law_count(self) -> int:
        return sum(map(len, self.laws.values()))

    @property
    def article_count(self) -> int:
        return sum(1 for laws in self.laws.values() for law in laws for article in law.articles if article.name)


def make_cites(snapshot: Snapshot) -> Cites:
    matters = snapshot.matters.values()
    names = _english(basis.law for basis in _every(matters))
    articles = _english(basis.article for basis in _every(matters) if basis.article)
    laws: dict[Issuer, list[Law]] = {issuer: [] for issuer in Issuer}
    for cited in citations(matters):
        laws[issuer_of(cited)].append(_law(cited, names, articles))
    return Cites({issuer: found for issuer, found in laws.items() if found}, _guidance(matters))


def issuer_of(cited: Cited) -> Issuer:
    """Return who made the text: a place where its name says so, else by number, publishers and name, in this order."""
    if LOCAL_NAME.match(cited.law):
        return Issuer.LOCAL
    tellers = [cited.number or "", *(source.publisher for source in cited.sources.values()), cited.law]
    found = (issuer for teller in tellers for issuer, begins in BEGINNINGS.items() if teller.startswith(begins))
    return next(found, Issuer.OTHER)


def article_number(name: str) -> int:
    """Return 47 for 第四十七条; what is no numeral counts as 0. Of several articles the first counts."""
    total = digit = 0
    for character in name.removeprefix("第").partition("条")[0]:
        if character in PLACES:
            total, digit = total + (digit or 1) * PLACES[character], 0
        else:
            digit = DIGITS.get(character, 0)
    return total + digit


def _law(cited: Cited, names: dict[str, Text], articles: dict[str, Text]) -> Law:
    rows = sorted(cited.articles.items(), key=lambda row: (article_number(row[0]), row[0]))
    return Law(
        names[cited.law],
        cited.number,
        list(cited.sources.values()),
        [Article(articles.get(name), list({m.id: m for m in matters}.values())) for name, matters in rows],
    )


def _every(matters: Iterable[Matter]) -> Iterable[LegalBasis]:
    return (basis for matter in matters for basis in matter.legal_basis)


def _english(texts: Iterable[Text]) -> dict[str, Text]:
    """Return each text by its Chinese, with its English where any matter has written it."""
    found: dict[str, Text] = {}
    for text in texts:
        if text.zh not in found or (text.en and not found[text.zh].en):
            found[text.zh] = text
    return found


def _guidance(matters: Iterable[Matter]) -> list[Guidance]:
    sources: dict[str, Source] = {}
    users: dict[str, list[Matter]] = defaultdict(list)
    behind_laws = {_address(matter, basis.source) for matter in matters for basis in matter.legal_basis}
    for matter in matters:
        for source in matter.sources:
            if str(source.address) not in behind_laws:
                sources.setdefault(str(source.address), source)
                users[str(source.address)].append(matter)
    rows = sorted(sources.items(), key=lambda row: (row[1].publisher, row[1].title))
    return [Guidance(source, users[address]) for address, source in rows]


def _address(matter: Matter, source_id: str) -> str:
    return next((str(s.address) for s in matter.sources if s.id == source_id), "")


class PerSnapshot:
    """Keeps what was made of the newest snapshot, by name; another snapshot forgets all."""

    def __init__(self) -> None:
        self._kept: tuple[Snapshot | None, dict[str, Any]] = (None, {})

    def get(self, snapshot: Snapshot, name: str) -> Any | None:
        return self._kept[1].get(name) if self._kept[0] is snapshot else None

    def keep(self, snapshot: Snapshot, name: str, made: Any) -> None:
        if self._kept[0] is not snapshot:
            self._kept = (snapshot, {})
        self._kept[1][name] = made
