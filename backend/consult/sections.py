"""What a matter's file says to one aspect, as lines, with the articles they stand on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..matters.schema import Aspect, Fee, Limit, Material, Matter, Rule, Step
from .phrases import LOCAL, MODE_SAYS, pick, yuan

FORM_SAYS = {"original": ("原件", "original"), "copy": ("复印件", "copy"),
             "original-and-copy": ("原件和复印件", "original and copy"),
             "electronic": ("电子件", "electronic"), "form": ("填表", "form")}  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True)
class Section:
    """Lines, the first the most asked; basis: ids of legal_basis or sources."""

    lines: list[str]
    basis: list[str]


def section_of(matter: Matter, aspect: Aspect, lang: str) -> Section:
    """Return what `matter` says to `aspect` in `lang` ("zh" or "en")."""
    return SECTIONS[aspect](matter, lang)


def _overview(matter: Matter, lang: str) -> Section:
    lines = [matter.summary.in_(lang), _mode(matter, lang)]
    limit = matter.time_limits.promised or matter.time_limits.statutory
    if limit:
        lines.append(pick(("时限：", "Time: "), lang) + limit.text.in_(lang))
    lines.append(pick(("收费：", "Fee: "), lang) + _fee_in_short(matter, lang))
    return Section(lines, _main_basis(matter))


def _main_basis(matter: Matter) -> list[str]:
    """Return what the matter as a whole stands on: the basis of its first condition."""
    return matter.conditions[0].basis or [matter.legal_basis[0].id]


def _mode(matter: Matter, lang: str) -> str:
    trips = pick((f"，到现场 {matter.trips} 次", f", visits: {matter.trips}"), lang)
    return pick(("办法：", "How: "), lang) + pick(MODE_SAYS[matter.mode], lang) + trips


def _fee_in_short(matter: Matter, lang: str) -> str:
    amounts = [f.amount_fen for f in matter.fees if f.amount_fen is not None]
    if not matter.fees:
        return pick(("不收费", "free of charge"), lang)
    if not amounts:
        return matter.fees[0].name.in_(lang)
    low, high = yuan(min(amounts)), yuan(max(amounts))
    return pick((f"{low} 元", f"{low} yuan") if low == high else (f"{low}–{high} 元", f"{low}–{high} yuan"), lang)


def _materials(matter: Matter, lang: str) -> Section:
    always = [m for m in matter.materials if m.when is None]
    sometimes = [m for m in matter.materials if m.when is not None]
    lines = [_material(i, m, lang) for i, m in enumerate(always + sometimes, start=1)]
    return Section(lines, _bases(matter.materials, lambda m: m.basis))


def _material(number: int, material: Material, lang: str) -> str:
    parts = [f"{number}. {material.name.in_(lang)}"]
    form = pick(FORM_SAYS[material.form], lang)
    count = f"×{material.copies}" if material.copies > 1 else ""
    parts.append(f"（{form}{count}）" if lang == "zh" else f" ({form}{count})")
    if material.when:
        when = material.when.in_(lang).rstrip("。.")
        parts.append(f"——仅限：{when}" if lang == "zh" else f" – only if: {when}")
    if material.shared_from:
        parts.append(pick(("；部门数据能查到的不用带", "; not needed where the department's data can be read"), lang))
    if material.deferrable:
        parts.append(pick(("；可以容缺后补", "; may follow later"), lang))
    if material.note:
        parts.append(pick(("。", ". "), lang) + material.note.in_(lang))
    if material.local:
        parts.append(pick(LOCAL, lang))
    return "".join(parts)


def _process(matter: Matter, lang: str) -> Section:
    steps = [_step(i, s, lang) for i, s in enumerate(matter.steps, start=1)]
    where = matter.online.text if matter.online.possible else matter.location.text
    return Section([_mode(matter, lang), where.in_(lang), *steps], _main_basis(matter))


def _step(number: int, step: Step, lang: str) -> str:
    """A step's own limit is the bureau's target, not the citizen's right: it is not shown."""
    line = f"{number}. {step.name.in_(lang)}"
    if step.says:
        line += pick(("：", ": "), lang) + step.says.in_(lang)
    return line


def _conditions(matter: Matter, lang: str) -> Section:
    return _rules(matter.conditions, lang)


