"""The door of the room: what others may use."""

from .address import NIGHT, To
from .channel import Channel, Found, LookUp, Outgoing, Sent
from .channels.sms import AliyunSms
from .delivery import Notifier
from .errors import BadText, ChannelFault
from .outbox import tell
from .receipts import receipt
from .shelf import Notices, check_notices
from .window import note_message_from, window_open

__all__ = [
    "NIGHT",
    "AliyunSms",
    "BadText",
    "Channel",
    "ChannelFault",
    "Found",
    "LookUp",
    "Notices",
    "Notifier",
    "Outgoing",
    "Sent",
    "To",
    "check_notices",
    "note_message_from",
    "receipt",
    "tell",
    "window_open",
]
