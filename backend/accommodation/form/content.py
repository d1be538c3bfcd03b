"""What stands in a form, as plain values.

The fields are those of the forms in use at police stations (姓名、国籍、证件、签证、入境日期、住址、
入住和拟离开日期、留宿人). 《出境入境管理法》第三十九条 asks for the registration and leaves the form
to the public security organs.
"""

from dataclasses import dataclass
from datetime import date, datetime

NOT_FOREIGN = frozenset({"CHN", "HKG", "MAC", "TWN"})


@dataclass(frozen=True)
class Named:
    """A thing with a Chinese and an English name."""

    zh: str
    en: str


@dataclass(frozen=True)
class Station:
    """The police station that registers. phone: as printed."""

    name: Named
    phone: str


@dataclass(frozen=True)
class Visa:
    """The visa, stay or residence permit. kind: its class as people say it, "M" or "工作类居留许可 Work"."""

    kind: str
    number: str | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Guest:
    """Who stays, as the travel document has it.

    nationality_code: ISO 3166-1 alpha-3 or ICAO's own (Doc 9303-3), "SWE", "XXA". sex: "M", "F" or "X".
    visa: None where the guest entered without one. chinese_name: where the document has one.
    """

    surname: str
    given_names: str
    nationality_code: str
    nationality: Named
    sex: str
    birth_date: date
    document_type: Named
    document_number: str
    visa: Visa | None = None
    entry_date: date | None = None
    chinese_name: str | None = None

    @property
    def is_foreigner(self) -> bool:
        """False for residents of Hong Kong, Macao and Taiwan, whose registration has another basis."""
        return self.nationality_code not in NOT_FOREIGN


@dataclass(frozen=True)
class Stay:
    """Where and how long. check_out: None where the guest does not know yet."""

    address: str
    community: str
    check_in: date
    check_out: date | None = None


@dataclass(frozen=True)
class Host:
    """Who puts the guest up. kind: 房东 Landlord, 单位 Employer …"""

    name: str
    phone: str
    kind: Named


@dataclass(frozen=True)
class FormContent:
    """One form. issued_at: aware. officer_number: 警号. replaces: number of the form this one takes the place of.

    host: None where the guest owns the home. check_url: the public page the QR code leads to.
    """

    number: str
    issued_at: datetime
    bureau: Named
    station: Station
    guest: Guest
    stay: Stay
    officer_number: str
    check_url: str
    host: Host | None = None
    is_sample: bool = False
    replaces: str | None = None
