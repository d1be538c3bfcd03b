"""What editors read: the names of aspects, kinds, sections and states."""

ASPECTS = {
    "overview": "是什么",
    "materials": "材料",
    "process": "流程",
    "conditions": "条件",
    "fee": "收费",
    "time_limit": "时限",
    "location": "地点",
    "online": "网上办",
    "validity": "有效期",
    "legal_basis": "法律依据",
    "consequence": "后果",
}
KINDS = {
    "matter": "答了事项",
    "clarify": "请选择",
    "ood": "别的部门",
    "handoff": "转人工",
    "emergency": "紧急",
    "progress": "查进度",
    "appointment": "预约",
    "pick": "选了一项",
    "chitchat": "闲聊",
    "followup": "接着问",
}
LANGS = {
    "zh": "中文",
    "en": "英语",
    "ja": "日语",
    "ko": "韩语",
    "ru": "俄语",
    "fr": "法语",
    "es": "西班牙语",
    "ar": "阿拉伯语",
}
SECTIONS = {
    "aliases": "别名",
    "instant": "即办件",
    "trips": "到现场次数",
    "authority": "实施主体",
    "summary": "简介",
    "conditions": "受理条件",
    "materials": "申请材料",
    "form": "表单",
    "steps": "办理流程",
    "fees": "收费",
    "fee_note": "收费说明",
    "time_limits": "时限",
    "location": "办理地点",
    "online": "网上办理",
    "validity": "有效期",
    "consequences": "不办的后果",
    "legal_basis": "设定依据",
    "result": "办理结果",
    "related": "相关事项",
    "sources": "来源",
    "reviewed": "核对日期",
    "review_every_days": "核对周期（天）",
    "effective_from": "生效日期",
    "effective_until": "失效日期",
}
STATES = {"checking": "检查中", "ready": "待核准", "published": "已发布", "rejected": "已退回"}
PROPOSALS = {"sample": "加问法", "section": "改内容", "roll-back": "回退版本"}
TICKETS = {"open": "待答复", "answered": "已答复", "closed": "已关闭"}
