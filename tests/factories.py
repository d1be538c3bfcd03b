"""Make things with good defaults; a test says only what it is about."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = "id\tcategory\tname\tkind\tmode\n"
ROWS = {
    "id-card-renew": ("identity-card", "居民身份证换领", "确认", "full-online"),
    "passport-first": ("exit-entry", "普通护照首次申领", "许可", "appointment"),
    "dog-licence": ("public-order", "犬类饲养登记", "许可", "full-online"),
}
QUESTIONS = {
    "id-card-renew": "身份证到期了{}|身份证换领{}|身份证过期{}|身份证坏了想换{}|renew id card {}",
    "passport-first": "第一次办护照{}|护照首次申领{}|想办本护照出国{}|没有护照要办一本{}|first passport {}",
    "dog-licence": "养狗登记{}|给小狗上狗证{}|犬证{}|家里养了条金毛要登记{}|dog licence {}",
}
ASKS = {
    "overview": "是什么", "materials": "要带什么材料", "process": "怎么办理流程", "conditions": "谁能办有条件吗",
    "fee": "多少钱收费吗", "time_limit": "几天能办好", "location": "在哪里办地址", "online": "网上能办吗",
    "validity": "有效期几年", "legal_basis": "法律依据哪条", "consequence": "不办会罚款吗",
}  # fmt: skip
TALK = {
    "emergency": [("救命有人拿刀砍人", "violence-now"), ("着火了快来人", "fire"), ("my house is on fire", "fire"),
                  ("有人冲进我家打人", "violence-now"), ("楼上冒浓烟烧起来了", "fire")],
    "ood": [("社保怎么交", "social"), ("医保卡丢了", "social"), ("今天天气如何", "none"), ("红烧肉怎么做", "none")],
    "chitchat": [("你好", "greeting"), ("谢谢你", "greeting"), ("hello", "greeting"), ("在吗", "greeting")],
    "handoff": [("转人工", "-"), ("我要找真人客服", "-"), ("talk to a human", "-")],
    "progress": [("我的办件到哪一步了", "-"), ("进度查询", "-"), ("application status", "-")],
    "appointment": [("我要预约", "-"), ("取消预约", "-"), ("book an appointment", "-")],
    "followup": [("那要多少钱", "fee"), ("要带什么", "materials"), ("多久能好", "time_limit"), ("how much", "fee")],
    "not-emergency": [("火灾后身份证烧没了怎么补", "-"), ("救命这表怎么填", "-"), ("笑死我了", "-")],
}  # fmt: skip


def matter_data(matter_id: str = "id-card-renew", **changes: Any) -> dict[str, Any]:
    """Return a whole, valid matter as YAML would give it."""
    category, name, kind, mode = ROWS[matter_id]
    rule = {"text": f"{name}的一句话。", "basis": ["law-1"]}
    return {
        "id": matter_id, "category": category, "name": name, "aliases": {"zh": [f"{name}甲", f"{name}乙", f"{name}丙"]},
        "kind": kind, "mode": mode, "trips": 0, "authority": "县级公安机关", "summary": f"{name}的简介。",
        "conditions": [rule], "materials": [{"id": "form", "name": "申请表", "form": "form", "basis": ["law-1"]}],
        "form": [{"id": "applicant", "label": "姓名"}],
        "steps": [
            {"id": "apply", "name": "申请", "stage": "apply", "unit": "applicant", "role": "applicant"},
            {"id": "decide", "name": "办结", "stage": "decide", "unit": "station", "role": "approver"},
        ],
        "fees": [{"name": "工本费", "amount_fen": 2000, "basis": ["law-1"]}],
        "time_limits": {"statutory": {"text": "六十日内。", "days": 60, "basis": ["law-1"]}},
        "location": {"text": "到派出所。", "offices": ["station"], "local": True},
        "online": {"possible": True, "text": "可以网上办。", "local": True},
        "validity": [rule], "consequences": [rule],
        "legal_basis": [{"id": "law-1", "law": "某某法", "article": "第一条", "says": "规定了这件事。", "source": "s"}],
        "result": {"name": "证件", "delivery": ["window"]},
        "sources": [{"id": "s", "title": "某某法", "publisher": "立法机关", "address": "https://example.org/law",
                     "seen": "2026-11-22"}],
        "reviewed": "2026-11-22",
    } | changes  # fmt: skip


def write_matter(root: Path, matter_id: str = "id-card-renew", **changes: Any) -> Path:
    """Write a matter and its bank below `root`; return the matter's file."""
    folder = root / "matters" / ROWS[matter_id][0]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{matter_id}.yaml"
    plain = json.loads(json.dumps(matter_data(matter_id, **changes), default=str))  # no shared parts, so no anchors
    data = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)
    path.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", data), encoding="utf-8")
    rows = [
        f"{'en' if pattern.isascii() else 'zh'}\t{pattern.format(words)}\t{aspect}"
        for pattern in (p.replace("{}", "{0}") for p in QUESTIONS[matter_id].split("|"))
        for aspect, words in ASKS.items()
    ]
    bank = "lang\tquestion\taspect\n" + "\n".join(rows) + "\n"
    path.with_name(f"{matter_id}.questions.tsv").write_text(bank, encoding="utf-8")
    return path


