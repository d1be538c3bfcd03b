"""A passport photo sent in the chat: a link that puts it into the citizen's own submission.

The link names the photo at WeChat and the openid it came from, signed and readable by us only;
nothing is fetched before the citizen follows it, so other pictures stay where they are.
"""

import base64
import json

from ..errors import Forbidden, Invalid
from ..vault import Unreadable, Vault

MAX_TOKEN_CHARACTERS = 2000


class PhotoLinkBroken(Invalid):
    code = "stay.photo_link"
    says = "这个链接不完整或者过期了，请重新拍照。 This link is broken; please take the photo again."


class NotYourPhoto(Forbidden):
    code = "stay.not_your_photo"


def make_photo_token(secret: str, openid: str, media_id: str) -> str:
    sealed = Vault(secret, "chat photo").seal(json.dumps([openid, media_id]).encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_photo_token(secret: str, token: str, openid: str) -> str:
    """Return the media id of a photo this citizen sent. Raise PhotoLinkBroken, NotYourPhoto."""
    try:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise ValueError
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        sender, media_id = json.loads(Vault(secret, "chat photo").open(sealed))
    except (ValueError, Unreadable):
        raise PhotoLinkBroken from None
    if sender != openid:
        raise NotYourPhoto
    return str(media_id)
