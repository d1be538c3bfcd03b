"""What the room refuses, each with a code and a sentence for the person at the phone."""

from ..errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable


class NotPermitted(Forbidden):
    code = "identity.not_permitted"


class NoSuchCitizen(NotFound):
    code = "identity.no_such_citizen"


class NoSuchOfficer(NotFound):
    code = "identity.no_such_officer"
    says = "没有这个警号。"


class OfficerExists(Conflict):
    code = "identity.officer_exists"
    says = "这个警号已经有账号了。"


class BadOfficer(Invalid):
    """Username, unit, role or password of an account that cannot be made so."""

    code = "identity.bad_officer"


class BadName(Invalid):
    code = "identity.bad_name"
    says = "请填写证件上的姓名。 Please enter the name as on your document."


class BadDocument(Invalid):
    code = "identity.bad_document"
    says = "证件号码不对，请对照证件再看一遍。 Please check the document number."


class BadPhone(Invalid):
    code = "identity.bad_phone"
    says = (
        "手机号码不对，请再看一遍；境外号码请带国家代码。 Please check the number; start with + and the country code."
    )


class TooManyCodes(TooMany):
    code = "identity.too_many_codes"
    says = "验证码要得太频繁，请稍后再试。 Too many codes; please try again later."


class WrongCode(Invalid):
    code = "identity.wrong_code"
    says = "验证码不对，请再看一遍短信。 Wrong code; please check the message."


class CodeExpired(Invalid):
    code = "identity.code_expired"
    says = "验证码已经失效，请重新获取。 The code is no longer valid; please ask for another."


class LoginExpired(Invalid):
    """The way to WeChat and back took too long, was walked twice, or is not this browser's."""

    code = "identity.login_expired"
    says = "这次微信登录已经失效，请重新进入。 Please open the page again from WeChat."


class SnapshotUser(Forbidden):
    """WeChat shows a snapshot of the page: its openid is a made-up one."""

    code = "identity.snapshot_user"
    says = "这是微信的快照页，看不到您是谁。请点页面右下角的“使用完整服务”后再试。"


class WechatBlocked(Forbidden):
    """WeChat has blocked this person's account (40226)."""

    code = "identity.wechat_blocked"
    says = "微信判断这个账号有风险，暂时不能登录。请到窗口办理或稍后再试。"


class WechatLoginDown(Unavailable):
    code = "identity.wechat_login_down"
    says = "微信登录暂时不可用，请稍后再试。 WeChat login is not available; please try again later."


class WrongPassword(Invalid):
    code = "identity.wrong_password"
    says = "现在的密码不对，或者账号暂时锁定。错五次锁定一刻钟。"
