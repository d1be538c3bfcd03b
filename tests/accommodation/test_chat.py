"""The link to a photo sent in the chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accommodation.chat import NotYourPhoto, PhotoLinkBroken, make_photo_token, read_photo_token

SECRET = "s" * 40


@given(st.text(max_size=40), st.text(max_size=200))
def test_the_link_leads_its_sender_to_the_photo(openid: str, media_id: str) -> None:
    assert read_photo_token(SECRET, make_photo_token(SECRET, openid, media_id), openid) == media_id


def test_nobody_else_follows_it() -> None:
    with pytest.raises(NotYourPhoto):
        read_photo_token(SECRET, make_photo_token(SECRET, "o-anna", "m"), "o-stranger")


@pytest.mark.parametrize("token", ["", "x", "AAAA", "x" * 3000, "é"])
def test_a_broken_link_is_refused(token: str) -> None:
    with pytest.raises(PhotoLinkBroken):
        read_photo_token(SECRET, token, "o-anna")
