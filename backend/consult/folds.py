"""Questions as a model meets them that has never seen them: folds of the banks, each left out in turn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from .examples import Example
from .learn import CALM, learn
from .model import Array, Model, Seen
from .tokens import Tokeniser

Told = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """What is learnt from a folder: all its examples, the sample that is trained, its vectors."""

    everything: list[Example]
    examples: list[Example]
    vectors: Array
    tokeniser: Tokeniser
    texts: Sequence[Example] = ()


@dataclass(frozen=True)
class HeldOut:
    """A question, and the model that was learnt without it."""

    example: Example
    seen: Seen
    model: Model


class Known:
    """An encoder that looks a vector up instead of making it again."""

    def __init__(self, texts: list[str], vectors: Array):
        self._vectors = dict(zip(texts, vectors, strict=True))

    def encode(self, text: str) -> Array:
        return self._vectors[text]


def held_out(lesson: Lesson, fusion: dict, folds: int, told: Told) -> Iterator[HeldOut]:
    """Yield every question of the banks once. Names and aliases are always learnt, never asked.

    A sentence's fold depends on the sentence alone, so that an edit elsewhere does not deal all cards anew.
    """
    known = Known([e.text for e in lesson.examples], lesson.vectors)
    fold_of = np.array([crc32(e.text.encode("utf-8", "surrogatepass")) % folds for e in lesson.examples])
    for fold in range(folds):
        told(f"fold {fold + 1} of {folds}")
        kept = [i for i, e in enumerate(lesson.examples) if fold_of[i] != fold or not e.firm]
        examples = [lesson.examples[i] for i in kept]
        model = learn(examples, lesson.vectors[kept], lesson.tokeniser, fusion, texts=lesson.texts)
        for i in np.flatnonzero(fold_of == fold):
            example = lesson.examples[i]
            if example.firm and not example.intent.startswith(CALM):
                yield HeldOut(example, model.see(example.text, lesson.tokeniser, known), model)
