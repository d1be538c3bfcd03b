import base64

import pytest

from backend.config import BadSettings, Settings
from backend.files.errors import ContentLost
from backend.files.keys import Keyring, fingerprint, make_keyring, new_key, open_content, parse_master_key, seal_content

OLD, NEW = b"o" * 32, b"n" * 32
ID, OTHER = "a" * 32, "b" * 32


@pytest.mark.parametrize(
    "text", ["short", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode(), "!" * 44]
)
def test_a_wrong_master_key_stops_the_start_and_is_named(text: str) -> None:
    with pytest.raises(BadSettings, match="EPOLICE_FILES_MASTER_KEY cannot be used: it must be 32 random bytes"):
        make_keyring(Settings(_env_file=None, files_master_key=text))


def test_a_missing_master_key_stops_the_start() -> None:
    with pytest.raises(BadSettings, match="EPOLICE_FILES_MASTER_KEY is missing"):
        make_keyring(Settings(_env_file=None))


def test_a_wrong_previous_key_stops_the_start_and_is_named() -> None:
    good = base64.b64encode(NEW).decode()
    with pytest.raises(BadSettings, match="EPOLICE_FILES_PREVIOUS_MASTER_KEY"):
        make_keyring(Settings(_env_file=None, files_master_key=good, files_previous_master_key="x"))


def test_an_empty_key_is_none_and_spaces_around_one_are_forgiven() -> None:
    assert parse_master_key("X", " ") is None
    assert parse_master_key("X", f" {base64.b64encode(NEW).decode()}\n") == NEW


def test_a_key_is_unwrapped_by_whichever_master_key_wrapped_it() -> None:
    key = new_key()
    old = Keyring(OLD)
    both = Keyring(NEW, OLD)
    assert both.unwrap(old.current_id, old.wrap(key, ID), ID) == key
    assert both.unwrap(both.current_id, both.wrap(key, ID), ID) == key
    with pytest.raises(ContentLost):
        Keyring(NEW).unwrap(old.current_id, old.wrap(key, ID), ID)


def test_a_fingerprint_names_a_key_without_telling_it() -> None:
    assert fingerprint(OLD) != fingerprint(NEW)
    assert len(fingerprint(OLD)) == 16


def test_a_wrapped_key_fits_its_own_file_only() -> None:
    ring = Keyring(NEW)
    with pytest.raises(ContentLost):
        ring.unwrap(ring.current_id, ring.wrap(new_key(), ID), OTHER)


def test_contents_cannot_be_exchanged_cut_or_changed() -> None:
    key = new_key()
    sealed = seal_content(key, b"passport", ID)
    assert b"passport" not in sealed
    assert open_content(key, sealed, ID) == b"passport"
    for wrong in (sealed[:-1], sealed[:10], b"", sealed[:-1] + bytes([sealed[-1] ^ 1]), b"XXXX" + sealed[4:]):
        with pytest.raises(ContentLost):
            open_content(key, wrong, ID)
    with pytest.raises(ContentLost):
        open_content(key, sealed, OTHER)
    with pytest.raises(ContentLost):
        open_content(new_key(), sealed, ID)
