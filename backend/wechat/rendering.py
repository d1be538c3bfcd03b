"""The passive reply, in the format the callback came in."""

import json

from wechatpy.messages import BaseMessage
from wechatpy.replies import TextReply

from ..text import cut_at_sentence
from .parsing import clean

# No official limit is written; 2,047 bytes of UTF-8 were seen to pass and 2,048 to fail
# (dodgepudding/wechat-php-sdk#363).
MAX_TEXT_BYTES = 2047
MORE = "……"


def fit(text: str, tail: str = MORE) -> str:
    """Return `text` as one WeChat text can carry it, `tail` in place of what was cut."""
    return cut_at_sentence(clean(text), MAX_TEXT_BYTES, tail)


def render_xml(message: BaseMessage, text: str, now: int) -> str:
    # wechatpy does not escape: "]]>" in a citizen's own words would end the CDATA section
    # and add fields of the citizen's making. Splitting it in two sections is XML's way.
    split = text.replace("]]>", "]]]]><![CDATA[>")
    rendered: str = TextReply(message=message, content=split, time=now).render()
    return rendered


def render_json(message: BaseMessage, text: str, now: int) -> str:
    fields = {
        "ToUserName": message.source,
        "FromUserName": message.target,
        "CreateTime": now,
        "MsgType": "text",
        "Content": text,
    }
    return json.dumps(fields, ensure_ascii=False)
