"""The made-up people of the story, and their documents: drawn when asked for, kept nowhere."""

import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..errors import NoFont

if TYPE_CHECKING:
    from ..specimens import LeaseText, Person

PICTURES = ("passport", "visa", "lease")
JPEG_QUALITY = 88
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True)
class Role:
    """Somebody to choose. age: in years, to the day. says: what they ask the account first."""

    id: str
    surname: str
    given_names: str
    nationality: str
    nation: str
    sex: str
    age: int
    visa_kind: str
    lang: str
    says: str
    address: str
    community: str
    station: str
    landlord: str


ROLES = (
    Role(
        "kim", "KIM", "SEO YEON", "KOR", "韩国", "F", 21, "X1", "zh", "我是留学生，刚租了房子，要去派出所登记吗？",
        "嘉兴市南湖区样本路12号3幢402室", "烟雨社区", "station-nanhu", "样本房东",
    ),
    Role(
        "dupont", "DUPONT", "CLAIRE", "FRA", "法国", "F", 34, "Z", "en",
        "I just moved into a rented flat. Do I need to register?",
        "嘉兴市南湖区示例街8号1幢1501室", "国际社区", "station-chengnan", "示例房东",
    ),
    Role(
        "nguyen", "NGUYEN", "VAN DUC", "VNM", "越南", "M", 29, "M", "zh", "租在新丰镇上，怎么登记住宿？",
        "嘉兴市南湖区新丰镇样本弄6号", "新丰社区", "station-xinfeng", "样本房东",
    ),
    Role(
        "santos", "SANTOS", "MARIA CRISTINA", "PHL", "菲律宾", "F", 41, "S1", "en",
        "How do I register my accommodation?",
        "嘉兴市南湖区示例里20号201室", "双溪社区", "station-dongzha", "示例房东",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Character:
    """One of the roles on one day. seed: gives the numbers of the documents; two stories differ in it."""

    role: Role
    seed: int
    day: date

    @property
    def passport(self) -> "Person":
        return self._person(self._number("A"), self.role.nationality, self.day + timedelta(days=2200), "")

    @property
    def visa(self) -> "Person":
        return self._person(
            self._number("V"), "CHN", self.lease_ends_on + timedelta(days=40), "V" + self.role.visa_kind[0]
        )

    @property
    def phone(self) -> str:
        return f"138000{random.Random(self.seed).randrange(10**5):05}"  # noqa: S311 - a sample's number

    @property
    def lease_starts_on(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def lease_ends_on(self) -> date:
        return self.day + timedelta(days=364)

    def picture(self, kind: str) -> bytes:
        """Return a document as a JPEG, as a phone would have taken it. Raise NoFont."""
        from ..specimens import document, lease_page  # noqa: PLC0415 - drawing loads numpy; only the story draws

        try:
            image = {
                "passport": lambda: document(self.passport, "TD3"),
                "visa": lambda: document(self.visa, "MRV-A"),
                "lease": lambda: lease_page(self._lease()),
            }[kind]()
        except FileNotFoundError:
            raise NoFont from None
        out = io.BytesIO()
        image.save(out, "JPEG", quality=JPEG_QUALITY)
        return out.getvalue()

    def _lease(self) -> "LeaseText":
        from ..specimens import LeaseText  # noqa: PLC0415 - as in `picture`

        tenant = f"{self.role.surname} {self.role.given_names}"
        return LeaseText(self.role.landlord, tenant, self.role.address, self.lease_starts_on, self.lease_ends_on)

    def _number(self, first: str) -> str:
        drawn = random.Random(f"{self.seed}{first}")  # noqa: S311 - a sample's number
        return first + drawn.choice(LETTERS) + f"{drawn.randrange(10**7):07}"

    def _person(self, number: str, issuing: str, expires_on: date, kind: str) -> "Person":
        from ..specimens import Person  # noqa: PLC0415 - as in `picture`

        role = self.role
        born_on = self.day - timedelta(days=round(role.age * 365.25) + 100)
        return Person(
            role.surname, role.given_names, role.nationality, issuing, number, born_on, role.sex, expires_on, kind
        )


def role_of(role_id: str) -> Role:
    """Return the first role for an id that is none."""
    return next((role for role in ROLES if role.id == role_id), ROLES[0])
