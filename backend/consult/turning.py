"""The one question that decides: what an answer turns on, and for which of the options it was given."""

from collections.abc import Collection
from dataclasses import dataclass

from ..matters.schema import Aspect, Matter, Option, Situation
from ..matters.situations import narrow, options_of
from .phrases import pick
from .sections import section_of


@dataclass(frozen=True)
class Turning:
    """A situation that changes the answer; taken: the option it was answered for, None where it is not known."""

    situation: Situation
    taken: Option | None

    def question(self, lang: str) -> list[str]:
        """Return the question with its numbered options, or how to say that another option is the right one."""
        options = [f"{i}. {option.label.in_(lang)}" for i, option in enumerate(self.situation.options, start=1)]
        if self.taken is None:
            how = pick(("回复数字，只说跟您有关的：", " Reply with the number:"), lang)
            return [self.situation.ask.in_(lang) + how, *options]
        again = pick(("不是这种情况？回复数字：", "Not your situation? Reply with the number: "), lang)
        return [again + pick(("；", "; "), lang).join(options)]

    def said(self, lang: str) -> str:
        """Return the line that tells for whom the answer is; "" where it is for everybody."""
        if self.taken is None:
            return ""
        return pick(("您的情况：", "Your situation: "), lang) + self.taken.label.in_(lang)


def turning_of(matter: Matter, aspect: Aspect, known: Collection[str]) -> Turning | None:
    """Return what this aspect turns on: what is not known yet first; None where everybody is told the same."""
    taken = {situation.id: option for name, (situation, option) in options_of(matter).items() if name in known}
    decided = None
    for situation in matter.situations:
        if not _turns(matter, aspect, situation, known):
            continue
        if situation.id not in taken:
            return Turning(situation, None)
        decided = decided or Turning(situation, taken[situation.id])
    return decided


def _turns(matter: Matter, aspect: Aspect, situation: Situation, known: Collection[str]) -> bool:
    others = set(known) - {option.id for option in situation.options}
    told = {tuple(section_of(narrow(matter, {*others, option.id}), aspect, "zh").lines) for option in situation.options}
    return len(told) > 1
