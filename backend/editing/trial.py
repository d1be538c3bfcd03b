"""`python -m backend.editing.trial FOLDER`: what would change in the answers if a file were changed?

A process of its own: it learns the changed knowledge in a scratch folder (scikit-learn, a minute or
two) and lets the old and the new model read the same questions. FOLDER holds `task.json`; lines of
standard output say how far it is; `result.json` and the new model are left there.

result.json: `{"same": bool, "bank": {"questions", "right_before", "right_after"}, "asked": {"questions",
"changed"}, "wavering": int, "flips": [{"text", "wanted", "before", "after", "rank_before", "rank_after"}, …]}`;
wanted: the matter whose bank has the question, null for one that was only asked; ranks count from 1.
Learning twice is never quite the same, so questions that stand between two matters anyway flip by
chance: where neither model was sure and the change is of other matters, a flip is only counted (wavering).
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..consult.brain import Brain, mark_of, model_path, read_fusion, wake
from ..consult.build import vectors_of
from ..consult.conversation import read_conversation
from ..consult.decide import SURE
from ..consult.encoding import encoder
from ..consult.examples import MATTER, Example, gather_examples
from ..consult.normalise import normalise
from ..logs import configure_logs
from ..matters.service import Catalogue

MOST_FLIPS = 200
NOWHERE = 99  # the rank of what is not among the candidates
TASK, RESULT = "task.json", "result.json"


@dataclass(frozen=True)
class Task:
    """knowledge_dir, data_dir: those in use. file: below the folder; after: its new text. asked: questions to try."""

    knowledge_dir: str
    data_dir: str
    file: str
    after: str
    asked: list[str]


@dataclass(frozen=True)
class Flip:
    text: str
    wanted: str | None
    before: str
    after: str
    rank_before: int | None = None
    rank_after: int | None = None


@dataclass(frozen=True)
class Look:
    """What a model sees in a text: the intents, best first, and the chance of the first."""

    order: list[str]
    chance: float

    @property
    def first(self) -> str:
        return self.order[0]

    def rank_of(self, intent: str) -> int:
        return self.order.index(intent) + 1 if intent in self.order else NOWHERE


class Vectors:
    """Stands in for the encoder: all the questions are read in one go, for both models."""

    def __init__(self, texts: Sequence[str]):
        distinct = sorted(set(texts))
        self._known = dict(zip(distinct, encoder().encode(distinct), strict=True)) if distinct else {}

    def add(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        self._known.update(zip(texts, vectors, strict=True))

    def encode(self, text: str) -> np.ndarray:
        if text not in self._known:
            self._known[text] = encoder().encode(text)
        return self._known[text]


def run(folder: Path, told: Any = print) -> dict[str, Any]:
    """Do the task of the folder; return and keep its result."""
    task = Task(**json.loads((folder / TASK).read_text(encoding="utf-8")))
    told("准备")
    knowledge, data = _scratch(folder, task)
    try:
        result = _compare(task, knowledge, data, folder, told)
    finally:
        shutil.rmtree(knowledge, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
    draft = folder / f".{RESULT}"
    draft.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / RESULT)
    return result


def _compare(task: Task, knowledge: Path, data: Path, folder: Path, told: Any) -> dict[str, Any]:
    old_dir, live_data = Path(task.knowledge_dir), Path(task.data_dir)
    examples_before, mark_before = _lesson(old_dir)
    examples, mark = _lesson(knowledge)
    if mark == mark_before:  # texts changed, questions and names did not: nothing can flip
        return {"same": True, "bank": None, "asked": None, "flips": []}
    before = wake(Catalogue(old_dir).current, read_conversation(old_dir / "conversation"), old_dir, live_data)
    told("学习新题库")
    conversation = read_conversation(knowledge / "conversation")
    after = wake(Catalogue(knowledge).current, conversation, knowledge, data)
    told("比较题库")
    result = compare(before, after, examples, examples_before, task.asked, data, told)
    made = model_path(data, after.fingerprint)
    shutil.move(made, folder / made.name)
    return result


def compare(
    before: Brain, after: Brain, examples: list[Example], examples_before: list[Example], asked: list[str],
    data: Path, told: Any = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Return what the two models say of the bank's questions and of those that were asked."""
    bank = [e for e in examples if e.firm and e.intent.startswith(f"{MATTER}:")]
    vectors = Vectors([])
    texts = [e.text for e in examples]
    vectors.add(texts, vectors_of(texts, data / "consult" / "vectors.npz"))
    touched = {e.intent for e in {*examples} ^ {*examples_before}}
    flips, right_before, right_after, wavering = [], 0, 0, 0
    by_meaning = [_without_memory(before, vectors), _without_memory(after, vectors)]
    for number, example in enumerate(bank):
        if number % 2000 == 0:
            told(f"比较题库 {number}/{len(bank)}")
        first, then = (_look(brain, example.text) for brain in by_meaning)
        right_before += first.first == example.intent
        right_after += then.first == example.intent
        if first.first != then.first and is_notable(first, then, touched):
            flips.append(_flip(example, first, then))
        else:
            wavering += first.first != then.first
    told("比较近期提问")
    known = [replace_encoder(before, vectors), replace_encoder(after, vectors)]
    moved = list(_moved(known, [text for text in dict.fromkeys(map(normalise, asked)) if text], touched))
    flips = [*moved[: MOST_FLIPS // 2], *sorted(flips, key=lambda f: f.wanted != f.before)]
    return {
        "same": False,
        "bank": {"questions": len(bank), "right_before": right_before, "right_after": right_after},
        "asked": {"questions": len(asked), "changed": len(moved)},
        "added": len(examples) - len(examples_before),
        "wavering": wavering,
        "flips": [asdict(flip) for flip in flips[:MOST_FLIPS]],
    }


def is_notable(first: Look, then: Look, touched: set[str]) -> bool:
    """True for a flip that is the change's doing, or that a citizen would notice: one of the answers was sure."""
    return bool({first.first, then.first} & touched) or max(first.chance, then.chance) >= SURE


def _moved(brains: list[Brain], asked: list[str], touched: set[str]) -> Iterator[Flip]:
    for text in asked:
        first, then = (_look(brain, text) for brain in brains)
        if first.first != then.first and is_notable(first, then, touched):
            yield Flip(text, None, _label(first.first), _label(then.first))


def _flip(example: Example, first: Look, then: Look) -> Flip:
    return Flip(
        example.text, _label(example.intent), _label(first.first), _label(then.first),
        first.rank_of(example.intent), then.rank_of(example.intent),
    )  # fmt: skip


def _look(brain: Brain, text: str) -> Look:
    ranked = brain.model.rank(brain.model.see(text, brain.tokeniser, brain.encoder))
    order = [brain.model.intents[i] for i in ranked.order]
    return Look(order or [f"{MATTER}:-"], float(ranked.probabilities.max(initial=0.0)))


def _label(intent: str) -> str:
    """Return a matter's id; for anything else the kind in brackets."""
    kind, _, label = intent.partition(":")
    return label if kind == MATTER else f"({kind})"


def _without_memory(brain: Brain, vectors: Vectors) -> Brain:
    """Return the brain that knows no sentence by heart: else every question of the bank would be certain."""
    nothing = {name: getattr(brain.model, name)[:0] for name in ("exact_keys", "exact_intents", "exact_aspects")}
    return replace(brain, model=replace(brain.model, **nothing), encoder=vectors)


def replace_encoder(brain: Brain, vectors: Vectors) -> Brain:
    return replace(brain, encoder=vectors)


def _lesson(knowledge: Path) -> tuple[list[Example], str]:
    examples = gather_examples(Catalogue(knowledge).current, read_conversation(knowledge / "conversation"))
    return examples, mark_of(examples, read_fusion(knowledge))


def _scratch(folder: Path, task: Task) -> tuple[Path, Path]:
    """Return copies: the knowledge with the change in it, a data folder that knows all vectors so far."""
    knowledge, data = folder / "knowledge", folder / "data"
    for old in (knowledge, data):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(task.knowledge_dir, knowledge, ignore=shutil.ignore_patterns(".*"))
    (knowledge / task.file).write_bytes(task.after.encode("utf-8"))
    (data / "consult").mkdir(parents=True)
    for name in ("consult/vectors.npz", "jieba.marisa", "jieba.npy", "sounds.npy"):
        found = Path(task.data_dir) / name
        if found.exists():
            shutil.copy(found, data / name)
    return knowledge, data


if __name__ == "__main__":
    configure_logs("WARNING")
    os.nice(10)  # citizens are answered on the same machine
    run(Path(sys.argv[1]), lambda said: print(said, flush=True))
