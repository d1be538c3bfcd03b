"""Forms with good defaults, and ways to look at what was printed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2

from backend.accommodation.form.content import FormContent, Guest, Host, Named, Station, Stay, Visa

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
NUMBER = "33040220260001234"
CHECK_URL = "https://epolice.example.cn/check/Xk3v9Qp2Lm8sT1yWcR7uZaB4"
GUEST = Guest(
    surname="ERIKSSON",
    given_names="ANNA MARIA",
    nationality_code="SWE",
    nationality=Named("瑞典", "Sweden"),
    sex="F",
    birth_date=date(1990, 8, 12),
    document_type=Named("外国护照", "Foreign passport"),
    document_number="L898902C3",
    visa=Visa("工作类居留许可 Work residence permit", "112345678", date(2027, 8, 31)),
    entry_date=date(2026, 11, 20),
    chinese_name="安娜",
)
STAY = Stay("浙江省嘉兴市南湖区中山东路 100 号（示例）3 幢 501 室", "烟雨社区", date(2026, 11, 21), date(2027, 9, 1))
FORM = FormContent(
    number=NUMBER,
    issued_at=NOW,
    bureau=Named("嘉兴市公安局南湖区分局", "Nanhu Branch, Jiaxing Public Security Bureau"),
    station=Station(Named("解放派出所", "Jiefang Police Station"), "0573-0000-0011"),
    guest=GUEST,
    stay=STAY,
    officer_number="033127",
    check_url=CHECK_URL,
    host=Host("王建国", "138 0000 0000", Named("房东", "Landlord")),
)


def form(**changes: Any) -> FormContent:
    """Return the form of FORM with changes; those of the guest, the stay and the visa by their own names."""
    guest_changes = {name: changes.pop(name) for name in list(changes) if name in Guest.__dataclass_fields__}
    stay_changes = {name: changes.pop(name) for name in list(changes) if name in Stay.__dataclass_fields__}
    return replace(FORM, guest=replace(GUEST, **guest_changes), stay=replace(STAY, **stay_changes), **changes)


def text_of(pdf: bytes) -> str:
    """Return what a reader can copy from the page, without spaces: a wrapped value reads as one."""
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[0].get_textpage().get_text_range().split())


def bare(text: str) -> str:
    return "".join(text.split())
