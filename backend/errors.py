"""The one family of errors that services raise and faces render.

They know nothing of HTTP: `backend/web.py` holds the one table that gives each its
status, and each face words it its own way.
"""


class Refusal(Exception):
    """Something was asked that is not done. `says` is fit for a citizen."""

    code = "refused"
    says = "这个请求现在办不了。"

    def __init__(self, says: str | None = None):
        super().__init__(says or self.says)
        self.says = says or self.says


class Invalid(Refusal):
    code = "invalid"
    says = "填写的内容有误，请检查后再试。"


class NotFound(Refusal):
    code = "not_found"
    says = "没有找到您要的内容。"


class Forbidden(Refusal):
    code = "forbidden"
    says = "您没有权限这样做。"


class Conflict(Refusal):
    code = "conflict"
    says = "刚刚有人先一步处理了，请刷新再看。"


class TooMany(Refusal):
    code = "too_many"
    says = "操作太频繁，请稍后再试。"


class Unavailable(Refusal):
    """Something we depend on fails. permanent: trying again will not help."""

    code = "unavailable"
    says = "系统正忙，请稍后再试。"

    def __init__(self, says: str | None = None, *, permanent: bool = False):
        super().__init__(says)
        self.permanent = permanent
