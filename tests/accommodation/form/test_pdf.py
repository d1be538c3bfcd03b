from dataclasses import replace
from io import BytesIO
from time import process_time

import numpy
import pypdf
import pypdfium2
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend.accommodation.form import fonts
from backend.accommodation.form.content import Host, Named
from backend.accommodation.form.errors import FontMissing, TooLong
from backend.accommodation.form.pdf import LEFT, PAGE, RIGHT, render_pdf

from .samples import CHECK_URL, FORM, NUMBER, bare, form, text_of

POINTS_A_MM = 72 / 25.4


def boxes(pdf: bytes) -> numpy.ndarray:
    """Return left, bottom, right, top of every character that shows, in points."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    found = [page.get_charbox(i) for i in range(page.count_chars())]
    return numpy.array([b for b in found if b[2] > b[0] and b[3] > b[1]])


def overlaps(pdf: bytes) -> int:
    """Return how many pairs of characters share more than a third of the smaller one."""
    left, bottom, right, top = boxes(pdf).T
    width = numpy.minimum.outer(right, right) - numpy.maximum.outer(left, left)
    height = numpy.minimum.outer(top, top) - numpy.maximum.outer(bottom, bottom)
    area = (right - left) * (top - bottom)
    shared = numpy.clip(width, 0, None) * numpy.clip(height, 0, None) / numpy.minimum.outer(area, area)
    return int((numpy.triu(shared, 1) > 0.34).sum())


@pytest.mark.parametrize(
    "value",
    [
        "境外人员住宿登记表", "Registration Form of Temporary Residence", NUMBER, "2026-11-22",
        "嘉兴市公安局南湖区分局", "Nanhu Branch, Jiaxing Public Security Bureau",
        "解放派出所", "Jiefang Police Station", "0573-0000-0011", "033127", "2026-11-22 14:05",
        "ERIKSSON", "ANNA MARIA", "安娜", "瑞典 Sweden (SWE)", "女 Female", "1990-08-12",
        "外国护照 Foreign passport", "L898902C3", "工作类居留许可 Work residence permit", "112345678", "2027-08-31",
        "2026-11-20", "浙江省嘉兴市南湖区中山东路 100 号（示例）3 幢 501 室", "烟雨社区", "2026-11-21", "2027-09-01",
        "王建国", "138 0000 0000", "房东 Landlord", "第三十九条第二款", "Article 39", CHECK_URL,
    ],
)  # fmt: skip
def test_every_value_can_be_read_and_copied(unsigned: bytes, value: str) -> None:
    assert bare(value) in text_of(unsigned)


def test_another_reader_finds_the_text_too(unsigned: bytes) -> None:
    text = bare(pypdf.PdfReader(BytesIO(unsigned)).pages[0].extract_text())
    assert "ERIKSSON" in text and "浙江省嘉兴市南湖区中山东路100号" in text


def test_it_is_one_a4_page_with_title_and_language(unsigned: bytes) -> None:
    pdf = pypdf.PdfReader(BytesIO(unsigned))
    assert len(pdf.pages) == 1
    assert [round(float(side) / POINTS_A_MM) for side in pdf.pages[0].mediabox[2:]] == list(PAGE)
    assert pdf.root_object["/Lang"] == "zh-CN"
    assert pdf.metadata is not None and pdf.metadata.title is not None and NUMBER in pdf.metadata.title


def test_all_fonts_are_embedded(unsigned: bytes) -> None:
    for font in pypdf.PdfReader(BytesIO(unsigned)).pages[0]["/Resources"]["/Font"].values():
        assert "/FontFile2" in font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    assert len(unsigned) < 100_000


def test_the_same_content_gives_the_same_bytes(unsigned: bytes) -> None:
    assert render_pdf(form()) == unsigned


def test_only_a_sample_says_so(unsigned: bytes) -> None:
    assert "SAMPLE" not in text_of(unsigned)
    assert "样例SAMPLE" in text_of(render_pdf(form(is_sample=True)))


def test_a_form_that_takes_the_place_of_another_names_it(unsigned: bytes) -> None:
    assert "代替编号" not in text_of(unsigned)
    assert "代替编号ReplacesNo.33040220260000981" in text_of(render_pdf(form(replaces="33040220260000981")))


def test_what_is_not_known_is_a_dash() -> None:
    text = text_of(render_pdf(form(visa=None, entry_date=None, chinese_name=None, check_out=None, host=None)))
    assert "VisaorpermitNo.—" in text and "Planneddeparture—" in text and "本人住房Ownhome" in text


@pytest.mark.parametrize("code", ["CHN", "HKG", "MAC", "TWN"])
def test_the_law_on_foreigners_is_not_held_against_compatriots(code: str) -> None:
    text = text_of(render_pdf(form(nationality_code=code)))
    assert "三十九条" not in text and "请按照规定的时限" in text


def test_no_text_lies_over_other_text_or_outside_the_margins(unsigned: bytes) -> None:
    all_boxes = boxes(unsigned) / POINTS_A_MM
    assert all_boxes[:, 0].min() > LEFT - 0.5 and all_boxes[:, 2].max() < RIGHT + 0.5
    assert all_boxes[:, 1].min() > 5 and all_boxes[:, 3].max() < PAGE[1] - 10
    assert overlaps(unsigned) == 0


def without_hyphens(text: str) -> str:
    """PDFium takes a hyphen at the end of a line for one that hyphenation put there, and marks it."""
    return text.translate({ord(char): None for char in "-\x02\ufffe"})


LETTERS = st.sampled_from("ABÑWi-.' 上海（）路，幢1")
LENGTHS = st.sampled_from([1, 39, 120])


@st.composite
def texts(draw: st.DrawFn, times: int = 1) -> str:
    length = draw(LENGTHS) * times
    return "x" + "".join(draw(st.lists(LETTERS, min_size=7, max_size=7))) * (length // 7) + "y"


# Shrinking a failure would take minutes: each try sets a page.
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(texts(), texts(), texts(times=3), texts(), texts())
def test_long_values_wrap_or_shrink_and_are_never_cut(
    surname: str, given_names: str, address: str, host: str, station: str
) -> None:
    content = form(
        surname=surname, given_names=given_names, address=address, host=Host(host, "1", Named("亲友", "Friend")),
        station=replace(FORM.station, name=Named(station, station)), bureau=Named(station, station),
    )  # fmt: skip
    pdf = render_pdf(content)
    printed = without_hyphens(text_of(pdf))
    for value in (surname, given_names, address, host, station):
        assert without_hyphens(bare(value)) in printed
    all_boxes = boxes(pdf) / POINTS_A_MM
    assert all_boxes[:, 0].min() > LEFT - 0.5 and all_boxes[:, 2].max() < RIGHT + 0.5
    assert overlaps(pdf) == 0


def test_what_no_page_can_hold_is_refused() -> None:
    with pytest.raises(TooLong):
        render_pdf(form(address="路" * 2000))


@pytest.mark.parametrize(
    "strange", ["北京路 5 号 🏠 الشارع", "\u200f\u0000улица\nЛенина", "𠮷田町", "ถนน", "", "((\\)"]
)
def test_an_address_may_hold_any_script(strange: str) -> None:
    text = text_of(render_pdf(form(address=strange)))
    assert "?" not in text and "\ufffd" not in text and "管辖派出所" in text


def test_without_its_font_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(fonts, "PACKAGE", tmp_path)
    fonts._face.cache_clear()
    fonts._characters.cache_clear()
    with pytest.raises(FontMissing) as refused:
        render_pdf(form())
    assert refused.value.permanent and "字体没有安装" in refused.value.says


def test_a_later_form_takes_less_than_a_third_of_a_second() -> None:
    render_pdf(form())
    begun = process_time()
    render_pdf(form(surname="LINDQVIST"))
    assert process_time() - begun < 0.3
