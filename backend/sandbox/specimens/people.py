"""Made-up people of many nations, for made-up documents.

No name is taken from anybody's document: common surnames and given names of each nation are thrown together.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Person:
    """Who a specimen is made out to. `optional`: the personal number, or whatever the state puts there."""

    surname: str
    given_names: str
    nationality: str
    issuing_state: str
    document_number: str
    born_on: date
    sex: str  # M, F or X
    expires_on: date
    kind: str = ""  # the document code: P, PD, I, AC, V …; empty: the format's usual one
    optional: str = ""

    @property
    def birth_mrz(self) -> str:
        return f"{self.born_on:%y%m%d}"

    @property
    def sex_mrz(self) -> str:
        return "<" if self.sex == "X" else self.sex


# nation: (surnames, given names, shape of the number: A a letter, 9 a digit)
NATIONS: dict[str, tuple[str, str, str]] = {
    "USA": ("SMITH|JOHNSON-REED|O'BRIEN|GARCIA LOPEZ", "MARY ANN|JOHN PAUL|ELIZABETH|D'ANGELO", "999999999"),
    "GBR": ("SMYTHE-JONES|MACDONALD|O'CONNOR|FFOULKES", "OLIVER JAMES|SIÂN|CHARLOTTE ROSE", "999999999"),
    "D": ("MÜLLER|SCHÄFER-WEIß|VON DER HEIDE|BRÖKELMANN", "JÜRGEN|ANNA-LENA MARIE|KÄTHE", "C99XA9KL9"),
    "FRA": ("DUPONT|LEFÈVRE D'ARC|DE LA FONTAINE", "JEAN-PIERRE|ZOÉ|FRANÇOIS XAVIER", "99AA99999"),
    "ESP": (
        "GARCÍA MÁRQUEZ|NÚÑEZ DE BALBOA|FERNÁNDEZ-QUINTANILLA",
        "MARÍA DE LOS ÁNGELES|JOSÉ LUIS|ÍÑIGO",
        "AAA999999",
    ),
    "MEX": ("HERNÁNDEZ VILLASEÑOR|ORTIZ Y PINO", "GUADALUPE|JUAN CARLOS", "A99999999"),
    "BRA": ("DA SILVA SANTOS|DOS REIS GONÇALVES", "JOÃO PEDRO|ANA BEATRIZ", "AA999999"),
    "VNM": ("NGUYỄN|TRẦN|ĐẶNG|PHẠM", "THỊ HỒNG NHUNG|VĂN ĐỨC|QUỐC BẢO", "A9999999"),
    "THA": ("SRISUWANNAPHUM|WONGSAWATDIWATTANA", "CHATCHAI|PIYANUT", "AA9999999"),
    "JPN": ("SATO|YAMAMOTO|ONO", "HANAKO|TARO|YUI", "AA9999999"),
    "KOR": ("KIM|LEE|PARK", "MINJUN|SEO YEON|HYE-JIN", "M99999999"),
    "IND": ("SUBRAMANIAN|SINGH|", "VENKATA LAKSHMI NARASIMHA|ARJUN|PRIYA", "A9999999"),
    "IDN": ("|SUKARNOPUTRI", "SUHARTONO|DEWI AYU", "A9999999"),
    "PAK": ("KHAN|UR REHMAN", "MUHAMMAD ASIF|AYESHA", "AA9999999"),
    "EGY": ("ABD EL RAHMAN|EL-SAYED", "MOHAMED AHMED HASSAN|FATMA", "A99999999"),
    "SAU": ("AL GHAMDI|AL-QAHTANI", "ABDULLAH BIN SALEH|NOURA", "A999999"),
    "NGA": ("OKONKWO|ADEBAYO-WILLIAMS", "CHUKWUEMEKA|NGOZI IFEOMA", "A99999999"),
    "ZAF": ("VAN DER MERWE|NKOSI", "PIETER JOHANNES|THANDIWE", "A99999999"),
    "RUS": ("IVANOV|SHCHERBAKOVA", "DMITRII|EKATERINA", "999999999"),
    "UKR": ("SHEVCHENKO|HRYHORENKO", "OLEKSANDR|NATALIIA", "AA999999"),
    "POL": ("WIŚNIEWSKI|ŁUKASZEWICZ", "GRZEGORZ|ŻANETA", "AA9999999"),
    "NLD": ("VAN DEN BERG|DE VRIES", "WILLEKE LISELOTTE|JAN", "AA9AA99A9"),
    "ISL": ("JÓNSDÓTTIR|ÞORSTEINSSON", "SIGRÚN|ÓLAFUR", "A9999999"),
    "TUR": ("YILMAZ|ÖZTÜRK", "MEHMET|GÜLŞEN", "U99999999"),
    "IRN": ("HOSSEINI|MOUSAVI KHALKHALI", "REZA|ZAHRA", "A99999999"),
    "PHL": ("DELA CRUZ|SANTOS", "MARIA CRISTINA|JOSE", "A9999999A"),
    "AUS": ("WILLIAMS|O'SHEA", "JACK|CHLOE", "AA9999999"),
    "CAN": ("TREMBLAY|BOUCHARD-ROY", "ÉLISE|LIAM", "AA999999"),
    "LKA": ("WICKRAMASINGHE MUDIYANSELAGE|PERERA", "NUWAN PRADEEP KUMARA|DILINI", "N9999999"),
    "UTO": ("ERIKSSON|SPECIMEN", "ANNA MARIA|TEST", "A99999AA9"),
}


def _number(shape: str, chance: random.Random) -> str:
    drawn = {"A": lambda: chance.choice(LETTERS), "9": lambda: chance.choice("0123456789")}
    return "".join(drawn[c]() if c in drawn else c for c in shape)


def person(nation: str, chance: random.Random) -> Person:
    """Return somebody of `nation`, drawn by `chance`."""
    surnames, given, shape = NATIONS[nation]
    surname, first = chance.choice(surnames.split("|")), chance.choice(given.split("|"))
    if not surname:  # one name only: it stands in the surname's place
        surname, first = first, ""
    return Person(
        surname,
        first,
        nation,
        nation,
        _number(shape, chance),
        TODAY - timedelta(days=chance.randint(300, 32000)),
        chance.choice("MMMMFFFFX"),
        TODAY + timedelta(days=chance.randint(30, 3600)),
        optional=chance.choice(["", "", _number("99999999", chance), _number("A9999", chance)]),
    )


def people(count: int, seed: int) -> list[Person]:
    """Return `count` people, every nation in turn; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - specimens, not secrets
    nations = list(NATIONS)
    chance.shuffle(nations)
    return [person(nations[i % len(nations)], chance) for i in range(count)]
