"""The door of the consultation: a message in, an answer with its law out.

`Consultant` is made once a process. It keeps answering from the model it has while
changed question banks are learnt in the background.
"""

import threading
import time
from collections.abc import Callable, Collection
from copy import copy
from dataclasses import replace
from datetime import date

import structlog
from rapidfuzz import fuzz, process, utils

from ..clock import today
from ..config import Settings
from ..matters.schema import Aspect
from ..matters.service import Catalogue, Snapshot
from ..matters.situations import options_of, tells_only, told_in
from .answers import Answers, Said
from .brain import Brain, CannotLearn, wake
from .conversation import read_conversation
from .decide import (
    FOREIGNERS_MATTER,
    SAME_MATTER,
    SURE,
    Decision,
    best_aspect,
    decide,
    emergency_of,
    leaning,
    without,
)
from .dialogue import MAX_CHOICES, Choice, Memory, correction_of, instead_of, picked, verdict
from .examples import MATTER, names_of
from .language import language_of
from .normalise import normalise
from .reply import Candidate, Reply
from .services import read_services
from .several import asks, is_clearly_several, parts_of
from .store import DatabaseStore, Store
from .wording import Wording

log = structlog.get_logger()
CLEAR = 0.9  # from here on a part of a message counts as a question of its own


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
        reply, after = self._answers("", memory.lang).matter(decision, memory)
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

    def _converse(self, question: str, memory: Memory) -> Said:
        """Reply to a message; where it asks several things, to each in turn."""
        reply, after = self._reply_to(question, memory)
        if reply.kind not in (MATTER, "clarify"):
            return reply, after
        parts = parts_of(normalise(question))
        if len(parts) < 2:
            return reply, after
        return self._several(parts, (reply, after), memory) or (reply, after)

    def _several(self, parts: list[str], whole: Said, memory: Memory) -> Said | None:
        """Reply to the parts one after the other; None where they are not several questions.

        One part may be left to a numbered choice, which then stands last.
        """
        clear: dict[tuple[str, str | None, str | None], Reply] = {}
        unclear: list[tuple[Reply, tuple[Choice, ...]]] = []
        near = {candidate.matter for candidate in whole[0].candidates[:MAX_CHOICES]}
        for part in parts:
            reply, memory = self._reply_to(part, memory, near)
            if reply.kind == "emergency" and reply.confidence >= CLEAR:
                return reply, memory  # drowned in the rest of the message, plain by itself
            if is_clear(reply, whole[0]):
                clear.setdefault((reply.kind, reply.matter, reply.aspect), reply)
            elif reply.kind != "chitchat":
                unclear.append((reply, memory.choices))
        meant = {reply.matter for reply in clear.values()}
        lost = whole[0].kind == MATTER and whole[0].matter not in meant
        if lost and not is_clearly_several(normalise(whole[0].question)):
            return None  # torn apart, the message has lost what it was about
        choices = [(reply, offered) for reply, offered in unclear if is_choice(reply, meant)][:1]
        replies = [*clear.values(), *(reply for reply, _ in choices)]
        if not clear or len(replies) < 2:
            return None
        counted = whole[0] if whole[0].matter in meant else replies[0]
        answers = self._answers(whole[0].question, whole[0].lang)
        vague = [reply.question for reply, _ in unclear if reply not in replies]
        after = replace(memory, choices=choices[0][1] if choices else ())
        return answers.together(replace(counted, question=whole[0].question), replies, vague), after

    def _reply_to(self, question: str, memory: Memory, near: Collection[str] = ()) -> Said:
        """near: matters that the message suggests of which the question is a part."""
        text = normalise(question)
        answers = self._answers(question, _lang(question, text, memory))
        opinion = verdict(question)
        if opinion is not None and memory.matter:
            self._store.keep_verdict(memory, opinion)
            return answers.thanks(opinion), memory
        if not text or (not any(c.isalpha() for c in text) and picked(text, len(memory.choices)) is None):
            return answers.small_talk("noise", 1.0), memory
        snapshot, brain = answers.snapshot, self._brain
        seen, ranked = brain.understand(text)
        danger = emergency_of(brain.model, seen, ranked)
        chosen = _chosen(text, memory, snapshot) or self._told(text, memory, snapshot)
        if danger and not _answers_only(text, chosen, snapshot):
            return answers.emergency(*danger), memory
        if chosen is not None:
            return self._picked(question, chosen, memory, snapshot)
        decision = self._corrected(text, memory, snapshot) or self._instead(text, memory, snapshot)
        if decision is None:
            ranked = leaning(ranked, brain.model, _odds(memory, answers.lang, snapshot, near))
            decision = decide(brain.model, seen, ranked, memory, snapshot, self._names)
        return answers.of(decision, memory)

    def _answers(self, question: str, lang: str) -> Answers:
        return Answers(
            self._catalogue.current, self._conversation, self._services, self._wording, self._day(), question, lang
        )

    def _told(self, text: str, memory: Memory, snapshot: Snapshot) -> Choice | None:
        """“5岁”, “外地户口”: the same answer again for the situation that is told, though it was not asked."""
        matter = snapshot.matters.get(memory.matter or "")
        if matter is None or memory.aspect is None or not _bare(text) or asks(text) or text in self._names:
            return None
        told = told_in(text, matter)
        return Choice(matter.id, memory.aspect, next(iter(told))) if len(told) == 1 else None

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
        names_one = decision.kind == MATTER or (decision.kind == "clarify" and decision.sure and decision.candidates)
        if not names_one or decision.matter == memory.matter:
            return None
        if _bare(other) or best_aspect(model, seen) is Aspect.OVERVIEW:
            return _with_aspect(decision, memory)
        return decision

    def _picked(self, question: str, choice: Choice, memory: Memory, snapshot: Snapshot) -> Said:
        answers = self._answers(question, memory.lang)
        if choice.matter not in snapshot.matters:  # taken from the catalogue while the citizen thought
            return answers.service("handoff", None, 1.0), replace(memory, choices=())
        candidates = (Candidate(choice.matter, 1.0),)
        decision = Decision("pick", 1.0, choice.matter, Aspect(choice.aspect), candidates=candidates)
        return answers.matter(replace(decision, option=choice.option), memory)

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


