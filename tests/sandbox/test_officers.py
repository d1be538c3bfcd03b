"""The demo officers' keys, read from the file the product writes."""

import json
from pathlib import Path

import pyotp
import pytest
from flask.testing import FlaskClient

from backend.config import Settings
from backend.identity.demo import FILE as WRITTEN
from backend.identity.demo import DemoOfficer as Written
from backend.sandbox.errors import NoOfficers
from backend.sandbox.officers import FILE, DemoOfficer, list_officers

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROW = {
    "username": "demo-nanhu", "name": "南湖派出所示例民警", "unit": "station-nanhu", "roles": ["station-officer"],
    "password": "made-up", "totp_secret": SECRET,
}  # fmt: skip


def write(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")


def test_it_is_the_file_the_product_writes() -> None:
    assert FILE == WRITTEN
    assert list(DemoOfficer.__dataclass_fields__) == list(Written.__dataclass_fields__)


def test_the_page_is_told_this_code_and_the_next_but_not_the_secret(client: FlaskClient, settings: Settings) -> None:
    write(settings.data_dir, json.dumps([ROW]))
    (shown,) = client.get("/sandbox/officers").get_json()["officers"]
    assert (shown["username"], shown["password"]) == ("demo-nanhu", "made-up")
    assert SECRET not in json.dumps(shown)
    assert 1 <= shown["seconds_left"] <= 30


def test_the_codes_are_those_of_an_authenticator() -> None:
    shown = DemoOfficer(**ROW).shown(1_800_000_010.7)  # type: ignore[arg-type]
    totp = pyotp.TOTP(SECRET)
    assert shown["codes"] == [totp.at(1_800_000_010), totp.at(1_800_000_040)]
    assert shown["seconds_left"] == 20


@pytest.mark.parametrize("text", [None, "", "{", '[{"username": "x"}]', "[1]"])
def test_without_a_file_that_can_be_read_it_says_what_to_do(
    client: FlaskClient, settings: Settings, text: str | None
) -> None:
    if text is not None:
        write(settings.data_dir, text)
    with pytest.raises(NoOfficers):
        list_officers(settings.data_dir)
    answer = client.get("/sandbox/officers")
    assert answer.status_code == 404 and "flask officers demo" in answer.get_json()["message"]
