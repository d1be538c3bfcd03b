"""From a decision to the reply and to what the conversation remembers of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..matters.schema import Aspect
from ..matters.service import Snapshot
from ..matters.situations import settle, told_in
from .conversation import Conversation
from .decide import Decision, offered_of
from .dialogue import Choice, Memory
from .examples import MATTER
from .normalise import normalise
from .phrases import name_of, pick
from .reply import Reply
from .services import ServiceTexts
from .wording import Worded, Wording

MAX_TRIED = 2  # unclear messages in a row before a human is offered outright
THANKED = ("谢谢您的评价，很高兴帮到您。", "Thank you, glad it helped.")
SORRY = (
    "抱歉没答到点子上，已经记下来请编辑核对。您可以换个说法再问，或者回复“人工”。",
    "Sorry that did not help; an editor will look at it. Please put it another way, or reply “human”.",
)
Said = tuple[Reply, Memory]


@dataclass(frozen=True)
class Answers:
    """Words the replies to one message. day: of the message; question, lang: as it was put."""

    snapshot: Snapshot
    conversation: Conversation
    services: ServiceTexts
    wording: Wording
    day: date
    question: str
    lang: str

    def of(self, decision: Decision, memory: Memory) -> Said:
        """Return the reply to what was decided."""
        if decision.kind == MATTER:
            return self.matter(decision, memory)
        if decision.kind == "clarify":
            return self.clarify(decision, memory)
        memory = replace(memory, choices=(), tried=0, lang=self.lang)
        if decision.kind == "ood":
            department = self.conversation.departments.get(decision.label)
            return self._reply(decision, self.wording.elsewhere(department, self._two)), memory
        if decision.kind == "chitchat":
            return self.small_talk(decision.label, decision.confidence), memory
        matter = decision.candidates[0].matter if decision.candidates else None
        return self.service(decision.kind, matter, decision.confidence), memory

    def matter(self, decision: Decision, memory: Memory) -> Said:
        """Answer an aspect, for the situation that is known or told; what is not known and decides is asked."""
        matter = self.snapshot.matters[decision.matter or ""]
        aspect = decision.aspect or Aspect.OVERVIEW
        known = memory.situation if memory.matter == matter.id else ()
        told = {decision.option} if decision.option else told_in(normalise(self.question), matter)
        situation = settle(matter, known, told)
        worded = self.wording.matter(matter, aspect, self._two, self.day, situation)
        choices = tuple(Choice(matter.id, aspect.value, option) for option in worded.options)
        after = Memory(matter.id, aspect.value, self.lang, choices, situation=situation)
        return self._reply(replace(decision, aspect=aspect), worded), after

    def clarify(self, decision: Decision, memory: Memory) -> Said:
        """Offer a numbered choice; after MAX_TRIED unclear messages, a human."""
        aspect = decision.aspect or Aspect.OVERVIEW
        tried = 0 if decision.sure else memory.tried + 1
        if tried > MAX_TRIED:
            return self.service("handoff", None, decision.confidence), Memory(lang=self.lang)
        if not decision.candidates:
            return self._reply(decision, self.wording.of_what(self._two)), replace(memory, tried=tried, lang=self.lang)
        offered = offered_of(decision)
        names = [name_of(self.snapshot.matters[m], self._two) for m in offered]
        worded = self.wording.choice(names, self._two, decision.sure)
        choices = tuple(Choice(m, aspect.value, self._option_told(m)) for m in offered)
        after = replace(memory, choices=choices, tried=tried, lang=self.lang)
        return self._reply(replace(decision, matter=None, aspect=aspect), worded), after

    def _option_told(self, matter: str) -> str:
        """Return an option the citizen has told already, so that the choice need not ask it again."""
        return next(iter(sorted(told_in(normalise(self.question), self.snapshot.matters[matter]))), "")

    def emergency(self, label: str, confidence: float) -> Reply:
        worded = self.wording.emergency(self.conversation.emergencies[label], self.lang)
        return self._reply(Decision("emergency", confidence, label=label), worded)

    def small_talk(self, topic: str, confidence: float) -> Reply:
        talk = self.conversation.smalltalk.get(topic) or self.conversation.smalltalk["greeting"]
        said = random.choice(talk.replies[self._two])  # noqa: S311 - variety, not secrecy
        return self._reply(Decision("chitchat", confidence, label=topic), Worded(said, said))

    def thanks(self, useful: bool) -> Reply:
        said = pick(THANKED if useful else SORRY, self._two)
        return self._reply(Decision("chitchat", 1.0), Worded(said, said))

    def service(self, kind: str, matter: str | None, confidence: float) -> Reply:
        """Point to a person, the progress page or the appointments, as for the matter's category."""
        category = self.snapshot.matters[matter].category.value if matter else ""
        text = self.services.of(kind, category).in_(self._two)
        return self._reply(Decision(kind, confidence), self.wording.service(text, self.snapshot.bureau))

    def together(self, whole: Reply, parts: Sequence[Reply], unclear: Sequence[str]) -> Reply:
        """Return one reply to several questions. whole: what the message is counted as."""
        worded = self.wording.together(parts, unclear, self._two)
        return replace(whole, text=worded.text, full_text=worded.full_text, citations=worded.citations)

    @property
    def _two(self) -> str:
        """Answers are written in Chinese and English; other languages are answered in English."""
        return "zh" if self.lang == "zh" else "en"

    def _reply(self, decision: Decision, worded: Worded) -> Reply:
        about = decision.kind in (MATTER, "pick", "clarify")
        return Reply(
            question=self.question, lang=self.lang, kind=decision.kind, text=worded.text, full_text=worded.full_text,
            matter=decision.matter if about else None,
            aspect=decision.aspect.value if about and decision.aspect else None,
            confidence=round(min(1.0, decision.confidence), 4), candidates=decision.candidates,
            citations=worded.citations, told=worded.told, standing=worded.standing,
        )  # fmt: skip
