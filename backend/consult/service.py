"""The door of the consultation: a message in, an answer with its law out.

`Consultant` is made once a process. It keeps answering from the model it has while
changed question banks are learnt in the background.
"""

import random
import threading
import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import date

import structlog
from rapidfuzz import fuzz, process, utils

from ..clock import today
from ..config import Settings
from ..matters.schema import Aspect
from ..matters.service import Catalogue, Snapshot
from .brain import Brain, CannotLearn, wake
from .conversation import read_conversation
from .decide import (
    FOREIGNERS_MATTER,
    SAME_MATTER,
    Decision,
    best_aspect,
    decide,
    emergency_of,
    leaning,
    offered_of,
    without,
)
from .dialogue import Memory, correction_of, instead_of, picked, verdict
from .examples import MATTER, names_of
from .language import language_of
from .normalise import normalise
from .phrases import name_of, pick
from .reply import Candidate, Reply
from .services import read_services
from .store import DatabaseStore, Store
from .wording import Worded, Wording

log = structlog.get_logger()
MAX_TRIED = 2  # unclear messages in a row before a human is offered outright


class Consultant:
    """Answers questions; one conversation per `who` (an opaque key of the citizen)."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, store: Store | None = None,
        day: Callable[[], date] = today, told: Callable[[str], None] = lambda _: None,
        heard: Callable[[str, Reply], None] = lambda _, __: None,
    ):  # fmt: skip
        """heard: called with who asked and the reply to every message, before it is returned; must be quick."""
        self._heard = heard
        self._settings = settings
        self._catalogue = catalogue
        self._store: Store = store or DatabaseStore(settings.dialogue_minutes)
        self._day = day
        self._wording = Wording(settings.public_url)
        self._conversation = read_conversation(settings.knowledge_dir / "conversation")
        self._services = read_services(settings.knowledge_dir / "conversation" / "services.yaml")
        self._brain = wake(catalogue.current, self._conversation, settings.knowledge_dir, settings.data_dir, told)
        self._names = _names(catalogue.current)
        self._learning = threading.Lock()
        catalogue.on_change(self._knowledge_changed)

    def with_store(self, store: Store) -> "Consultant":
        """Return a consultant that shares everything but the memory of conversations; nobody hears it."""
        other = copy(self)
        other._store = store
        other._heard = lambda _, __: None
        return other

    # -- asking ------------------------------------------------------------------

    def answer(self, question: str, *, who: str) -> Reply:
        """Return the answer to one message of a citizen's conversation. Never raises for bad text."""
        started = time.perf_counter()
        memory = self._store.load(who)
        reply, after = self._converse(question, memory)
        if after != memory:
            self._store.save(who, after)
        self._heard(who, reply)
        return replace(reply, elapsed_ms=round((time.perf_counter() - started) * 1000, 3))

    def answer_matter(self, matter_id: str, *, who: str, aspect: Aspect = Aspect.OVERVIEW) -> Reply:
        """Return a matter's answer without a question: a scanned code or a menu entry.

        Raises NoSuchMatter.
        """
        matter = self._catalogue.current.get_matter(matter_id)
        memory = self._store.load(who)
        decision = Decision(MATTER, 1.0, matter.id, aspect, candidates=(Candidate(matter.id, 1.0),))
        reply, after = self._matter("", memory.lang, decision, memory)
        self._store.save(who, after)
        return reply

    def forget(self, *, who: str) -> None:
        """Drop what the conversation remembers."""
        self._store.forget(who)

    def search(self, query: str, limit: int = 10) -> list[tuple[str, float]]:
        """Return (matter id, score 0–1) for a search box: names first, then meaning."""
        text = normalise(query)
        if not text:
            return []
        scores: dict[str, float] = {}
        hits = process.extract(text, self._names.keys(), scorer=fuzz.WRatio, processor=utils.default_process, limit=30)
        for name, score, _ in hits:
            if score >= 60:
                matter = self._names[name]
                scores[matter] = max(scores.get(matter, 0.0), score / 100)
        if len(text) >= 2:
            brain = self._brain
            _, ranked = brain.understand(text)
            for i in ranked.order:
                kind, _, label = brain.model.intents[i].partition(":")
                if kind == MATTER and ranked.probabilities[i] > 0.05:
                    scores[label] = scores.get(label, 0.0) + float(ranked.probabilities[i])
        known = self._catalogue.current.matters
        best = sorted(((m, s) for m, s in scores.items() if m in known), key=lambda p: -p[1])
        return [(m, min(1.0, s)) for m, s in best[:limit]]

    # -- the conversation --------------------------------------------------------

    def _converse(self, question: str, memory: Memory) -> tuple[Reply, Memory]:
        text = normalise(question)
        lang = _lang(question, text, memory)
        opinion = verdict(question)
        if opinion is not None and memory.matter:
            return self._thank(question, lang, opinion, memory)
        if not text or (not any(c.isalpha() for c in text) and picked(text, len(memory.choices)) is None):
            return self._small_talk(question, lang, "noise", 1.0), memory
        snapshot, brain = self._catalogue.current, self._brain
        seen, ranked = brain.understand(text)
        danger = emergency_of(brain.model, seen, ranked)
        if danger:
            return self._emergency(question, lang, *danger), memory
        chosen = picked(text, len(memory.choices))
        if chosen is not None:
            return self._picked(question, lang, chosen, memory, snapshot)
        decision = self._corrected(text, memory, snapshot) or self._instead(text, memory, snapshot)
        if decision is None:
            ranked = leaning(ranked, brain.model, _odds(memory, lang, snapshot))
            decision = decide(brain.model, seen, ranked, memory, snapshot, self._names)
        return self._word(question, lang, decision, memory)

    def _corrected(self, text: str, memory: Memory, snapshot: Snapshot) -> Decision | None:
        """“不是，我问的是港澳的”: rank what was meant, near the matter that was wrong, same aspect."""
        meant = correction_of(text)
        wrong = snapshot.matters.get(memory.matter or "")
        if meant is None or wrong is None:
            return None
        close = {f"{MATTER}:{i}" for i in wrong.related}
        close |= {f"{MATTER}:{m.id}" for m in snapshot.in_category(wrong.category)}
        model = self._brain.model
        seen, ranked = self._brain.understand(meant)
        ranked = without(ranked, model, f"{MATTER}:{wrong.id}", close)
        decision = decide(model, seen, ranked, Memory(), snapshot, self._names)
        return _with_aspect(decision, memory) if _bare(meant) else decision

    def _instead(self, text: str, memory: Memory, snapshot: Snapshot) -> Decision | None:
        """“那护照呢”: another matter, the same question about it."""
        other = instead_of(text)
        if other is None or memory.matter is None:
            return None
        model = self._brain.model
        seen, ranked = self._brain.understand(other)
        decision = decide(model, seen, ranked, Memory(), snapshot, self._names)
        names_one = decision.kind == MATTER or (decision.kind == "clarify" and decision.sure)
        if not names_one or decision.matter == memory.matter:
            return None
        if _bare(other) or best_aspect(model, seen) is Aspect.OVERVIEW:
            return _with_aspect(decision, memory)
        return decision

    def _picked(
        self, question: str, lang: str, number: int, memory: Memory, snapshot: Snapshot
    ) -> tuple[Reply, Memory]:
        matter, aspect = memory.choices[number]
        if matter not in snapshot.matters:  # taken from the catalogue while the citizen thought
            return self._service(question, memory.lang, "handoff", None, 1.0), replace(memory, choices=())
        decision = Decision("pick", 1.0, matter, Aspect(aspect), candidates=(Candidate(matter, 1.0),))
        return self._matter(question, memory.lang or lang, decision, memory)

    def _word(self, question: str, lang: str, decision: Decision, memory: Memory) -> tuple[Reply, Memory]:
        if decision.kind == MATTER:
            return self._matter(question, lang, decision, memory)
        if decision.kind == "clarify":
            return self._clarify(question, lang, decision, memory)
        memory = replace(memory, choices=(), tried=0, lang=lang)
        if decision.kind == "ood":
            department = self._conversation.departments.get(decision.label)
            return self._reply(question, lang, decision, self._wording.elsewhere(department, _two(lang))), memory
        if decision.kind == "chitchat":
            return self._small_talk(question, lang, decision.label, decision.confidence), memory
        matter = decision.candidates[0].matter if decision.candidates else None
        return self._service(question, lang, decision.kind, matter, decision.confidence), memory

    # -- answers by kind ---------------------------------------------------------

    def _matter(self, question: str, lang: str, decision: Decision, memory: Memory) -> tuple[Reply, Memory]:
        matter = self._catalogue.current.matters[decision.matter or ""]
        aspect = decision.aspect or Aspect.OVERVIEW
        worded = self._wording.matter(matter, aspect, _two(lang), self._day())
        after = Memory(matter.id, aspect.value, lang)
        return self._reply(question, lang, replace(decision, aspect=aspect), worded), after

    def _clarify(self, question: str, lang: str, decision: Decision, memory: Memory) -> tuple[Reply, Memory]:
        aspect = decision.aspect or Aspect.OVERVIEW
        tried = 0 if decision.sure else memory.tried + 1
        if tried > MAX_TRIED or not decision.candidates:
            return self._service(question, lang, "handoff", None, decision.confidence), Memory(lang=lang)
        offered = offered_of(decision)
        names = [name_of(self._catalogue.current.matters[m], _two(lang)) for m in offered]
        worded = self._wording.choice(names, _two(lang), decision.sure)
        choices = tuple((m, aspect.value) for m in offered)
        after = replace(memory, choices=choices, tried=tried, lang=lang)
        return self._reply(question, lang, replace(decision, matter=None, aspect=aspect), worded), after

    def _emergency(self, question: str, lang: str, label: str, confidence: float) -> Reply:
        worded = self._wording.emergency(self._conversation.emergencies[label], lang)
        return self._reply(question, lang, Decision("emergency", confidence, label=label), worded)

    def _small_talk(self, question: str, lang: str, topic: str, confidence: float) -> Reply:
        talk = self._conversation.smalltalk.get(topic) or self._conversation.smalltalk["greeting"]
        said = random.choice(talk.replies[_two(lang)])  # noqa: S311 - variety, not secrecy
        return self._reply(question, lang, Decision("chitchat", confidence, label=topic), Worded(said, said))

    def _thank(self, question: str, lang: str, useful: bool, memory: Memory) -> tuple[Reply, Memory]:
        self._store.keep_verdict(memory, useful)
        if useful:
            said = pick(("谢谢您的评价，很高兴帮到您。", "Thank you, glad it helped."), _two(lang))
        else:
            said = pick(
                ("抱歉没答到点子上，已经记下来请编辑核对。您可以换个说法再问，或者回复“人工”。",
                 "Sorry that did not help; an editor will look at it. Please put it another way, or reply “human”."),
                _two(lang),
            )  # fmt: skip
        return self._reply(question, lang, Decision("chitchat", 1.0), Worded(said, said)), memory

    def _service(self, question: str, lang: str, kind: str, matter: str | None, confidence: float) -> Reply:
        category = self._catalogue.current.matters[matter].category.value if matter else ""
        text = self._services.of(kind, category).in_(_two(lang))
        worded = self._wording.service(text, self._catalogue.current.bureau)
        return self._reply(question, lang, Decision(kind, confidence), worded)

    def _reply(self, question: str, lang: str, decision: Decision, worded: Worded) -> Reply:
        about = decision.kind in (MATTER, "pick", "clarify")
        return Reply(
            question=question, lang=lang, kind=decision.kind, text=worded.text, full_text=worded.full_text,
            matter=decision.matter if about else None,
            aspect=decision.aspect.value if about and decision.aspect else None,
            confidence=round(min(1.0, decision.confidence), 4), candidates=decision.candidates,
            citations=worded.citations,
        )  # fmt: skip

    # -- new knowledge -----------------------------------------------------------

    def _knowledge_changed(self, snapshot: Snapshot) -> None:
        self._names = _names(snapshot)
        threading.Thread(target=self._learn_again, name="learn", daemon=True).start()

    def _learn_again(self) -> None:
        """Learn changed banks; until it is done, and if it fails, the old model answers."""
        folder = self._settings.knowledge_dir / "conversation"
        with self._learning:
            try:
                conversation, services = read_conversation(folder), read_services(folder / "services.yaml")
                brain: Brain = wake(
                    self._catalogue.current, conversation, self._settings.knowledge_dir, self._settings.data_dir
                )
            except (OSError, ValueError, CannotLearn) as fault:
                log.error("learning_failed", fault=type(fault).__name__)
                return
            self._conversation, self._brain, self._services = conversation, brain, services
            log.info("learnt", model=brain.fingerprint)


