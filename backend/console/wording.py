"""What officers read, and the standard sentences they send to citizens (Chinese and English)."""

from ..cases.service import Status
from ..identity.service import OfficerRole

ROLES = {
    OfficerRole.WINDOW_CLERK: "窗口民警",
    OfficerRole.STATION_OFFICER: "派出所民警",
    OfficerRole.REVIEWER: "审核民警",
    OfficerRole.APPROVER: "审批民警",
    OfficerRole.EDITOR: "知识编辑",
    OfficerRole.AUDITOR: "审计员",
    OfficerRole.ADMINISTRATOR: "管理员",
}
STATUS = {
    Status.SUBMITTED: "办理中",
    Status.RETURNED: "待申请人补正",
    Status.DONE: "已办结",
    Status.REFUSED: "不予办理",
    Status.WITHDRAWN: "申请人已撤回",
}
RELATION = {"self": "本人申报", "host": "留宿人代报", "organisation": "单位代报"}
HOUSING = {"rented": "租房", "own": "自购房", "friends": "亲友家", "dormitory": "单位宿舍", "other": "其他"}
DOCUMENT = {
    "passport": "护照",
    "permanent-resident": "外国人永久居留身份证",
    "hk-macau-permit": "港澳居民来往内地通行证",
    "taiwan-permit": "台湾居民来往大陆通行证",
    "other": "其他证件",
}
SEX = {"M": "男", "F": "女", "X": "未指明"}
OUTCOME = {"": "待上门", "confirmed": "已核实", "not-confirmed": "未核实"}
GUEST_FIELDS = {
    "surname": "姓",
    "given_names": "名",
    "chinese_name": "中文名",
    "document_type": "证件种类",
    "document_number": "证件号码",
    "nationality": "国籍（地区）",
    "issuing_state": "签发国",
    "birth_date": "出生日期",
    "sex": "性别",
    "expiry_date": "证件有效期",
    "entry_date": "最近入境",
    "visa_kind": "签证种类",
    "visa_number": "签证号码",
    "visa_until": "签证有效期",
}
ALWAYS_SHOWN = frozenset({"surname", "given_names", "document_number", "nationality", "birth_date", "sex"})
PROOF = {
    "checked": "校验位通过",
    "agreed": "与识读一致",
    "unproven": "未证明，申请人已核对",
    "differs": "与识读不一致",
    "typed": "申请人填写，没有识读",
    "plain": "",
}
# The timeline speaks to the citizen; these lines are turned to the officer.
HAPPENED = {
    "submitted": "申请人提交申请",
    "returned": "退回申请人补正，停止计时",
    "resubmitted": "申请人补正后重新提交",
    "withdrawn": "申请人撤回申请",
    "refused": "作出不予办理的决定",
}
# What an officer ticks when something goes back. {what}: the field or material.
FIELD_SENTENCES = {
    "differs": (
        "“{what}”与证件上的不一致，请对照证件重新填写。",
        "“{what}” does not match your document. Please enter it again as in the document.",
    ),
    "missing": ("“{what}”没有填写完整，请补充。", "“{what}” is not complete. Please fill it in."),
    "unclear": ("“{what}”看不明白，请写清楚。", "“{what}” is not clear. Please describe it more precisely."),
}
MATERIAL_SENTENCES = {
    "blurred": (
        "“{what}”的照片看不清，请在光线好的地方重新拍摄。",
        "The photo of “{what}” cannot be read. Please take it again in good light.",
    ),
    "missing": ("缺少“{what}”，请补充上传。", "“{what}” is missing. Please upload it."),
    "wrong": ("上传的不是“{what}”，请重新上传。", "What you uploaded is not “{what}”. Please upload it again."),
    "expired": ("“{what}”已经过期，请上传有效的。", "“{what}” has expired. Please upload a valid one."),
    "incomplete": ("“{what}”没有拍全，请补拍其余各页。", "“{what}” is incomplete. Please add the other pages."),
}
CHOICES = {
    "differs": "与证件不一致",
    "missing": "缺少或没填完整",
    "unclear": "看不明白",
    "blurred": "照片看不清",
    "wrong": "不是这份材料",
    "expired": "已经过期",
    "incomplete": "没有拍全",
}
MET = ("本人", "房东", "同住人", "单位人员", "邻居", "无人应门")
# What the audit trail calls things. An attempt that was refused has ".refused" behind it.
DEEDS = {
    "audit.search": "查审计记录",
    "case.claim": "领取环节",
    "case.look": "查看办件",
    "case.pass": "办完环节",
    "case.refuse": "决定不予办理",
    "case.release": "放回环节",
    "case.resubmit": "补正后提交",
    "case.return": "退回补正",
    "case.submit": "提交申请",
    "case.transfer": "转交单位",
    "case.withdraw": "撤回申请",
    "citizen.bound": "实名绑定",
    "citizen.phone-code": "获取短信验证码",
    "citizen.phone-confirmed": "确认手机",
    "file.look": "查看图片",
    "form.issue": "出具登记表",
    "form.look": "打开登记表",
    "form.replace": "换发登记表",
    "form.revoke": "撤销登记表",
    "officer.created": "新建账号",
    "officer.disabled": "停用账号",
    "officer.enabled": "启用账号",
    "officer.list": "查看账号列表",
    "officer.login": "登录",
    "officer.login_failed": "登录失败",
    "officer.password": "改密码",
    "officer.reset": "重置账号",
    "stay.end": "登记搬离",
    "visit.agree": "约定上门",
    "visit.arrive": "到达",
    "visit.hold": "登记上门情况",
    "console.agree-on-visit": "约定上门",
    "console.arrive-there": "登记到达",
    "console.audit": "查审计记录",
    "console.claim-step": "领取环节",
    "console.create-account": "新建账号",
    "console.disable-account": "停用账号",
    "console.enable-account": "启用账号",
    "console.hold-the-visit": "登记上门情况",
    "console.issue": "出具登记表",
    "console.list-accounts": "查看账号列表",
    "console.pass-the-step": "办完环节",
    "console.refuse-case": "决定不予办理",
    "console.release-step": "放回环节",
    "console.replace": "换发登记表",
    "console.reset-account": "重置账号",
    "console.return-case": "退回补正",
    "console.revoke": "撤销登记表",
    "console.show-case": "查看办件",
    "console.show-file": "查看图片",
    "console.show-form": "打开登记表",
}
