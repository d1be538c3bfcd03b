"""What the sandbox's phone cannot do."""

from ..errors import Conflict, Invalid


class BadAct(Invalid):
    code = "sandbox.bad_act"


class NotFollowing(Conflict):
    code = "sandbox.not_following"
    says = "先关注公众号，才能发消息。"


class NothingToResend(Conflict):
    code = "sandbox.nothing_to_resend"
    says = "还没有发过消息。"
