"""From probabilities to a decision: answer, offer a choice, or say that one is unsure.

The thresholds are chances of being right, not tuned scores: the model is calibrated
on held-out folds of the banks.
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from ..matters.schema import Aspect
from ..matters.service import Snapshot
from .dialogue import MAX_CHOICES, Memory
from .examples import MATTER
from .model import TOP, Array, Model, Ranked, Seen
from .reply import Candidate

SURE = 0.65  # answer a matter from here on: a wrong answer costs a citizen more than one tap on a choice
LEAD = 1.6  # … when it is this many times likelier than the next
KIND_SURE = 0.5  # another kind of message from here on
WORTH_OFFERING = 0.06  # a candidate in a numbered choice
ALARM = (
    0.4  # mean of two chances that danger is told; on held-out folds: 0.954 heard, 0.012 of matters taken for danger
)
NEAR_CORRECTION = 3.0  # odds of what lies near the matter that was corrected
SAME_MATTER = 4.0  # odds that a conversation stays with its matter
FOREIGNERS_MATTER = 2.0  # odds that who does not write Chinese means a matter for foreigners
OOD_ODDS = 1.5  # odds of another office: on held-out folds 2 in 100 more are heard, 1 matter in 1,000 lost
FOLLOWS = 0.35  # a follow-up, when there is something to follow
FRAGMENT = 0.8  # … and a question torn from its matter, when there is nothing
FILLERS = re.compile(
    "我想要?|我要|想要?|办理?一?[个下张本]?|申请|咨询一?下?|请问|怎么办?|如何|[一下吧啊呢吗的了?？。,， ]"
)


@dataclass(frozen=True)
class Decision:
    """kind: as in Reply. label: department, emergency or topic; matter: an id of the catalogue.

    option: of one of the matter's situations, where the citizen took it by its number.
    """

    kind: str
    confidence: float
    matter: str | None = None
    aspect: Aspect | None = None
    label: str = ""
    candidates: tuple[Candidate, ...] = ()
    sure: bool = True
    option: str = ""


def emergency_of(model: Model, seen: Seen, ranked: Ranked) -> tuple[str, float] | None:
    """Return (emergency id, confidence) where danger is told.

    A classifier of its own and the ranking listen both; a false alarm costs a glance,
    a missed one may cost a life, so their mean need not reach a half.
    """
    by_label = {
        _label(model, i): float(ranked.probabilities[i]) for i in ranked.order if _kind(model, i) == "emergency"
    }
    danger = (model.alarm_score(seen, ranked) + min(1.0, sum(by_label.values()))) / 2
    if danger < ALARM:
        return None
    if not by_label:  # only the alarm classifier heard it: take the likeliest danger
        labels = [i for i, name in enumerate(model.intents) if name.startswith("emergency:")]
        scores = seen.by_meaning[labels]
        return _label(model, labels[int(np.argmax(scores))]), danger
    return max(by_label, key=lambda label: by_label[label]), danger


def decide(
    model: Model, seen: Seen, ranked: Ranked, memory: Memory, snapshot: Snapshot, names: dict[str, str]
) -> Decision:
    """Decide what a message is, in the light of what the conversation is about."""
    kinds = kind_shares(model, ranked)
    kinds["ood"] = kinds.get("ood", 0.0) * OOD_ODDS
    candidates = matter_candidates(model, ranked, snapshot)
    follows = kinds.get("followup", 0.0)
    if follows >= FOLLOWS and follows >= kinds.get(MATTER, 0.0):
        asked = _followed_aspect(model, ranked)
        if memory.matter in snapshot.matters:
            return Decision(MATTER, follows, memory.matter, asked, candidates=candidates)
        if memory.choices:
            return _followed_choice(memory, asked, follows)
        if follows >= FRAGMENT:
            return Decision("clarify", follows, aspect=asked)  # of what?
    for settled in ("followup", "emergency"):  # `emergency_of` found no danger
        kinds.pop(settled, None)
    kind = max(kinds, key=lambda k: kinds[k], default="ood")
    if kind != MATTER and kinds.get(kind, 0.0) >= KIND_SURE:
        return Decision(kind, kinds[kind], label=_best_label(model, ranked, kind), candidates=candidates)
    aspect = best_aspect(model, seen)  # not before: it may need the encoder
    shared = umbrella(seen.text, names, candidates)
    if shared:
        return Decision("clarify", sum(c.score for c in shared), aspect=aspect, candidates=shared)
    return _matter(candidates, aspect, kinds, kind, model, ranked)


def _followed_choice(memory: Memory, asked: Aspect, confidence: float) -> Decision:
    """“要多久” after an offered choice asks that of the same matters."""
    offered = dict.fromkeys(choice.matter for choice in memory.choices)
    candidates = tuple(Candidate(matter, round(confidence / len(offered), 4)) for matter in offered)
    return Decision("clarify", confidence, aspect=asked, candidates=candidates)


def _matter(
    candidates: tuple[Candidate, ...], aspect: Aspect, kinds: dict[str, float], kind: str,
    model: Model, ranked: Ranked,
) -> Decision:  # fmt: skip
    if not candidates:
        return Decision("ood", kinds.get("ood", 0.0), label=_best_label(model, ranked, "ood"))
    first = candidates[0]
    second = candidates[1].score if len(candidates) > 1 else 0.0
    if first.score >= SURE and first.score >= LEAD * second:
        return Decision(MATTER, first.score, first.matter, aspect, candidates=candidates)
    offered = tuple(c for c in candidates if c.score >= WORTH_OFFERING)[:MAX_CHOICES]
    together = sum(c.score for c in offered)
    if len(offered) > 1 and together >= SURE:
        return Decision("clarify", together, aspect=aspect, candidates=candidates)
    if kind != MATTER and kinds.get(kind, 0.0) > first.score:
        return Decision(kind, kinds[kind], label=_best_label(model, ranked, kind), candidates=candidates)
    return Decision("clarify", first.score, aspect=aspect, candidates=candidates, sure=False)


def umbrella(text: str, names: dict[str, str], candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return the candidates a bare, shared word may mean (“落户”): none where it means one or nothing.

    names: name or alias → matter id. A word that is itself a matter's name is no umbrella.
    """
    word = FILLERS.sub("", text)
    if not 1 < len(word) <= 5 or word in names or text in names:
        return ()
    meant = {matter for name, matter in names.items() if word in name}
    shared = tuple(c for c in candidates if c.matter in meant)
    return shared if len(shared) > 1 else ()