def write_knowledge(root: Path) -> Path:
    """Write a whole small knowledge folder and return it."""
    for matter_id in ROWS:
        write_matter(root, matter_id)
    lines = ["\t".join((i, *row)) for i, row in ROWS.items()]
    (root / "catalogue.tsv").write_text(CATALOGUE + "\n".join(lines) + "\n", encoding="utf-8")
    (root / "bureau.yaml").write_text(BUREAU, encoding="utf-8")
    talk = root / "conversation"
    talk.mkdir()
    for name, rows in TALK.items():
        lines = [f"{'en' if q.isascii() else 'zh'}\t{q}\t{label}" for q, label in rows]
        (talk / f"{name}.questions.tsv").write_text(
            "lang\tquestion\tlabel\n" + "\n".join(lines) + "\n", encoding="utf-8"
        )
    for name, text in TALK_FILES.items():
        (talk / name).write_text(text, encoding="utf-8")
    return root


BUREAU = """
name: {zh: 某某分局, en: Some Branch}
short_name: {zh: 某某公安, en: Some Police}
city: {zh: 某市, en: Some City}
district: {zh: 某区, en: Some District}
hotlines: [{number: "110", name: {zh: 报警, en: Police}, for: {zh: 危险, en: danger}}]
offices:
  - {id: hall, sort: service-hall, name: {zh: 大厅, en: Hall}, address: {zh: 一路1号, en: 1 First Road},
     latitude: 30.75, longitude: 120.78, hours: {zh: 工作日, en: workdays}, phone: 0573-0000-0001}
  - {id: east, sort: station, name: {zh: 东派出所, en: East}, address: {zh: 二路2号, en: 2 Second Road},
     latitude: 30.75, longitude: 120.90, hours: {zh: 全天, en: always}, phone: 0573-0000-0002}
"""
TALK_FILES = {
    "departments.yaml": """
- {id: social, name: {zh: 人社局, en: Social Security}, scope: {zh: 社保医保。, en: insurance.}, hotline: "12333"}
- {id: none, name: {zh: 无, en: nobody}, scope: {zh: 无, en: nothing}}
""",
    "emergencies.yaml": """
- {id: violence-now, number: ["110"], name: {zh: 暴力, en: violence}, advice: {zh: 先躲开。, en: Get away.}}
- {id: fire, number: ["119"], name: {zh: 火灾, en: fire}, advice: {zh: 快出去。, en: Get out.}}
""",
    "smalltalk.yaml": "greeting: {replies: {zh: [您好。], en: [Hello.]}}\nnoise: {replies: {zh: [没看懂。], en: [Pardon?]}}\n",
    "services.yaml": """
handoff: {default: {zh: "请打 {phone}，{hours}。", en: "Call {phone}, {hours}."}}
progress: {default: {zh: "查进度打 {phone}。", en: "Status: {phone}."}}
appointment: {default: {zh: "预约打 {phone}。", en: "Book: {phone}."}}
""",
    "fusion.json": '{"weights": [0.6, 0.5, 0.5], "aspect": [0.6, 1.0]}',
}
