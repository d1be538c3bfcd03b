"""Registering a stay in the browser, on real services."""

import pytest
from flask import Flask

from backend import clock
from tests.portal.phone import NOW, Phone


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


def test_from_the_first_tap_to_the_case(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    assert "开始登记" in anna.html("/stay")
    case = anna.submit(picture)
    html = anna.html(case)
    assert "境外人员住宿登记" in html and "南湖派出所" in html
    assert case in anna.html("/my")