def _fee(matter: Matter, lang: str) -> Section:
    lines = [_charge(fee, lang) for fee in matter.fees]
    basis = _bases(matter.fees, lambda f: f.basis)
    if not matter.fees and not matter.fee_note:
        lines = [pick(("不收费。", "Free of charge."), lang)]
    if matter.fee_note:
        note = _rules([matter.fee_note], lang)
        lines, basis = lines + note.lines, basis + note.basis
    return Section(lines, basis)


def _charge(fee: Fee, lang: str) -> str:
    line = fee.name.in_(lang)
    if fee.amount_fen is not None:
        line += pick((f"：{yuan(fee.amount_fen)} 元", f": {yuan(fee.amount_fen)} yuan"), lang)
    if fee.when:
        line += pick((f"（{fee.when.zh}）", f" ({fee.when.in_(lang)})"), lang)
    return line + (pick(LOCAL, lang) if fee.local else "")


def _time(matter: Matter, lang: str) -> Section:
    limits = matter.time_limits
    named: list[tuple[tuple[str, str], Limit | None]] = [
        (("承诺时限：", "Promised: "), limits.promised),
        (("法定时限：", "By law: "), limits.statutory),
    ]
    lines = [pick(name, lang) + _rule(limit, lang) for name, limit in named if limit]
    lines += [pick(("您要注意：", "Your own deadline: "), lang) + _rule(r, lang) for r in limits.citizen]
    every = [limit for _, limit in named if limit] + limits.citizen
    if not lines:
        lines = [
            pick(
                (
                    "没有找到全国统一的时限，请以受理窗口告知的为准。",
                    "There is no national limit; the window tells you.",
                ),
                lang,
            )
        ]
    return Section(lines, _bases(every, lambda r: r.basis))


def _location(matter: Matter, lang: str) -> Section:
    line = matter.location.text.in_(lang) + (pick(LOCAL, lang) if matter.location.local else "")
    return Section([line], matter.location.basis)


def _online(matter: Matter, lang: str) -> Section:
    online = matter.online
    lead = pick(("可以。", "Yes. "), lang) if online.possible else pick(("不能全程网办。", "Not entirely. "), lang)
    text = online.text.in_(lang)
    if text[:2] in ("可以", "不能", "不可", "能。", "No", "Ye"):
        lead = ""
    lines = [lead + text + (pick(LOCAL, lang) if online.local else "")]
    for channel in online.channels:
        address = f" {channel.address}" if channel.address else ""
        note = f"（{channel.note.in_(lang)}）" if channel.note else ""
        lines.append(f"· {channel.name.in_(lang)}{address}{note}")
    return Section(lines, online.basis)


def _validity(matter: Matter, lang: str) -> Section:
    return _rules(matter.validity, lang)


def _consequence(matter: Matter, lang: str) -> Section:
    return _rules(matter.consequences, lang)


def _legal(matter: Matter, lang: str) -> Section:
    lines = []
    for entry in matter.legal_basis:
        article = entry.article.in_(lang) if entry.article else ""
        number = f"（{entry.number}）" if entry.number else ""
        lines.append(f"《{entry.law.in_(lang)}》{number}{article}：{entry.says.in_(lang)}")
    return Section(lines, [entry.id for entry in matter.legal_basis])


def _rules(rules: list[Rule], lang: str) -> Section:
    bullet = "· " if len(rules) > 1 else ""
    return Section([bullet + _rule(r, lang) for r in rules], _bases(rules, lambda r: r.basis))


def _rule(rule: Rule, lang: str) -> str:
    text = rule.text.in_(lang)
    return f"{text}{'' if lang == 'zh' else ' '}{pick(LOCAL, lang)}" if rule.local else text


def _bases(items: Iterable[T], basis_of: Callable[[T], list[str]]) -> list[str]:
    """Return the ids once each, in the order they come."""
    return list(dict.fromkeys(b for item in items for b in basis_of(item)))


SECTIONS: dict[Aspect, Callable[[Matter, str], Section]] = {
    Aspect.OVERVIEW: _overview,
    Aspect.MATERIALS: _materials,
    Aspect.PROCESS: _process,
    Aspect.CONDITIONS: _conditions,
    Aspect.FEE: _fee,
    Aspect.TIME_LIMIT: _time,
    Aspect.LOCATION: _location,
    Aspect.ONLINE: _online,
    Aspect.VALIDITY: _validity,
    Aspect.LEGAL_BASIS: _legal,
    Aspect.CONSEQUENCE: _consequence,
}
