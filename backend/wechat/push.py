"""An answer that was not ready in time, sent as a customer-service message with a link."""

from ..text import cut_at_sentence, size_bytes
from .client import Wechat
from .logbook import Answer
from .rendering import MAX_TEXT_BYTES, MORE, fit

READ_ON = "\n\n详细说明 Read more: {link}"


def render_push(answer: Answer) -> str:
    """Return the text with the page's address at its end, at most 2,047 bytes."""
    if not answer.link or answer.link in answer.text:
        return fit(answer.text)
    ending = READ_ON.format(link=answer.link)
    room = MAX_TEXT_BYTES - size_bytes(ending)
    return cut_at_sentence(fit(answer.text), room, MORE) + ending


def push_answer(wechat: Wechat, answer: Answer) -> None:
    """Raise WechatFault, permanent where WeChat will never deliver it."""
    wechat.send_customer_text(answer.to, render_push(answer))
