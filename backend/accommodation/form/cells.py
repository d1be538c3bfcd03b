"""A form's values in the order of its table."""

from dataclasses import dataclass
from datetime import date

from .content import FormContent, Guest, Host, Named, Station, Stay, Visa
from .fonts import drawable
from .wording import NOTHING, OWN_HOME, SEXES


@dataclass(frozen=True)
class Cell:
    """One field. value: ready to be drawn, one line."""

    label: Named
    value: str


@dataclass(frozen=True)
class Section:
    """Rows of one or two cells under a heading."""

    title: Named
    rows: tuple[tuple[Cell, ...], ...]


def sections(content: FormContent) -> list[Section]:
    return [
        Section(Named("住宿人", "Guest"), _guest(content.guest)),
        Section(Named("证件和签证", "Travel document and visa"), _document(content.guest, content.guest.visa)),
        Section(Named("住宿", "Place of stay"), _stay(content.stay, content.station)),
        Section(Named("留宿人", "Host"), _host(content.host)),
    ]


def both(named: Named) -> str:
    """Return the Chinese and the English name on one line."""
    return f"{named.zh} {named.en}"


def _guest(guest: Guest) -> tuple[tuple[Cell, ...], ...]:
    nationality = f"{both(guest.nationality)} ({guest.nationality_code})"
    return (
        (_cell("姓", "Surname", guest.surname), _cell("名", "Given names", guest.given_names)),
        (_cell("中文姓名", "Name in Chinese", guest.chinese_name), _cell("性别", "Sex", _sex(guest.sex))),
        (
            _cell("国籍（地区）", "Nationality (region)", nationality),
            _day("出生日期", "Date of birth", guest.birth_date),
        ),
    )


def _document(guest: Guest, visa: Visa | None) -> tuple[tuple[Cell, ...], ...]:
    visa = visa or Visa("")
    return (
        (
            _cell("证件种类", "Type of document", both(guest.document_type)),
            _cell("证件号码", "Document No.", guest.document_number),
        ),
        (
            _cell("签证或居留许可", "Visa or permit", visa.kind),
            _cell("签证或许可号码", "Visa or permit No.", visa.number),
        ),
        (
            _day("签证或许可有效期至", "Visa or permit valid until", visa.valid_until),
            _day("入境日期", "Date of entry", guest.entry_date),
        ),
    )


def _stay(stay: Stay, station: Station) -> tuple[tuple[Cell, ...], ...]:
    return (
        (_cell("住址", "Address", stay.address),),
        (_cell("社区（村）", "Community", stay.community), _cell("管辖派出所", "Police station", station.name.zh)),
        (_day("入住日期", "Moved in on", stay.check_in), _day("拟离开日期", "Planned departure", stay.check_out)),
    )


def _host(host: Host | None) -> tuple[tuple[Cell, ...], ...]:
    name, phone, kind = (host.name, host.phone, host.kind) if host else (None, None, OWN_HOME)
    return (
        (_cell("姓名（单位）", "Name (organisation)", name),),
        (_cell("与住宿人关系", "Kind of host", both(kind)), _cell("联系电话", "Telephone", phone)),
    )


def _sex(code: str) -> str:
    return both(SEXES.get(code, SEXES["X"]))  # the MRZ's "<" too says that it is not specified


def _cell(zh: str, en: str, value: str | None) -> Cell:
    return Cell(Named(zh, en), drawable(value or "") or NOTHING)


def _day(zh: str, en: str, day: date | None) -> Cell:
    return _cell(zh, en, day.isoformat() if day else None)
