"""Why a form cannot be made."""

from ...errors import Invalid, NotFound, Unavailable


class FormUnavailable(Unavailable):
    """Something the form needs is not set up; trying again does not help."""

    code = "form.unavailable"
    says = "登记表暂时无法生成，请与派出所联系。"

    def __init__(self, says: str | None = None):
        super().__init__(says or self.says, permanent=True)


class FontMissing(FormUnavailable):
    """`npm install` has not been run."""

    code = "form.font_missing"
    says = "登记表所用的字体没有安装，暂时无法生成，请与管理员联系。"


class CertificateUnusable(FormUnavailable):
    """The signing certificate is missing, has another password, is out of date, or may not be used here."""

    code = "form.certificate_unusable"
    says = "电子签章证书不可用，登记表暂时无法签发，请与管理员联系。"


class TooLong(Invalid):
    """The values have no room on one page, even in the smallest type."""

    code = "form.too_long"
    says = "填写的内容太长，一页登记表放不下，请缩短后再试。"


class BadNumber(Invalid):
    """A number cannot be made of these parts."""

    code = "form.bad_number"
    says = "登记表编号有误。"


class NoForm(NotFound):
    """No such file."""

    code = "form.no_file"
    says = "没有找到这个文件。"
