"""Photos on the phone: taken, sent, fetched by the account for three days."""

from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from backend.sandbox.envelope import Account
from backend.sandbox.errors import NoPicture
from backend.sandbox.media import MAX_BYTES, Album
from backend.sandbox.messages import Kind, fields_of, to_xml
from backend.sandbox.store import Store
from tests.sandbox.conftest import SetClock, make_act
from tests.sandbox.test_platform import says

JPEG = b"\xff\xd8\xff\xe0 a made-up picture"
PNG = b"\x89PNG\r\n\x1a\n made up"


@pytest.fixture
def album(store: Store, clock: SetClock) -> Album:
    return Album(store, clock, "http://127.0.0.1:9")


@pytest.mark.parametrize(("data", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png")])
def test_a_picture_comes_back_as_it_was(album: Album, data: bytes, kind: str) -> None:
    found = album.get(album.keep(data))
    assert (found.media_type, found.data) == (kind, data)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<svg>", JPEG + b"0" * MAX_BYTES])
def test_what_wechat_does_not_take_is_refused(album: Album, data: bytes) -> None:
    with pytest.raises(NoPicture):
        album.keep(data)


def test_after_three_days_it_is_gone(album: Album, clock: SetClock) -> None:
    media = album.keep(JPEG)
    clock.sleep(3 * 24 * 3600)
    assert says(album.get, media) == 0
    clock.sleep(1)
    assert says(album.get, media) == 40007
    assert says(album.get, "made-up") == 40007


def test_old_pictures_give_way(album: Album, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.sandbox.media.MOST_PICTURES", 2)
    kept = [album.keep(JPEG) for _ in range(3)]
    assert [says(album.get, media) for media in kept] == [40007, 0, 0]


def test_the_message_names_the_picture_and_where_it_is_shown(album: Album) -> None:
    act = make_act(Kind.IMAGE, text="", media=album.keep(JPEG))
    fields = fields_of(act, "gh_x", 1, album.address)
    assert fields["MediaId"] == act.media
    assert fields["PicUrl"] == f"http://127.0.0.1:9/sandbox/picture/{act.media}"


def test_the_page_keeps_a_picture_and_the_account_fetches_it(client: FlaskClient, account: Account) -> None:
    media = client.post("/sandbox/photo", data=JPEG, content_type="image/jpeg").get_json()["media"]
    assert client.get(f"/sandbox/picture/{media}").data == JPEG
    assert client.get("/sandbox/picture/none").status_code == 404
    asked = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    token = client.post("/sandbox/tencent/cgi-bin/stable_token", json=asked).get_json()["access_token"]
    address = f"/sandbox/tencent/cgi-bin/media/get?access_token={token}&media_id="
    answer = client.get(address + media)
    assert (answer.data, answer.mimetype) == (JPEG, "image/jpeg")
    assert client.get(address + "none").get_json()["errcode"] == 40007
    assert client.get("/sandbox/tencent/cgi-bin/media/get?media_id=" + media).get_json()["errcode"] == 41001


def test_a_form_cannot_post_a_picture(client: FlaskClient) -> None:
    answer = client.post("/sandbox/photo", data={"x": "y"}, content_type="multipart/form-data")
    assert answer.status_code == 403


def test_a_list_in_a_receipt_is_written_as_elements() -> None:
    said = to_xml({"Event": "e", "SubscribeMsgSentEvent": {"List": {"MsgID": "7", "ErrorStatus": "<ok>"}}})
    assert ElementTree.fromstring(said).findtext("SubscribeMsgSentEvent/List/ErrorStatus") == "<ok>"