def _odds(memory: Memory, lang: str, snapshot: Snapshot, near: Collection[str]) -> dict[str, float]:
    """Return what speaks for some intents before a word is read: the conversation, the message, the language."""
    odds: dict[str, float] = {}
    if lang != "zh":
        odds = {f"{MATTER}:{m.id}": FOREIGNERS_MATTER for m in snapshot.matters.values() if m.english}
    for matter in {*near, memory.matter} - {None}:
        intent = f"{MATTER}:{matter}"
        odds[intent] = odds.get(intent, 1.0) * SAME_MATTER
    return odds


def _lang(question: str, text: str, memory: Memory) -> str:
    """A bare number or sign has no language of its own: the conversation's is kept."""
    return language_of(question) if any(c.isalpha() for c in text) else memory.lang


def _chosen(text: str, memory: Memory, snapshot: Snapshot) -> Choice | None:
    """Return the choice a message takes: by its number, or where a situation was asked, in words."""
    number = picked(text, len(memory.choices))
    if number is not None:
        return memory.choices[number]
    offered = {choice.option: choice for choice in memory.choices if choice.option}
    matter = snapshot.matters.get(memory.matter or "")
    if len(offered) < len(memory.choices) or not offered or matter is None or not _bare(text):
        return None
    told = told_in(correction_of(text) or text, matter) & offered.keys()
    return offered[next(iter(told))] if len(told) == 1 else None


def _answers_only(text: str, choice: Choice | None, snapshot: Snapshot) -> bool:
    """True for “我儿子12岁”, which sounds like a missing child, where it tells the matter's situation and no more."""
    matter = snapshot.matters.get(choice.matter) if choice else None
    if choice is None or matter is None:
        return False
    found = options_of(matter).get(choice.option)
    return found is not None and tells_only(text, found[1])


def is_clear(part: Reply, whole: Reply) -> bool:
    """True for a part of a message that is a question of its own.

    A fragment torn from its message misleads easily, so what the whole does not suggest must be rather certain.
    """
    if part.kind == MATTER and part.matter in {candidate.matter for candidate in whole.candidates[:MAX_CHOICES]}:
        return True
    return part.kind in (MATTER, "ood", "progress", "appointment") and part.confidence >= CLEAR


def is_choice(part: Reply, meant: set[str | None]) -> bool:
    """True for a part that asks of something else than the clear ones do, where only a few matters can be meant."""
    if part.kind != "clarify" or part.confidence < SURE or not part.candidates:
        return False
    return part.candidates[0].matter not in meant


def _bare(text: str) -> bool:
    """True for what only names a matter (“港澳的”), without asking anything of it."""
    return len(text) <= 12


def _with_aspect(decision: Decision, memory: Memory) -> Decision:
    return replace(decision, aspect=Aspect(memory.aspect)) if memory.aspect else decision
