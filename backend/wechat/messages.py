"""Which message gets which answer. Words about a matter come from `consult`, never from here."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import structlog
from wechatpy.messages import BaseMessage

from ..accommodation.service import MATTER as ACCOMMODATION
from ..accommodation.service import make_photo_token
from ..clock import utc_now
from ..consult.reply import Reply
from ..editing.service import open_ticket
from ..errors import Refusal
from ..house import House
from ..matters.bureau import Office
from ..notify.service import note_message_from, receipt
from ..vault import Vault
from . import wording
from .logbook import Answer
from .parsing import text_of
from .reports import reports_of

log = structlog.get_logger()
Handler = Callable[[BaseMessage, str], Answer | str]
EVENT_NAME = re.compile(r"[A-Za-z_]{1,48}", re.ASCII)
FAR_KM = 100.0
MAX_QUESTION_CHARACTERS = 2000
ASK, MATTER = "ask:", "matter:"


class Desk:
    """Answers messages, as a clerk at the account's window. Made once a process."""

    def __init__(self, house: House, vault: Vault):
        self._house = house
        self._vault = vault
        self._messages: dict[str, Handler] = {
            "text": self._text,
            "voice": self._voice,
            "image": self._image,
            "video": lambda *_: wording.VIDEO,
            "shortvideo": lambda *_: wording.VIDEO,
            "link": lambda *_: wording.LINK,
            "location": self._location,
            "miniprogrampage": lambda *_: wording.LINK,
        }
        self._events: dict[str, Handler] = {
            "subscribe": lambda *_: self._welcome(),
            "subscribe_scan": self._scan,
            "scan": self._scan,
            "click": self._click,
        }

    def has_answer(self, message: BaseMessage) -> bool:
        """True where the citizen is to see something; otherwise `note` it."""
        return self._handler(message) is not None

    def answer(self, message: BaseMessage) -> Answer:
        """Return the answer; whatever goes wrong is an apology, never an exception."""
        handler, to = self._handler(message), str(message.source)
        try:
            _note_writer(to)
            said = handler(message, self._vault.key_of(to)) if handler else wording.APOLOGY
        except Refusal as refusal:
            said = refusal.says
        except Exception:  # a citizen must get a sentence, whatever a room below does
            log.error("message_not_answered", type=message.type, exc_info=True)
            said = wording.APOLOGY
        return said if isinstance(said, Answer) else Answer(to, said)

    def note(self, message: BaseMessage) -> None:
        """Take in a message that shows the citizen nothing."""
        event = text_of(message._data.get("Event"))
        if getattr(message, "event", "") == "unsubscribe":
            self._house.consultant.forget(who=self._vault.key_of(str(message.source)))
        for report in reports_of(message._data):
            receipt(report.channel, report.receipt_id, report.status)
        name = event if EVENT_NAME.fullmatch(event) else "other"
        status = text_of(message._data.get("Status"))
        log.info("wechat_event", type=message.type, event_type=name, status=_known_status(status))

    def _handler(self, message: BaseMessage) -> Handler | None:
        if message.type == "event":
            return self._events.get(message.event)
        return self._messages.get(message.type)

    def _text(self, message: BaseMessage, who: str) -> Answer | str:
        question = text_of(message._data.get("Content")).strip()
        return self._ask(question, message, who) if question else wording.EMPTY

    def _voice(self, message: BaseMessage, who: str) -> Answer | str:
        # WeChat's recognition is being withdrawn and then comes empty (community 0004642ac48a…).
        heard = text_of(message._data.get("Recognition")).strip()
        return self._ask(heard, message, who) if heard else wording.VOICE

    def _image(self, message: BaseMessage, _: str) -> str:
        """Offer to put the photo into a registration: nothing is fetched or kept before that is wanted."""
        media_id = text_of(message._data.get("MediaId"))
        secret = self._house.settings.secret_key.get_secret_value()
        token = make_photo_token(secret, str(message.source), media_id)
        return wording.IMAGE.format(photo=self._address(f"/stay/photo/{token}"), link=self._page(ACCOMMODATION))

    def _location(self, message: BaseMessage, _: str) -> str:
        try:
            latitude, longitude = float(message.location_x), float(message.location_y)
        except (TypeError, ValueError):
            return wording.NEAREST
        if not (math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
            return wording.NEAREST
        offices = self._house.catalogue.current.bureau.nearest_offices(latitude, longitude)
        told = [_tell_office(o, o.distance_km(latitude, longitude)) for o in offices]
        far = offices[0].distance_km(latitude, longitude) > FAR_KM
        return "\n\n".join([wording.FAR if far else wording.NEAR, *told])

    def _scan(self, message: BaseMessage, who: str) -> Answer | str:
        """Open the matter a poster's code stands for; its scene is the matter's id."""
        scene = text_of(message._data.get("EventKey"))
        if scene in self._house.catalogue.current.matters:
            return self._matter(scene, message, who)
        return self._welcome()

    def _click(self, message: BaseMessage, who: str) -> Answer | str:
        key = text_of(message._data.get("EventKey"))
        if key.startswith(ASK):
            return self._ask(key.removeprefix(ASK), message, who)
        if key.startswith(MATTER):
            return self._matter(key.removeprefix(MATTER), message, who)
        if key == "human":
            return self._ask(wording.HUMAN, message, who)
        return {"nearest": wording.NEAREST, "english": wording.ENGLISH}.get(key) or self._welcome()

    def _ask(self, question: str, message: BaseMessage, who: str) -> Answer:
        reply = self._house.consultant.answer(question[:MAX_QUESTION_CHARACTERS], who=who)
        if open_ticket(reply, who=who, openid=str(message.source), now=utc_now()):
            taken = wording.TICKET["zh" if reply.lang == "zh" else "en"]
            reply = replace(reply, text=f"{reply.text}\n\n{taken}")
        return self._worded(reply, message)

    def _matter(self, matter_id: str, message: BaseMessage, who: str) -> Answer:
        return self._worded(self._house.consultant.answer_matter(matter_id, who=who), message)

    def _worded(self, reply: Reply, message: BaseMessage) -> Answer:
        link = self._page(reply.matter, reply.aspect) if reply.matter else ""
        return Answer(str(message.source), reply.text or wording.APOLOGY, link)

    def _page(self, matter_id: str, aspect: str | None = None) -> str:
        anchor = f"#{aspect}" if aspect and aspect != "overview" else ""
        return self._address(f"/m/{matter_id}{anchor}")

    def _address(self, path: str) -> str:
        return f"{self._house.settings.public_url}{path}"

    def _welcome(self) -> str:
        bureau = self._house.catalogue.current.bureau
        return wording.WELCOME.format(zh=bureau.short_name.zh, en=bureau.short_name.in_("en"))


def _note_writer(openid: str) -> None:
    """Remember that the person wrote, so that notices may be sent in the chat."""
    try:
        note_message_from(openid, utc_now())
    except Exception:  # the answer matters more: notices will take another channel
        log.warning("window_not_noted", exc_info=True)


def _tell_office(office: Office, distance_km: float) -> str:
    away = f"{distance_km:.1f} 公里 km" if distance_km >= 1 else f"{distance_km * 1000:.0f} 米 m"
    english = f" {office.name.en}" if office.name.en else ""
    lines = [f"{office.name.zh}{english}（{away}）", f"地址：{office.address.zh}"]
    return "\n".join([*lines, f"时间：{office.hours.zh}", f"电话：{office.phone}"])


def _known_status(status: str) -> str:
    """Return how a template message ended (TEMPLATESENDJOBFINISH), in three known words."""
    known = {"success": "success", "failed:user block": "blocked", "failed: system failed": "failed"}
    return known.get(status, "other" if status else "")
