"""What the page about a citizen calls fields, documents and faults; and how it hides numbers."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from ..identity.errors import BadName, BadPhone, CodeExpired, TooManyCodes, WrongCode

DOCUMENTS: dict[str, LazyString] = {
    "resident-card": _("居民身份证"),
    "passport": _("护照"),
    "hk-macau-permit": _("港澳居民来往内地通行证"),
    "taiwan-permit": _("台湾居民来往大陆通行证"),
    "permanent-resident-card": _("外国人永久居留身份证"),
}
FAULTS: dict[str, LazyString] = {
    BadName.code: _("请按证件上的写法填字母或者汉字，不能有数字"),
    BadPhone.code: _("号码不对，请再看一遍；境外号码请以 + 和国家代码开头"),
    TooManyCodes.code: _("验证码要得太频繁：每分钟一次，每小时五次，每天十次。请稍后再试"),
    WrongCode.code: _("验证码不对，请再看一遍短信"),
    CodeExpired.code: _("验证码已经失效，请重新获取"),
    "choice": _("请从列出的里面选一个"),
    "hours": _("请填开始和结束两个时间，或者两个都留空"),
    "resident-card": _("号码不对：18 位，最后一位可能是 X，请对照证件再看一遍"),
    "passport": _("号码不对：6 到 9 位字母和数字，请对照证件再看一遍"),
    "hk-macau-permit": _("号码不对：H 或者 M 加 8 位数字，请对照证件再看一遍"),
    "taiwan-permit": _("号码不对：8 位数字，请对照证件再看一遍"),
    "permanent-resident-card": _("号码不对：18 位，旧证 15 位，请对照证件再看一遍"),
}
DONE: dict[str, LazyString] = {
    "name": _("姓名和证件已保存"),
    "phone": _("验证码已发出，请看短信"),
    "code": _("手机号码已确认"),
    "messages": _("消息的设置已保存"),
}


def hidden(number: str) -> str:
    """Return the number with at most two characters at either end to be recognised by: "L8*****C3"."""
    edge = min(2, len(number) // 4)
    return number[:edge] + "*" * (len(number) - 2 * edge) + number[len(number) - edge :]


def hidden_phone(phone: str) -> str:
    """Return the phone with its last four digits only, and the + that tells of a country code: "+*********0001"."""
    start = phone[:1] if phone.startswith("+") else ""
    shown = phone[-4:] if len(phone) > 8 else ""
    return start + "*" * (len(phone) - len(start) - len(shown)) + shown
