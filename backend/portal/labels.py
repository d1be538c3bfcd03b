"""What the catalogue's closed lists are called on a page, in the language of the page."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from ..matters.schema import Aspect, Category, Delivery, Kind, MaterialForm, Mode, Stage, Unit

CATEGORIES: dict[Category, LazyString] = {
    Category.HOUSEHOLD: _("户口"),
    Category.IDENTITY_CARD: _("身份证"),
    Category.POPULATION: _("居住与租房"),
    Category.EXIT_ENTRY: _("出入境"),
    Category.FOREIGNER: _("境外人员"),
    Category.VEHICLE: _("机动车"),
    Category.DRIVER: _("驾驶证"),
    Category.TRAFFIC: _("交通管理"),
    Category.PUBLIC_ORDER: _("治安管理"),
    Category.HAZARDOUS: _("危险物品"),
    Category.NETWORK: _("网络安全"),
}
ASPECTS: dict[Aspect, LazyString] = {
    Aspect.OVERVIEW: _("概况"),
    Aspect.CONDITIONS: _("办理条件"),
    Aspect.MATERIALS: _("带什么材料"),
    Aspect.PROCESS: _("怎么办"),
    Aspect.FEE: _("收费"),
    Aspect.TIME_LIMIT: _("多久办好"),
    Aspect.LOCATION: _("在哪里办"),
    Aspect.ONLINE: _("网上办"),
    Aspect.VALIDITY: _("有效期"),
    Aspect.CONSEQUENCE: _("不办的后果"),
    Aspect.LEGAL_BASIS: _("法律依据"),
}
KINDS: dict[Kind, LazyString] = {
    Kind.LICENCE: _("行政许可"),
    Kind.CONFIRMATION: _("行政确认"),
    Kind.SERVICE: _("公共服务"),
    Kind.FILING: _("备案"),
}
MODES: dict[Mode, LazyString] = {
    Mode.FULL_ONLINE: _("全程网办"),
    Mode.SEMI_ONLINE: _("部分网办"),
    Mode.APPOINTMENT: _("预约办理"),
    Mode.WINDOW: _("窗口办理"),
}
MATERIAL_FORMS: dict[MaterialForm, LazyString] = {
    MaterialForm.ORIGINAL: _("原件"),
    MaterialForm.COPY: _("复印件"),
    MaterialForm.ORIGINAL_AND_COPY: _("原件和复印件"),
    MaterialForm.ELECTRONIC: _("电子件"),
    MaterialForm.FORM: _("表格，网上填写或窗口领取"),
}
STAGES: dict[Stage, LazyString] = {
    Stage.APPLY: _("申请"),
    Stage.ACCEPT: _("受理"),
    Stage.REVIEW: _("审查"),
    Stage.DECIDE: _("决定"),
    Stage.DELIVER: _("送达"),
}
UNITS: dict[Unit, LazyString] = {
    Unit.APPLICANT: _("申请人"),
    Unit.WINDOW: _("办事窗口"),
    Unit.STATION: _("派出所"),
    Unit.HOUSEHOLD: _("户籍部门"),
    Unit.EXIT_ENTRY: _("出入境部门"),
    Unit.VEHICLE: _("车管部门"),
    Unit.TRAFFIC: _("交警部门"),
    Unit.PUBLIC_ORDER: _("治安部门"),
    Unit.NETWORK: _("网安部门"),
    Unit.SUPERIOR: _("上级公安机关"),
}
DELIVERIES: dict[Delivery, LazyString] = {
    Delivery.WINDOW: _("窗口领取"),
    Delivery.COURIER: _("快递送达"),
    Delivery.ELECTRONIC: _("电子送达"),
    Delivery.ON_THE_SPOT: _("当场发给"),
}
