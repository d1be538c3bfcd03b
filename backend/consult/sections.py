"""What a matter's file says to one aspect, as lines, with the articles they stand on."""

from collections.abc import Callable

from ..matters.schema import Aspect, Fee, Limit, Material, Matter, Rule, Step
from .lines import Section, bases, local_line, once_local, rule_line, rules_section
from .phrases import MODE_SAYS, TRIPS_SAY, ended, pick, yuan

FORM_SAYS = {"original": ("原件", "original"), "copy": ("复印件", "copy"),
             "original-and-copy": ("原件和复印件", "original and copy"),
             "electronic": ("电子件", "electronic"),
             "form": ("填表，网上填或者窗口领", "form, online or at the window")}  # fmt: skip

NO_LIMIT = (
    "没有找到全国统一的时限，请以受理窗口告知的为准。",
    "There is no national limit; the window tells you.",
)


def section_of(matter: Matter, aspect: Aspect, lang: str) -> Section:
    """Return what `matter` says to `aspect` in `lang` ("zh" or "en")."""
    section = SECTIONS[aspect](matter, lang)
    return Section(once_local(section.lines, lang), section.basis)


def _overview(matter: Matter, lang: str) -> Section:
    lines = [matter.summary.in_(lang), _mode(matter, lang)]
    limit = matter.time_limits.promised or matter.time_limits.statutory
    if limit:
        lines.append(ended(pick(("要多久：", "Time: "), lang) + limit.text.in_(lang), lang))
    lines.append(ended(pick(("多少钱：", "Fee: "), lang) + _fee_in_short(matter, lang), lang))
    return Section(lines, _main_basis(matter))


def _main_basis(matter: Matter) -> list[str]:
    """Return what the matter as a whole stands on: the basis of its first condition."""
    return matter.conditions[0].basis or [matter.legal_basis[0].id]


def _mode(matter: Matter, lang: str) -> str:
    trips = pick(TRIPS_SAY.get(matter.trips, (f"要跑 {matter.trips} 次", f"{matter.trips} visits")), lang)
    mode = pick(MODE_SAYS[matter.mode], lang)
    return pick((f"办理方式：{mode}，{trips}。", f"How: {mode}, {trips}."), lang)


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
    if sometimes:
        lines.insert(len(always), pick(("下面的看您的情况，不一定要：", "Only in some situations:"), lang))
    if always and sometimes:
        lines.insert(0, pick(("都要带：", "Always bring:"), lang))
    return Section(lines, bases(matter.materials, lambda m: m.basis))


def _material(number: int, material: Material, lang: str) -> str:
    parts = [f"{number}. {material.name.in_(lang)}"]
    form = pick(FORM_SAYS[material.form], lang)
    count = f"×{material.copies}" if material.copies > 1 else ""
    parts.append(f"（{form}{count}）" if lang == "zh" else f" ({form}{count})")
    if material.when:
        when = material.when.in_(lang).rstrip("。.")
        parts.append(f"——仅限：{when}" if lang == "zh" else f" – only if: {when}")
    if material.shared_from:
        parts.append(pick(("；能从其他部门查到的，不用带", "; not needed where we can look it up ourselves"), lang))
    if material.deferrable:
        parts.append(pick(("；一时没有的，可以以后补", "; may follow later"), lang))
    if material.note:
        parts.append(pick(("。", ". "), lang) + material.note.in_(lang))
    if material.local:
        return local_line("".join(parts), lang)
    return "".join(parts)


def _process(matter: Matter, lang: str) -> Section:
    steps = [_step(i, s, lang) for i, s in enumerate(matter.steps, start=1)]
    way = matter.online if matter.online.possible else matter.location
    lines = [_without_yes(way.text.in_(lang)), *_cases(way.cases, lang)]
    return Section([_mode(matter, lang), *lines, *steps], _main_basis(matter))


def _cases(cases: list[Rule], lang: str) -> list[str]:
    """What differs by situation: a line each, with a bullet where there are several."""
    return rules_section(cases, lang).lines


def _without_yes(text: str) -> str:
    """Return the text without the word that only answers whether it is possible online."""
    rest = text.removeprefix("可以。").removeprefix("Yes.").lstrip()
    return rest or text


def _step(number: int, step: Step, lang: str) -> str:
    """A step's own limit is the bureau's target, not the citizen's right: it is not shown."""
    line = f"{number}. {step.name.in_(lang)}"
    if step.says:
        line += pick(("：", ": "), lang) + step.says.in_(lang)
    return line


