from datetime import timedelta

import pytest

from backend.accommodation.form.content import Named, Station
from backend.accommodation.form.seal import render_seal

from .samples import NOW, form, text_of


@pytest.mark.parametrize("text", ["嘉兴市公安局南湖区分局", "解放派出所", "Jiefang Police Station", "Digitally signed",
                                  "2026-11-22 14:05:00 UTC+8"])  # fmt: skip
def test_the_seal_says_who_signed_and_when(text: str) -> None:
    assert "".join(text.split()) in text_of(render_seal(form(), NOW, development=False))


def test_only_the_sandboxs_seal_says_that_it_has_no_effect() -> None:
    assert "无法律效力" in text_of(render_seal(form(), NOW, development=True))
    assert "无法律效力" not in text_of(render_seal(form(), NOW, development=False))


def test_long_names_stay_on_the_seal() -> None:
    content = form(station=Station(Named("嘉兴市南湖区" * 8 + "派出所", "Station " * 20), "1"))
    assert "嘉兴市南湖区" * 8 in text_of(render_seal(content, NOW + timedelta(hours=1), development=True))
