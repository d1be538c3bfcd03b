"""What can go wrong between the outbox and a person."""

from ..errors import NotFound, Unavailable


class ChannelFault(Unavailable):
    """A channel did not take a message.

    code: the provider's own, or ours ("no_answer"). permanent: this channel will never take
    this message. unsure: no answer came, so it may have been taken. silent: the provider
    could not be reached at all, so the next message will fare no better.
    """

    def __init__(self, code: str, *, permanent: bool = False, unsure: bool = False, silent: bool = False):
        super().__init__(permanent=permanent)
        self.code = code[:64]
        self.unsure = unsure
        self.silent = silent


class BadText(Unavailable):
    """A notice cannot be worded: unknown, or a param is missing. code: which of the two."""

    says = "通知的文字模板有误，请编辑核对 notices.yaml。"

    def __init__(self, code: str, says: str | None = None):
        super().__init__(says)
        self.code = code


class NoSuchMessage(NotFound):
    code = "notify.no_such_message"
    says = "没有这条消息，或者它不能重发。"