def _conditions(matter: Matter, lang: str) -> Section:
    return rules_section(matter.conditions, lang)


def _fee(matter: Matter, lang: str) -> Section:
    lines = [_charge(fee, lang) for fee in matter.fees]
    basis = bases(matter.fees, lambda f: f.basis)
    if not matter.fees and not matter.fee_note:
        lines = [pick(("不收费。", "Free of charge."), lang)]
    if matter.fee_note:
        note = rules_section([matter.fee_note], lang)
        lines, basis = lines + note.lines, basis + note.basis
    return Section(lines, basis)


def _charge(fee: Fee, lang: str) -> str:
    line = fee.name.in_(lang)
    if fee.amount_fen is not None:
        amount = pick((f"{yuan(fee.amount_fen)} 元", f"{yuan(fee.amount_fen)} yuan"), lang)
        line += pick(("：", ": "), lang) + (amount if fee.amount_fen else pick(("不收费", "free of charge"), lang))
    if fee.when:
        line += pick((f"（{fee.when.zh}）", f" ({fee.when.in_(lang)})"), lang)
    return local_line(line, lang) if fee.local else line


def _time(matter: Matter, lang: str) -> Section:
    limits = matter.time_limits
    named: list[tuple[tuple[str, str], Limit | None]] = [
        (("承诺时限：", "Promised: "), limits.promised),
        (("法定时限：", "By law: "), limits.statutory),
    ]
    lines = [(pick(name, lang) if _is_number(limit) else "") + rule_line(limit, lang) for name, limit in named if limit]
    every = [*(limit for _, limit in named if limit), *limits.cases, *limits.citizen]
    lines += _cases(limits.cases, lang)
    if not lines:
        lines = [pick(NO_LIMIT, lang)]
    return Section(lines + _own_deadlines(limits.citizen, lang), bases(every, lambda r: r.basis))


def _is_number(limit: Limit) -> bool:
    """Where the law sets no number of days, nothing is called statutory."""
    return any(number is not None for number in (limit.hours, limit.working_days, limit.days))


def _own_deadlines(limits: list[Limit], lang: str) -> list[str]:
    if len(limits) < 2:
        return [pick(("您要注意：", "Your own deadline: "), lang) + rule_line(limit, lang) for limit in limits]
    lead = pick(("您自己要注意的时间：", "Your own deadlines:"), lang)
    return [lead, *(f"· {rule_line(limit, lang)}" for limit in limits)]


def _location(matter: Matter, lang: str) -> Section:
    text = matter.location.text.in_(lang)
    line = local_line(text, lang) if matter.location.local else text
    cases = rules_section(matter.location.cases, lang)
    return Section([line, *cases.lines], [*matter.location.basis, *cases.basis])


def _online(matter: Matter, lang: str) -> Section:
    online = matter.online
    lead = pick(("可以。", "Yes. "), lang) if online.possible else pick(("不能全程网办。", "Not entirely. "), lang)
    text = online.text.in_(lang)
    if text[:2] in ("可以", "不能", "不可", "能。", "No", "Ye"):
        lead = ""
    cases = rules_section(online.cases, lang)
    lines = [local_line(lead + text, lang) if online.local else lead + text, *cases.lines]
    for channel in online.channels:
        address = f" {channel.address}" if channel.address else ""
        note = pick(("：", ": "), lang) + channel.note.in_(lang) if channel.note else ""
        lines.append(f"· {channel.name.in_(lang)}{note}{address}")
    return Section(lines, [*online.basis, *cases.basis])


def _validity(matter: Matter, lang: str) -> Section:
    return rules_section(matter.validity, lang)


def _consequence(matter: Matter, lang: str) -> Section:
    return rules_section(matter.consequences, lang)


def _legal(matter: Matter, lang: str) -> Section:
    lines = []
    for entry in matter.legal_basis:
        article = entry.article.in_(lang) if entry.article else ""
        number = pick((f"（{entry.number}）", f" ({entry.number})"), lang) if entry.number else ""
        law = pick(
            (f"《{entry.law.zh}》{number}{article}：", f"{entry.law.in_(lang)}{number} {article}".rstrip() + ": "), lang
        )
        lines.append(law + entry.says.in_(lang))
    return Section(lines, [entry.id for entry in matter.legal_basis])


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
