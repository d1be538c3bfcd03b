"""What a matter file must prove of itself: every statement has a source, every flow an end, every limit room.

An aspect without a law or a looked-up source behind it must say that it is local (以当地窗口为准).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from .schema import Fee, Limit, Location, Material, Matter, Online, Role, Rule, Stage, Unit
from .situations import narrow, options_of

STAGES = list(Stage)
ENDS = (Stage.DECIDE, Stage.DELIVER)
COUNTED = (Stage.ACCEPT, Stage.REVIEW, Stage.DECIDE)


def is_overdue(matter: Matter, day: date) -> bool:
    """True where nobody has reviewed the rules within the interval the file sets itself."""
    return day > matter.reviewed + timedelta(days=matter.review_every_days)


def prove(matter: Matter, day: date) -> Iterator[str]:
    """Yield what the file fails to prove, as an editor can act on it."""
    yield from _sources(matter)
    yield from _flow(matter)
    yield from _limits(matter)
    yield from _situations(matter)
    if is_overdue(matter, day):
        yield f"reviewed {matter.reviewed}, more than {matter.review_every_days} days ago: look the rules up again"


def _sources(matter: Matter) -> Iterator[str]:
    """Every aspect stands on something."""
    limits = [limit for limit in (matter.time_limits.statutory, matter.time_limits.promised) if limit]
    aspects: dict[str, Sequence[Rule | Fee | Location | Online]] = {
        "conditions": matter.conditions,
        "time_limits": [*limits, *matter.time_limits.citizen],
        "validity": matter.validity,
        "consequences": matter.consequences,
        "fees": [*matter.fees, *([matter.fee_note] if matter.fee_note else [])],
        "location": [matter.location],
        "online": [matter.online],
    }
    for aspect, rules in aspects.items():
        if rules and not any(rule.basis or rule.local for rule in rules):
            yield f"{aspect}: nothing names a basis or says `local: true`"
    if matter.materials and not any(material.basis or material.local for material in matter.materials):
        yield "materials: nothing names a basis or says `local: true`"


def _flow(matter: Matter) -> Iterator[str]:
    steps = matter.steps
    if steps[0].stage is not Stage.APPLY:
        yield "the first step is not of stage `apply`"
    if steps[-1].stage not in ENDS:
        yield f"the last step is of stage `{steps[-1].stage}`: nothing is decided"
    order = [STAGES.index(step.stage) for step in steps]
    if order != sorted(order):
        yield "a step goes back to an earlier stage: the case would never end"
    runs = [name for name, _ in groupby(step.parallel for step in steps) if name]
    for name in {name for name in runs if runs.count(name) > 1}:
        yield f"the parallel group {name!r} is torn apart by other steps"
    for step in steps:
        if (step.unit is Unit.APPLICANT) != (step.role is Role.APPLICANT):
            yield f"step {step.id}: unit and role disagree on whether the applicant does it"


def _situations(matter: Matter) -> Iterator[str]:
    """Every option is told apart by something, and leaves somebody who takes it with rules."""
    options = options_of(matter)
    used = {option for only_for in _only_for(matter) for option in only_for}
    for unknown in sorted(used - options.keys()):
        yield f"only_for: no situation has the option {unknown!r}"
    if len(options) != sum(len(situation.options) for situation in matter.situations):
        yield "situations: an option's id stands twice"
    for situation in matter.situations:
        if used.isdisjoint(option.id for option in situation.options):
            yield f"situation {situation.id}: no rule turns on it"
    for option in options:
        left = narrow(matter, [option])
        for what in ("conditions", "materials", "validity", "consequences"):
            if not getattr(left, what):
                yield f"option {option}: no {what} are left"


def _only_for(matter: Matter) -> list[list[str]]:
    limits = matter.time_limits
    rules: list[Rule] = [
        *matter.conditions, *matter.validity, *matter.consequences, *limits.citizen, *limits.cases,
        *matter.location.cases, *matter.online.cases, *([matter.fee_note] if matter.fee_note else []),
    ]  # fmt: skip
    items: list[Rule | Material | Fee] = [*rules, *matter.materials, *matter.fees]
    return [item.only_for for item in items]


def _limits(matter: Matter) -> Iterator[str]:
    """The steps from acceptance to decision, one after another, fit into the limit.

    Of a parallel group the longest counts. Making and handing over the document do not:
    行政许可法 第四十四条 gives ten days of its own for them.
    """
    counted = [step for step in matter.steps if step.stage in COUNTED]
    groups = [list(group) for _, group in groupby(counted, key=lambda step: step.parallel or step.id)]
    needed = sum(max(step.limit_working_days or 0 for step in group) for group in groups)
    for what in ("statutory", "promised"):
        limit: Limit | None = getattr(matter.time_limits, what)
        allowed = limit.working_days if limit else None
        if allowed is not None and needed > allowed:
            yield f"the steps take {needed} working days, the {what} limit is {allowed}"
