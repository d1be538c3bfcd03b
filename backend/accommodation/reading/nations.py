"""Codes of states and organisations as travel documents write them.

Source: ISO 3166-1 (pycountry), and the codes ICAO adds in Doc 9303 part 3, section 5. Chinese names: CLDR, in Babel.
"""

from dataclasses import dataclass
from functools import cache

import pycountry
from babel import Locale


@dataclass(frozen=True)
class Nation:
    """A code with its names; `alpha_2` where it is a country's, for lists and flags."""

    code: str
    en: str
    zh: str
    alpha_2: str | None = None


# Not in ISO 3166-1 alpha-3. Part 3, section 5, parts B to E, and codes in use that the part tolerates.
SPECIAL = {
    "D": ("Germany", "德国", "DE"),
    "GBD": ("British Overseas Territories Citizen", "英国海外领土公民", "GB"),
    "GBN": ("British National (Overseas)", "英国国民（海外）", "GB"),
    "GBO": ("British Overseas Citizen", "英国海外公民", "GB"),
    "GBP": ("British Protected Person", "受英国保护人士", "GB"),
    "GBS": ("British Subject", "英籍人士", "GB"),
    "RKS": ("Kosovo", "科索沃", None),
    "XOM": ("Sovereign Military Order of Malta", "马耳他骑士团", None),
    "XXA": ("Stateless person", "无国籍人", None),
    "XXB": ("Refugee (1951 Convention)", "难民（1951年公约）", None),
    "XXC": ("Refugee (other)", "难民（其他）", None),
    "XXX": ("Unspecified nationality", "国籍不明", None),
    "XPO": ("Interpol", "国际刑警组织", None),
    "UNO": ("United Nations", "联合国", None),
    "UNA": ("United Nations agency", "联合国专门机构", None),
    "UNK": ("United Nations Interim Administration Mission in Kosovo", "联合国科索沃特派团", None),
    "EUE": ("European Union", "欧洲联盟", None),
    "XBA": ("African Development Bank", "非洲开发银行", None),
    "XIM": ("African Export-Import Bank", "非洲进出口银行", None),
    "XCE": ("Council of Europe", "欧洲委员会", None),
    "XCO": ("Common Market for Eastern and Southern Africa", "东部和南部非洲共同市场", None),
    "XEC": ("Economic Community of West African States", "西非国家经济共同体", None),
    "XES": ("Organization of Eastern Caribbean States", "东加勒比国家组织", None),
    "XMP": ("Parliamentary Assembly of the Mediterranean", "地中海议会大会", None),
    "XDC": ("Southern African Development Community", "南部非洲发展共同体", None),
    "ZIM": ("Zimbabwe", "津巴布韦", "ZW"),
    "XCT": ("Turkish Republic of Northern Cyprus", "北塞浦路斯", None),
    "IAO": ("International Civil Aviation Organization", "国际民用航空组织", None),
    "NTZ": ("Neutral Zone", "中立区", None),
    "UTO": ("Utopia (specimen)", "乌托邦（样本）", None),
}


@cache
def nations() -> dict[str, Nation]:
    """Return every code with its names."""
    zh, en = Locale("zh").territories, Locale("en").territories
    known = {
        country.alpha_3: Nation(
            country.alpha_3,
            en.get(country.alpha_2, country.name),
            zh.get(country.alpha_2, country.name),
            country.alpha_2,
        )
        for country in pycountry.countries
    }
    return known | {code: Nation(code, *names) for code, names in SPECIAL.items()}


def find_nation(code: str) -> Nation | None:
    """Return the nation of `code` (fillers are cut), or None."""
    return nations().get(code.rstrip("<"))


def is_known(code: str) -> bool:
    return find_nation(code) is not None
