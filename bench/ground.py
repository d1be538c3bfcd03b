"""What every part of the consultation's benchmark stands on, loaded once."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from backend.config import Settings, load_settings
from backend.consult.asking import BadQuestionFile, read_questions
from backend.consult.brain import user_words
from backend.consult.build import vectors_of
from backend.consult.conversation import read_conversation
from backend.consult.examples import Example, gather_examples
from backend.consult.model import Array
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.consult.tokens import Tokeniser
from backend.matters.service import Catalogue, Snapshot


@dataclass(frozen=True)
class Ground:
    """The product's knowledge and its consultant; scratch: a folder that goes away afterwards."""

    settings: Settings
    snapshot: Snapshot
    examples: list[Example]
    consultant: Consultant
    tokeniser: Tokeniser
    scratch: Path

    def vectors(self, texts: list[str]) -> Array:
        """Return (len(texts), 512). What the product has encoded already is taken from a copy of its cache."""
        cache = self.scratch / "vectors.npz"
        kept = self.settings.data_dir / "consult" / "vectors.npz"
        if kept.exists():
            shutil.copy(kept, cache)
        return vectors_of(texts, cache)


def prepare(scratch: Path) -> Ground:
    """Load the knowledge and the model, building the model where there is none yet."""
    settings = load_settings()
    catalogue = Catalogue(settings.knowledge_dir)
    snapshot = catalogue.current
    examples = gather_examples(snapshot, read_conversation(settings.knowledge_dir / "conversation"))
    consultant = Consultant(settings, catalogue, MemoryStore(), told=print)
    return Ground(settings, snapshot, examples, consultant, Tokeniser(user_words(snapshot), settings.data_dir), scratch)


def find_rows(path: Path) -> list[dict[str, str]]:
    """Return the labelled questions of a file; none, with a message, where it cannot be used."""
    try:
        return read_questions(path)
    except BadQuestionFile as fault:
        print(f"No labelled questions: {fault}")
        return []
