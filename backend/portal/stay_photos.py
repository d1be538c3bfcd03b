"""Photos of a registration: those sent in the chat, and how far the reading of one is."""

from .. import clock
from ..accommodation.service import attach_photo, find_reading, guests_in, open_draft, read_photo_token
from ..cases.service import Draft
from ..errors import Unavailable
from ..house import house
from ..identity.models import Citizen
from .stay_page import NoSuchPhoto, PhotoView, view_photo


class ChatPhotoGone(Unavailable):
    code = "portal.chat_photo_gone"
    says = "照片现在取不到，请在页面里重新拍照。 The photo cannot be fetched; please take it again on the page."


def own_photo(draft: Draft, file_id: str) -> PhotoView:
    """Return a photo the draft names: its own, or one of the case it corrects. Raise NoSuchPhoto for any other."""
    photo = view_photo(find_reading(file_id)) if file_id in draft.form.values() else None
    if photo is None:
        raise NoSuchPhoto
    return photo


def put_chat_photo(citizen: Citizen, token: str) -> Draft:
    """Put the photo into the citizen's draft, in the place of the first guest's passport.

    Followed twice, the link changes nothing the second time. Raise what `read_photo_token` raises, ChatPhotoGone.
    """
    rooms, now = house(), clock.utc_now()
    media_id = read_photo_token(rooms.settings.secret_key.get_secret_value(), token, citizen.openid)
    if rooms.fetch_photo is None:
        raise ChatPhotoGone
    data = rooms.fetch_photo(media_id)
    draft = open_draft(citizen, now)
    key = next((k for k, said in guests_in(draft.form).items() if not said.get("passport_file")), None)
    if key is not None:
        attach_photo(draft, citizen, rooms.files, data, kind="passport", guest=key, now=now)
    return draft
