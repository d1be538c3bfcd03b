"""The account's three ways of writing to a person, as the outbox wants them."""

from datetime import datetime, timedelta

from ..notify.service import ChannelFault, Found, LookUp, Outgoing, Sent, window_open
from .client import Wechat
from .errors import WechatFault
from .logbook import Answer
from .push import push_answer

CUSTOMER, SUBSCRIPTION, TEMPLATE = "customer", "subscription", "template"
DEDUPLICATED_FOR = timedelta(minutes=10)  # client_msg_id, by openid
ALREADY_SENT = 45065  # "clientmsgid exist"

# Why this channel will never take this message. Everything else may pass: it is the
# account's trouble (white list, secret, quota) or Tencent's, and an operator can end it.
PERMANENT = {
    40003: "no openid of this account",
    40037: "no such template",
    41030: "no such page",
    43004: "does not follow the account",
    43101: "has not agreed to the notice, or has withdrawn",
    43107: "the account may not send this notice",
    45002: "too long",
    45015: "wrote more than 48 hours ago",
    45047: "has had as many as are allowed since",
    47003: "a field of the template breaks its rule",
    48001: "the account has no right to this interface",
    48002: "takes no messages of the account",
    45109: "the interface was withdrawn",
}


def wechat_channels(wechat: Wechat) -> "list[CustomerMessage | SubscriptionMessage | TemplateMessage]":
    """Return the channels, best first."""
    return [CustomerMessage(wechat), SubscriptionMessage(wechat), TemplateMessage(wechat)]


class CustomerMessage:
    """A message in the chat, free of form, while the 48 hours last. WeChat cannot be asked about it."""

    name = CUSTOMER
    asks = False

    def __init__(self, wechat: Wechat):
        self._wechat = wechat

    def reaches(self, message: Outgoing, now: datetime) -> bool:
        return message.to.openid is not None and window_open(message.to.openid, now)

    def send(self, message: Outgoing) -> Sent:
        text = f"【{message.title}】\n{message.text}"
        try:
            push_answer(self._wechat, Answer(message.to.openid or "", text, message.link))
        except WechatFault as fault:
            raise _channel_fault(fault) from None
        return Sent()

    def look_up(self, message: Outgoing, tried_at: datetime, now: datetime) -> LookUp:
        return LookUp(Found.UNKNOWN)


class SubscriptionMessage:
    """A notice the person has agreed to. Whether they still do, only WeChat knows: 43101."""

    name = SUBSCRIPTION
    asks = False

    def __init__(self, wechat: Wechat):
        self._wechat = wechat

    def reaches(self, message: Outgoing, now: datetime) -> bool:
        return bool(message.to.openid and message.card and message.card.subscription_id)

    def send(self, message: Outgoing) -> Sent:
        assert message.card
        openid, card = message.to.openid or "", message.card
        try:
            sent_id = self._wechat.send_subscription(openid, card.subscription_id, card.fields, page=message.link)
        except WechatFault as fault:
            raise _channel_fault(fault) from None
        return Sent(sent_id)

    def look_up(self, message: Outgoing, tried_at: datetime, now: datetime) -> LookUp:
        return LookUp(Found.UNKNOWN)


class TemplateMessage:
    """A template message; WeChat drops a repeat of the same client_msg_id for ten minutes."""

    name = TEMPLATE
    asks = False

    def __init__(self, wechat: Wechat):
        self._wechat = wechat

    def reaches(self, message: Outgoing, now: datetime) -> bool:
        return bool(message.to.openid and message.card and message.card.template_id)

    def send(self, message: Outgoing) -> Sent:
        assert message.card
        openid, card = message.to.openid or "", message.card
        try:
            sent_id = self._wechat.send_template(
                openid, card.template_id, card.fields, url=message.link, client_msg_id=message.handle
            )
        except WechatFault as fault:
            if fault.errcode == ALREADY_SENT:
                return Sent()
            raise _channel_fault(fault) from None
        return Sent(sent_id)

    def look_up(self, message: Outgoing, tried_at: datetime, now: datetime) -> LookUp:
        """Sending again is safe while WeChat remembers the first."""
        return LookUp(Found.REPEATABLE if now - tried_at < DEDUPLICATED_FOR else Found.UNKNOWN)


def _channel_fault(fault: WechatFault) -> ChannelFault:
    if fault.errcode is None:
        return ChannelFault("no_answer", unsure=fault.unsure, silent=True)
    return ChannelFault(f"wechat_{fault.errcode}", permanent=fault.errcode in PERMANENT)