def offered_of(decision: Decision) -> list[str]:
    """Return the matters a choice offers: the close ones, or the nearest three where unsure."""
    close = [c.matter for c in decision.candidates if c.score >= WORTH_OFFERING]
    if decision.sure and len(close) > 1:
        return close[:MAX_CHOICES]
    return [c.matter for c in decision.candidates[: MAX_CHOICES - 1]]


def matter_candidates(model: Model, ranked: Ranked, snapshot: Snapshot) -> tuple[Candidate, ...]:
    """Return the matters among the ranked intents, best first; those gone from disk are skipped."""
    found = []
    for i in ranked.order:
        kind, label = model.intents[i].split(":", 1)
        if kind == MATTER and label in snapshot.matters:
            found.append(Candidate(label, round(float(ranked.probabilities[i]), 4)))
    return tuple(found)


def kind_shares(model: Model, ranked: Ranked) -> dict[str, float]:
    shares: dict[str, float] = {}
    for i in ranked.order:
        kind = _kind(model, i)
        shares[kind] = shares.get(kind, 0.0) + float(ranked.probabilities[i])
    return shares


def best_aspect(model: Model, seen: Seen) -> Aspect:
    return Aspect(model.aspects[int(model.aspect_scores(seen).argmax())])


def without(ranked: Ranked, model: Model, intent: str, near: set[str]) -> Ranked:
    """Return the ranking after a correction: not `intent`, rather something close to it."""
    return leaning(ranked, model, {intent: 0.0} | dict.fromkeys(near - {intent}, NEAR_CORRECTION))


def leaning(ranked: Ranked, model: Model, odds: dict[str, float]) -> Ranked:
    """Return the ranking with the odds of some intents multiplied, as what is known beforehand suggests."""
    shares: Array = ranked.probabilities.copy()
    for i, name in enumerate(model.intents):
        if name in odds:
            shares[i] *= odds[name]
    total = float(shares.sum())
    if not total:  # only what was excluded was meant again
        return ranked
    shares *= float(ranked.probabilities.sum()) / total
    order = np.argsort(-shares, kind="stable")[: max(TOP, len(ranked.order))]
    return replace(ranked, probabilities=shares, order=order[shares[order] > 0])


def _followed_aspect(model: Model, ranked: Ranked) -> Aspect:
    return Aspect(_best_label(model, ranked, "followup"))


def _best_label(model: Model, ranked: Ranked, kind: str) -> str:
    return next((_label(model, i) for i in ranked.order if _kind(model, i) == kind), "none")


def _kind(model: Model, intent: int) -> str:
    return model.intents[intent].split(":", 1)[0]


def _label(model: Model, intent: int) -> str:
    return model.intents[intent].split(":", 1)[1]
