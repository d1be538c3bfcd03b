"""Prove the banks: every question asked of a model that was learnt without it.

Leaving out one question at a time would mean tens of thousands of models; folds leave out
a tenth at a time, which is a little harder than leaving out one.
"""

from .dialogue import MAX_CHOICES
from .examples import MATTER
from .folds import HeldOut, Lesson, Told, held_out
from .proofs import Proof, Stray


def prove(lesson: Lesson, fusion: dict, folds: int, told: Told) -> list[Proof]:
    """Return a proof for every matter that has questions."""
    proofs: dict[str, Proof] = {}
    for held in held_out(lesson, fusion, folds, told):
        kind, label = held.example.intent.split(":", 1)
        if kind == MATTER:
            _count(proofs.setdefault(label, Proof(label)), held)
    return list(proofs.values())


def _count(proof: Proof, held: HeldOut) -> None:
    model, wanted = held.model, held.example.intent
    order = [model.intents[i] for i in model.rank(held.seen).order]
    matters = [intent for intent in order if intent.startswith(f"{MATTER}:")]
    proof.asked += 1
    proof.found += order[0] == wanted
    proof.offered += wanted in matters[:MAX_CHOICES]
    if order[0] != wanted:
        proof.strays.append(Stray(held.example.text, order[0].removeprefix(f"{MATTER}:")))
