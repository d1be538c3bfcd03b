"""What the account refuses, and what fails at Tencent's end."""

from ..errors import Refusal, Unavailable


class BadCallback(Refusal):
    """A callback that is not WeChat's, or that cannot be read. `code` is stable and logged.

    Codes: bad_query, bad_signature, stale, not_encrypted, no_key, bad_cipher, wrong_appid,
    bad_xml, bad_json, bad_message, too_large.
    """

    says = "refused"

    def __init__(self, code: str):
        super().__init__()
        self.code = code


class WechatFault(Unavailable):
    """Tencent's API refused or could not be reached.

    errcode: Tencent's number, or None where no answer came. permanent: trying again
    will not help. unsure: the request went out and no answer came back, so it may have been
    done. says: fit for the officer who runs the account.
    """

    code = "wechat.unavailable"
    says = "微信接口暂时不可用，请稍后再试。"

    def __init__(self, errcode: int | None, says: str | None = None, *, permanent: bool = False, unsure: bool = False):
        super().__init__(says, permanent=permanent)
        self.errcode = errcode
        self.unsure = unsure
