"""The one question that decides: what an answer turns on, and for which of the options it was given."""

from collections.abc import Collection
from dataclasses import dataclass

from ..matters.schema import Aspect, Matter, Option, Situation
from ..matters.situations import narrow, options_of
from .phrases import pick
from .sections import section_of


@dataclass(frozen=True)
class Turning:
    """What changes an answer. taken: the options it was answered for; situation: what is still to be told, or
    where all is known, the last of what was; is_open: whether it is still to be told."""

    situation: Situation
    taken: tuple[Option, ...]
    is_open: bool

    def question(self, lang: str) -> list[str]:
        """Return the question with its numbered options, or how to say that another option is the right one."""
        options = [f"{i}. {option.label.in_(lang)}" for i, option in enumerate(self.situation.options, start=1)]
        if self.is_open:
            how = pick(("回复数字，只说跟您有关的：", " Reply with the number:"), lang)
            return [self.situation.ask.in_(lang) + how, *options]
        others = [
            text for text, option in zip(options, self.situation.options, strict=True) if option not in self.taken
        ]
        again = pick(("不是这种情况？回复数字：", "Not your situation? Reply with the number: "), lang)
        return [again + pick(("；", "; "), lang).join(others)]

    def said(self, lang: str) -> str:
        """Return the line that tells for whom the answer is; "" where it is for everybody."""
        if not self.taken:
            return ""
        told = pick(("；", "; "), lang).join(option.label.in_(lang) for option in self.taken)
        return pick(("您的情况：", "Your situation: "), lang) + told


def turning_of(matter: Matter, aspect: Aspect, known: Collection[str]) -> Turning | None:
    """Return what this aspect turns on; None where everybody is told the same."""
    turning = [situation for situation in matter.situations if _turns(matter, aspect, situation, known)]
    if not turning:
        return None
    taken = {situation.id: option for name, (situation, option) in options_of(matter).items() if name in known}
    open_ones = [situation for situation in turning if situation.id not in taken]
    told = tuple(taken[situation.id] for situation in turning if situation.id in taken)
    return Turning((open_ones or turning[::-1])[0], told, bool(open_ones))


def _turns(matter: Matter, aspect: Aspect, situation: Situation, known: Collection[str]) -> bool:
    others = set(known) - {option.id for option in situation.options}
    told = {tuple(section_of(narrow(matter, {*others, option.id}), aspect, "zh").lines) for option in situation.options}
    return len(told) > 1
