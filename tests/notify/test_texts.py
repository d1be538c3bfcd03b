"""The texts of the notices: the real file is good, and every fault of an editor is found."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.notify.errors import BadText
from backend.notify.limits import fit_field, sms_segments
from backend.notify.shelf import Notices, check_notices, read_notices
from backend.notify.texts import SMS_MAX_SEGMENTS, Notice, Texts, fill, preview
from tests.conftest import KNOWLEDGE, ROOT
from tests.notify.conftest import write_notices

REAL = KNOWLEDGE / "notices.yaml"
TEXTS: Texts = read_notices(REAL)[0]
BOTH = [(name, lang) for name in TEXTS.notices for lang in ("zh", "en")]
NEEDED = {
    "phone-code", "case-submitted", "case-returned", "case-refused", "case-done", "case-withdrawn", "step-waiting",
    "step-resumed", "step-due-soon", "step-overdue", "stay-visit-agreed",
    "stay-issued", "stay-revoked", "stay-draft-ending", "stay-permit-ending", "stay-lease-ending", "stay-reported-late",
}  # fmt: skip


def test_the_real_file_has_no_fault_and_every_notice() -> None:
    assert check_notices(REAL) == []
    assert set(TEXTS.notices) >= NEEDED


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_every_notice_can_be_worded(name: str, lang: str) -> None:
    notice = TEXTS.notices[name]
    params = {param: f"<{param}>" for param in notice.params}
    told = fill(notice.in_(lang).title + notice.in_(lang).text, params)
    assert "{" not in told
    assert all(value in told for value in params.values())


def told_in(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield each notice a file tells by name, with the params it writes out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tell" and len(node.args) == 3):
            continue
        notice, params = node.args[1:]
        if isinstance(notice, ast.Constant) and isinstance(params, ast.Dict):
            yield notice.value, {key.value for key in params.keys if isinstance(key, ast.Constant)}


def test_who_tells_a_notice_gives_all_its_params() -> None:
    told = [found for path in ROOT.glob("backend/**/*.py") for found in told_in(path)]
    assert "phone-code" in {notice for notice, _ in told}
    assert [
        (notice, set(TEXTS.notices[notice].params) - given)
        for notice, given in told
        if set(TEXTS.notices[notice].params) - given
    ] == []


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_every_sms_is_short_and_says_nothing_personal(name: str, lang: str) -> None:
    wording = TEXTS.notices[name].sms_in(lang)
    text = wording.text.replace("{code}", "123456")
    assert "{" not in text
    assert sms_segments(text) <= SMS_MAX_SEGMENTS[lang]


@pytest.mark.parametrize("name", sorted(TEXTS.notices))
def test_english_is_english_and_chinese_is_chinese(name: str) -> None:
    notice = TEXTS.notices[name]
    assert all(not any("一" <= c <= "鿿" for c in t) for t in (notice.en.title, notice.en.text, notice.sms.en.text))
    assert all(any("一" <= c <= "鿿" for c in t) for t in (notice.zh.title, notice.zh.text, notice.sms.zh.text))


SPOILT = [
    ("编号 {number}", "编号 {nummer}", "different params"),
    ("params: [number]", "params: []", "not among params"),
    ("请看公众号", "请看{number}", "must not show"),
    ("请看公众号", "看" * 70, "longer than 1 SMS"),
    ("See WeChat", "a" * 140, "longer than 2 SMS"),
    ("编号 {number}", "编号 {number", "brace"),
    ("编号 {number}", "编号 {number.real}", "brace"),
    ("thing1:", "title1:", "no field"),
    ('fields: {thing1: "{number}"', f'fields: {{thing1: "{"长" * 21}{{number}}"', "may hold 20"),
    ("id: progress", "id: regress", "no wechat_templates"),
    ("SMS_100000001", "SMS_100000000", "used twice"),
    ("SMS_100000001", "SMS_x", "pattern"),
    ("purpose:", "porpoise:", "porpoise"),
    ("title: Title", "titel: Title", "titel"),
    ("must_arrive: true", "must_arrive: maybe", "must_arrive"),
    ("notices:", "notices: [", ""),
]


@pytest.mark.parametrize(("good", "bad", "told"), SPOILT)
def test_a_fault_is_told(tmp_path: Path, good: str, bad: str, told: str) -> None:
    path = write_notices(tmp_path / "notices.yaml")
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    faults = check_notices(path)
    assert any(told in str(fault) for fault in faults), faults


def test_a_missing_file_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    assert "cannot be read" in str(check_notices(tmp_path / "none.yaml")[0])


def test_a_file_gone_bad_keeps_its_last_good_texts(tmp_path: Path) -> None:
    path = write_notices(tmp_path / "notices.yaml")
    notices = Notices(path)
    path.write_text("notices: [", encoding="utf-8")
    assert notices.get("important").zh.title == "标题"
    with pytest.raises(BadText) as caught:
        notices.get("none")
    assert caught.value.code == "no_such_notice"


def test_a_missing_param_is_named() -> None:
    notice: Notice = TEXTS.notices["case-done"]
    with pytest.raises(BadText, match="result、unit"):
        notice.ensure_params({"number": "1", "matter": "m"})
    notice.ensure_params({name: "x" for name in (*notice.params, "more")})


def test_a_value_cannot_bring_its_own_params_or_lines() -> None:
    assert fill("{a} {b}", {"a": "{b}\n{a}", "b": "x"}) == "{b} {a} x"


def test_preview_shows_both_channels() -> None:
    shown = preview(TEXTS.notices["case-done"], "en")
    assert "〔number〕" in shown
    assert "SMS_" in shown


@pytest.mark.parametrize(
    ("text", "segments"),
    [("", 1), ("字" * 62, 1), ("字" * 63, 1), ("字" * 64, 2), ("字" * 127, 2), ("字" * 128, 3), ("😀" * 32, 2)],
)
def test_sms_are_counted_with_their_signature(text: str, segments: int) -> None:
    assert sms_segments(text) == segments


@pytest.mark.parametrize(
    ("name", "value", "fitted"),
    [
        ("thing1", "长" * 20, "长" * 20),
        ("thing1", "长" * 21, "长" * 19 + "…"),
        ("thing12", "", "-"),
        ("phrase3", "已经受理了吗", "已经受理…"),
        ("character_string2", "编号NH-1", "NH-1"),
        ("character_string2", "编号", "-"),
    ],
)
def test_fields_are_cut_to_wechats_limits(name: str, value: str, fitted: str) -> None:
    assert fit_field(name, value) == fitted
