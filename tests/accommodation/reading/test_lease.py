"""Leases: labels, shapes of values, dates in four manners; what is not certain is not sure."""

import io
from datetime import date

import pytest
from fpdf import FPDF

from backend.accommodation.reading.lease import Line, lease_of, read_lease
from backend.accommodation.reading.lease_dates import dates_in, number
from backend.sandbox.specimens import CJK, LeaseText, lease_page


@pytest.mark.parametrize(
    "text",
    [
        "自2026年11月1日起至2027年10月31日止",
        "自二〇二六年十一月一日起至二〇二七年十月三十一日止",
        "from 2026-11-01 to 2027-10-31",
        "from 1 November 2026 to 31st October 2027",
        "November 1, 2026 – Oct. 31, 2027",
        "2026/11/1-2027/10/31",
    ],
)
def test_days_are_read_however_they_are_written(text: str) -> None:
    assert dates_in(text) == [date(2026, 11, 1), date(2027, 10, 31)]


@pytest.mark.parametrize(
    ("text", "meant"), [("二十二", 22), ("十", 10), ("三十", 30), ("〇五", 5), ("二〇二六", 2026), ("12", 12)]
)
def test_numbers_are_read_in_chinese_too(text: str, meant: int) -> None:
    assert number(text) == meant


def test_days_that_do_not_exist_are_left_out() -> None:
    assert dates_in("2026年2月30日 2026-13-01") == []


def lines(*texts: str, certainty: float = 1.0) -> list[Line]:
    return [Line(text, certainty) for text in texts]


def test_a_chinese_lease_gives_all_its_fields() -> None:
    lease = lease_of(lines(*LeaseText(landlord="王小明", tenant="Anna Eriksson").lines))
    assert (lease.landlord, lease.tenant) == ("王小明", "Anna Eriksson")
    assert lease.address == "嘉兴市南湖区样本路12号3幢402室"
    assert (lease.starts_on, lease.ends_on) == ("2026-11-01", "2027-10-31")
    assert all(lease.sure.values())


def test_an_english_lease_gives_its_fields() -> None:
    lease = lease_of(
        lines(
            "Landlord: Wang Xiaoming  Passport No. X1",
            "Tenant: Anna Eriksson",
            "Premises: Room 402, No. 12 Sample Road, Nanhu District, Jiaxing",
            "Term: from 1 November 2026 to 31 October 2027",
        )
    )
    assert (lease.landlord, lease.tenant) == ("Wang Xiaoming", "Anna Eriksson")
    assert lease.address == "Room 402, No. 12 Sample Road, Nanhu District, Jiaxing"
    assert (lease.starts_on, lease.ends_on) == ("2026-11-01", "2027-10-31")


def test_what_is_read_unclearly_is_not_sure() -> None:
    lease = lease_of(lines(*LeaseText().lines, certainty=0.6))
    assert lease.landlord == "样本房东" and not any(lease.sure.values())


def test_two_landlords_that_differ_are_not_sure() -> None:
    lease = lease_of(lines("出租方：王小明", "甲方：李小红"))
    assert lease.landlord == "王小明" and not lease.sure["landlord"]


@pytest.mark.parametrize("text", ["签约日期：2026年11月1日", "租期：2027年11月1日至2026年10月31日", "租期：一年"])
def test_a_term_that_is_none_is_never_sure(text: str) -> None:
    lease = lease_of(lines(text))
    assert not lease.sure["starts_on"] and not lease.sure["ends_on"]


def test_nothing_is_invented() -> None:
    lease = lease_of(lines("今天天气很好", "Hello"))
    assert (lease.landlord, lease.tenant, lease.address, lease.starts_on, lease.advice) == (
        None,
        None,
        None,
        None,
        "no-lease",
    )


def test_a_pdf_with_text_is_read_from_its_text() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    for text in ("LEASE", "Landlord: Wang Xiaoming", "Tenant: Anna Eriksson", "Period: 2026-11-01 to 2027-10-31"):
        pdf.cell(0, 10, text, new_x="LMARGIN", new_y="NEXT")
    lease = read_lease(bytes(pdf.output()))
    assert (lease.landlord, lease.starts_on, lease.ends_on) == ("Wang Xiaoming", "2026-11-01", "2027-10-31")


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.4 broken", b"\xff\xd8\xff\xe0broken"])
def test_what_cannot_be_opened_gives_an_advice(data: bytes) -> None:
    assert read_lease(data).advice == "not-a-picture"


@pytest.mark.skipif(not CJK.exists(), reason="the Chinese font comes with npm")
def test_a_photographed_lease_is_read() -> None:
    text = LeaseText(landlord="王小明")
    out = io.BytesIO()
    lease_page(text).rotate(2, expand=True, fillcolor=(120, 100, 80)).save(out, "JPEG", quality=80)
    lease = read_lease(out.getvalue())
    assert (lease.landlord, lease.tenant, lease.address) == ("王小明", text.tenant, text.address)
    assert (lease.starts_on, lease.ends_on) == ("2026-11-01", "2027-10-31")
