"""From the bytes WeChat sends to wechatpy's message objects; everything else is BadCallback.

What goes wrong inside wechatpy and xmltodict on a hostile body is no WeChat exception:
ExpatError, KeyError, TypeError, ValueError, AttributeError … `FAULTS` gathers them.
"""

import json
import re
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy import parse_message
from wechatpy.messages import BaseMessage

from .errors import BadCallback

FAULTS = (ExpatError, KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError)
MAX_DEPTH = 6
NAME = re.compile(r"[A-Za-z0-9_@.\-]{1,128}", re.ASCII)
# A document type may stand only before the root, so this refuses DOCTYPE and entities
# before the parser sees them, and still lets a citizen write "<!DOCTYPE" in a question.
START = re.compile(r"\s*(<\?xml[^<>]*\?>\s*)?<xml\s*>")
ENCRYPT = re.compile(r"<Encrypt>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9+/=]+)\s*(?:\]\]>)?\s*</Encrypt>")
# What XML 1.0 cannot hold. WeChat passes on what citizens paste, and a lost character is
# better than a lost question.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return `text` without what XML cannot hold."""
    return UNWRITABLE.sub("", text)


def read_text(body: bytes) -> str:
    """Return the body as text without what XML cannot hold. Raise BadCallback bad_xml."""
    try:
        return clean(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadCallback("bad_xml") from None


def is_json(text: str) -> bool:
    return text.lstrip()[:1] == "{"


def encrypted_part(text: str) -> str:
    """Return the ciphertext in the envelope of a push, XML or JSON.

    Its signature is checked next, so no parser is needed to find it, and none sees what is
    not signed. Raise BadCallback: bad_xml, bad_json, not_encrypted.
    """
    if is_json(text):
        found = _parse_json(text).get("Encrypt")
        encrypted = found if isinstance(found, str) else ""
    else:
        if not START.match(text):
            raise BadCallback("bad_xml")
        match = ENCRYPT.search(text)
        encrypted = match.group(1) if match else ""
    if not encrypted:
        raise BadCallback("not_encrypted")
    return encrypted


def as_xml(text: str) -> str:
    """Return a push as XML: XML itself unchanged, JSON rewritten. Raise BadCallback bad_json."""
    if not is_json(text):
        return text
    fields = _parse_json(text)
    try:
        written: str = xmltodict.unparse({"xml": fields})
    except FAULTS:
        raise BadCallback("bad_json") from None
    return clean(written)


def parse_xml(text: str) -> BaseMessage:
    """Return the message. Raise BadCallback: bad_xml, bad_message (fields missing or absurd)."""
    try:
        _ensure_plain_xml(text)
        message: BaseMessage = parse_message(text)  # type: ignore[assignment]  # None only for ""
    except FAULTS:
        raise BadCallback("bad_xml") from None
    try:
        _ensure_sensible(message)
    except FAULTS:
        raise BadCallback("bad_message") from None
    return message


def text_of(value: Any) -> str:
    """Return a field that should be text, or "" where a hostile or empty one is not."""
    return value if isinstance(value, str) else ""


def _parse_json(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except FAULTS:
        raise BadCallback("bad_json") from None


def _ensure_plain_xml(text: str) -> None:
    if not START.match(text):
        raise ValueError("not WeChat's XML")


def _ensure_sensible(message: BaseMessage) -> None:
    fields = message._data
    for name in ("FromUserName", "ToUserName"):
        if not NAME.fullmatch(fields[name]):
            raise ValueError(name)
    if int(fields["CreateTime"]) < 0 or int(fields.get("MsgId") or 0) < 0:
        raise ValueError("a negative number")
    _ensure_shallow(fields, MAX_DEPTH)


def _ensure_shallow(value: Any, depth: int) -> None:
    if not isinstance(value, dict | list):
        return
    if depth == 0:
        raise ValueError("nested too deep")
    for inner in value.values() if isinstance(value, dict) else value:
        _ensure_shallow(inner, depth - 1)