def _names(snapshot: Snapshot) -> dict[str, str]:
    return {normalise(name): m.id for m in snapshot.matters.values() for _, name in names_of(m)}


def _odds(memory: Memory, lang: str, snapshot: Snapshot) -> dict[str, float]:
    """Return what speaks for some intents before a word is read: the conversation, the language."""
    odds: dict[str, float] = {}
    if lang != "zh":
        odds = {f"{MATTER}:{m.id}": FOREIGNERS_MATTER for m in snapshot.matters.values() if m.english}
    if memory.matter:
        intent = f"{MATTER}:{memory.matter}"
        odds[intent] = odds.get(intent, 1.0) * SAME_MATTER
    return odds


def _two(lang: str) -> str:
    """Answers are written in Chinese and English; other languages are answered in English."""
    return "zh" if lang == "zh" else "en"


def _lang(question: str, text: str, memory: Memory) -> str:
    """A bare number or sign has no language of its own: the conversation's is kept."""
    return language_of(question) if any(c.isalpha() for c in text) else memory.lang


def _bare(text: str) -> bool:
    """True for what only names a matter (“港澳的”), without asking anything of it."""
    return len(text) <= 12


def _with_aspect(decision: Decision, memory: Memory) -> Decision:
    return replace(decision, aspect=Aspect(memory.aspect)) if memory.aspect else decision
