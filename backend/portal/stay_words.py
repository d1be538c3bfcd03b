"""What fields, faults and choices of a registration are called on its page."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from ..accommodation.service import DocumentType, Housing, Relation

FIELDS: dict[str, LazyString] = {
    "document_type": _("证件种类"),
    "surname": _("姓"),
    "given_names": _("名"),
    "chinese_name": _("中文姓名"),
    "document_number": _("证件号码"),
    "nationality": _("国籍"),
    "issuing_state": _("签发国"),
    "birth_date": _("出生日期"),
    "sex": _("性别"),
    "expiry_date": _("证件有效期至"),
    "visa_kind": _("签证或者居留许可"),
    "visa_number": _("签证或者居留证件号码"),
    "visa_until": _("签证或者停留、居留有效期至"),
    "entry_date": _("最近一次入境日期"),
    "passport_file": _("证件资料页照片"),
    "checked": _("核对标黄的几项"),
    "housing": _("住处种类"),
    "address": _("详细地址"),
    "community": _("社区或者村"),
    "check_in_at": _("入住时间"),
    "check_out_on": _("预计离开日期"),
    "lease_file": _("租房合同"),
    "lease_ends_on": _("合同到期日期"),
    "name": _("留宿人或者单位"),
    "phone": _("手机号码"),
    "visit_times": _("方便上门的时间"),
    "consent": _("同意处理个人信息"),
    "by": _("谁来申报"),
}
FAULTS: dict[str, LazyString] = {
    "missing": _("还没有填"),
    "date": _("日期不对，请再看一遍"),
    "long": _("太长了，请缩短一些"),
    "choice": _("请从列出的里面选一个"),
    "name": _("请按证件上的写法填字母或者汉字，不能有数字"),
    "form": _("格式不对，请对照证件再看一遍"),
    "expired": _("已经过期；如果换了新的，请填新的"),
    "check": _("照片上看不太准，请对照证件核对后打勾"),
    "photo": _("请拍照上传"),
    "consent": _("请阅读后打勾"),
    "phone": _("请用短信验证码确认手机号码"),
}
RELATIONS: dict[Relation, LazyString] = {
    Relation.SELF: _("我自己住"),
    Relation.HOST: _("我是房东、亲友，替客人申报"),
    Relation.ORGANISATION: _("我是学校或者单位，替员工、学生申报"),
}
HOUSINGS: dict[Housing, LazyString] = {
    Housing.RENTED: _("租的房子"),
    Housing.OWN: _("自己的房子"),
    Housing.FRIENDS: _("亲戚朋友家"),
    Housing.DORMITORY: _("单位、学校宿舍"),
    Housing.OTHER: _("其他"),
}
DOCUMENTS: dict[DocumentType, LazyString] = {
    DocumentType.PASSPORT: _("护照"),
    DocumentType.PERMANENT_RESIDENT: _("外国人永久居留身份证"),
    DocumentType.HK_MACAU_PERMIT: _("港澳居民来往内地通行证"),
    DocumentType.TAIWAN_PERMIT: _("台湾居民来往大陆通行证"),
    DocumentType.OTHER: _("其他证件"),
}
SEXES: dict[str, LazyString] = {"M": _("男"), "F": _("女"), "X": _("未指明（X）")}
# The classes of ordinary visas: 外国人入境出境管理条例 第六条; the rest as people call it.
VISAS: dict[str, LazyString] = {
    "免签 Visa-free": _("免签入境"),
    "过境免签 Visa-free transit": _("过境免签"),
    "居留许可 Residence permit": _("居留许可"),
    "停留证件 Stay permit": _("停留证件"),
    "L": _("L 旅游"),
    "M": _("M 商贸"),
    "F": _("F 交流访问"),
    "Z": _("Z 工作"),
    "X1": _("X1 长期学习"),
    "X2": _("X2 短期学习"),
    "Q1": _("Q1 家庭团聚"),
    "Q2": _("Q2 短期探亲（公民、永久居留者的亲属）"),
    "S1": _("S1 长期探亲"),
    "S2": _("S2 短期探亲、私人事务"),
    "R": _("R 人才"),
    "G": _("G 过境"),
    "C": _("C 乘务"),
    "J1": _("J1 常驻记者"),
    "J2": _("J2 短期采访"),
    "D": _("D 永久居留"),
}
STAGES: dict[str, LazyString] = {
    "waiting": _("照片已收到，排队读取"),
    "looking": _("正在找证件上的文字"),
    "reading": _("正在读取"),
    "checking": _("正在核对校验码"),
}
STEPS: dict[str, LazyString] = {
    "who": _("人员"),
    "home": _("住处"),
    "visit": _("联系"),
    "send": _("提交"),
}


def section_of(path: str) -> str:
    """Return the step a field of the draft belongs to."""
    if path.startswith("guest") or path == "by":
        return "who"
    if path.startswith(("stay", "host")):
        return "home"
    return "visit" if path in ("phone", "visit_times") or path.startswith("visit_times") else "send"


def label_of(path: str) -> LazyString | str:
    """Return what the field at the end of a draft's path is called."""
    name = path.rsplit(":", 1)[-1]
    return FIELDS.get(name, name)
