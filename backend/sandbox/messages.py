"""What a citizen can do on the phone, and the fields Tencent makes of it.

Source: /doc/subscription/guide/product/message/Receiving_standard_messages.html and
Receiving_event_pushes.html
"""

import re
import secrets
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

TEXT_BYTES = 2047  # of a reply, in UTF-8; more is not shown

Value = str | int | dict[str, Any]  # an object: a receipt's list
Fields = dict[str, Value]
Openid = Annotated[str, StringConstraints(pattern=r"^oSandbox[A-Za-z0-9]{20}$")]


TICKET = "sandbox-ticket"
# Characters that XML 1.0 cannot hold; they never leave a real phone either.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Kind(StrEnum):
    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    LOCATION = "location"
    LINK = "link"
    VIDEO = "video"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    CLICK = "CLICK"
    VIEW = "VIEW"
    SCAN = "SCAN"

    @property
    def event(self) -> bool:
        return self in EVENTS


EVENTS = {Kind.SUBSCRIBE, Kind.UNSUBSCRIBE, Kind.CLICK, Kind.VIEW, Kind.SCAN}
NEEDS_TEXT = {Kind.TEXT, Kind.LINK, Kind.CLICK, Kind.VIEW, Kind.SCAN}


class How(BaseModel):
    """How Tencent's side sends, and what it breaks on the way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["safe", "compatible", "plain"] = "safe"
    format: Literal["xml", "json"] = "xml"
    broken: Literal["", "bad-signature", "old-timestamp", "broken-xml", "oversize", "wrong-appid"] = ""
    lost_calls: int = Field(default=0, ge=0, le=3, description="of how many calls the answer comes too late")


class Act(BaseModel):
    """One thing the citizen does.

    text: what is typed; for a voice message what WeChat recognised (may be empty); for a
    link its address; for an event its key; for a location its label. media: of a photo that
    was put into the album first; empty: a picture that cannot be fetched.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    openid: Openid
    kind: Kind
    text: str = Field(default="", max_length=4000)
    latitude: float = Field(default=0, ge=-90, le=90)
    longitude: float = Field(default=0, ge=-180, le=180)
    media: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    how: How = How()

    @model_validator(mode="after")
    def _has_its_text(self) -> Self:
        if self.kind in NEEDS_TEXT and not self.text:
            raise ValueError(f"a {self.kind} needs its text")
        return self


def new_openid() -> str:
    return "oSandbox" + secrets.token_hex(10)


def fields_of(act: Act, account_id: str, sent_at: int, pictures: str = "http://127.0.0.1/") -> Fields:
    """Return the fields of the message in Tencent's order.

    sent_at: seconds since the epoch. pictures: where photos of the album are shown, with a slash at its end.
    """
    fields: Fields = {"ToUserName": account_id, "FromUserName": act.openid, "CreateTime": sent_at}
    fields["MsgType"] = "event" if act.kind.event else act.kind.value
    fields |= _event(act) if act.kind.event else _content(act, pictures)
    if not act.kind.event:
        fields["MsgId"] = secrets.randbelow(9 * 10**17) + 10**17
    return fields


def _event(act: Act) -> Fields:
    match act.kind:
        case Kind.SUBSCRIBE:
            # A follower who came by a QR code brings its scene.
            scene: Fields = {"EventKey": f"qrscene_{act.text}", "Ticket": TICKET} if act.text else {"EventKey": ""}
            return {"Event": "subscribe"} | scene
        case Kind.SCAN:
            return {"Event": "SCAN", "EventKey": act.text, "Ticket": TICKET}
        case _:
            return {"Event": act.kind.value, "EventKey": act.text}


def _content(act: Act, pictures: str) -> Fields:
    media = act.media or f"sandbox-media-{secrets.token_hex(8)}"
    match act.kind:
        case Kind.VOICE:
            recognised: Fields = {"Recognition": act.text} if act.text else {}
            return {"MediaId": media, "Format": "amr"} | recognised
        case Kind.IMAGE:
            return {"PicUrl": f"{pictures}{media}", "MediaId": media}
        case Kind.VIDEO:
            return {"MediaId": media, "ThumbMediaId": media}
        case Kind.LOCATION:
            place: Fields = {"Location_X": f"{act.latitude:.6f}", "Location_Y": f"{act.longitude:.6f}"}
            return place | {"Scale": 15, "Label": act.text}
        case Kind.LINK:
            return {"Title": "分享的网页", "Description": "市民转发的链接", "Url": act.text}
        case _:
            return {"Content": act.text}


def to_xml(fields: Fields) -> str:
    """Return the fields as Tencent writes them: text in CDATA, numbers bare."""
    return "<xml>" + "\n".join(f"<{name}>{_written(value)}</{name}>" for name, value in fields.items()) + "</xml>"


def _written(value: Value) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_written(inner)}</{name}>" for name, inner in value.items())
    return str(value) if isinstance(value, int) else _cdata(value)


def _cdata(text: str) -> str:
    return "<![CDATA[" + UNWRITABLE.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


class _NoDoctype(ElementTree.TreeBuilder):
    """Builds the tree of a document without a type; a citizen's text may well hold "<!DOCTYPE"."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError("a document type is not allowed")


def from_xml(text: str) -> dict[str, str | list[dict[str, str]]]:
    """Return the fields of an account's answer; `Articles` as a list.

    Raises ValueError for what is no such XML. A document type is refused before it is
    parsed: entities could be made to grow without end.
    """
    parser = ElementTree.XMLParser(target=_NoDoctype())  # noqa: S314 - no document type, so no entities
    try:
        parser.feed(text)
        root = parser.close()
    except ElementTree.ParseError as fault:
        raise ValueError(f"broken XML: {fault}") from None
    if root.tag != "xml":
        raise ValueError(f"the root is <{root.tag}>, not <xml>")
    return {child.tag: _value(child) for child in root}


def _value(element: ElementTree.Element) -> str | list[dict[str, str]]:
    if element.tag == "Articles":
        return [{part.tag: part.text or "" for part in item} for item in element]
    for part in element:  # <Image><MediaId>…
        return part.text or ""
    return element.text or ""
