"""Get a model for a state of the knowledge: load the one made before, or have it made.

Making one needs scikit-learn and tens of seconds, so a process of its own does it
(`python -m backend.consult.build`); web processes only load arrays. A lock makes
processes that start together build once.
"""

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import structlog

from ..matters.service import Snapshot
from .conversation import Conversation
from .encoding import encoder
from .examples import Example, fingerprint, gather_examples, names_of
from .keeping import load_model
from .model import Model, Ranked, Seen
from .tokens import Tokeniser

log = structlog.get_logger()
VERSION = 6  # raise when learn.py or tokens.py change what a model holds
KEEP_MODELS = 3
REMEMBERED = 4096  # questions, about 15 MB


class CannotLearn(RuntimeError):
    """The builder failed; its last lines are the message."""


@dataclass(frozen=True)
class Brain:
    """What answers need: the arrays and the two things that read a sentence."""

    model: Model
    tokeniser: Tokeniser
    encoder: Any
    fingerprint: str

    @cached_property
    def understand(self) -> Callable[[str], tuple[Seen, Ranked]]:
        """Return a function from a normalised text to what it may mean; the last texts are remembered.

        Citizens ask the same things in the same words; nothing of who asked is kept.
        """

        @lru_cache(REMEMBERED)
        def understood(text: str) -> tuple[Seen, Ranked]:
            seen = self.model.see(text, self.tokeniser, self.encoder)
            return seen, self.model.rank(seen)

        return understood


def user_words(snapshot: Snapshot) -> list[str]:
    """Return the catalogue's own words for jieba: short names and aliases."""
    names = (n for m in snapshot.matters.values() for lang, n in names_of(m) if lang == "zh")
    return sorted({n for n in names if 2 <= len(n) <= 8})


def read_fusion(folder: Path) -> dict[str, Any]:
    """Return the fusion numbers of `flask consult calibrate`."""
    return json.loads((folder / "conversation" / "fusion.json").read_text(encoding="utf-8"))


def model_path(data_dir: Path, mark: str) -> Path:
    return data_dir / "consult" / f"model-{mark}.npz"


def mark_of(examples: list[Example], fusion: dict[str, Any]) -> str:
    numbers = {k: v for k, v in fusion.items() if k != "folds"}
    return fingerprint(examples, f"{VERSION} {json.dumps(numbers, sort_keys=True)}")


def wake(
    snapshot: Snapshot, conversation: Conversation, knowledge_dir: Path, data_dir: Path,
    told: Callable[[str], None] = lambda _: None,
) -> Brain:  # fmt: skip
    """Return the brain for this knowledge, building its model if there is none yet.

    Raises CannotLearn where the builder fails.
    """
    mark = mark_of(gather_examples(snapshot, conversation), read_fusion(knowledge_dir))
    path = model_path(data_dir, mark)
    if not path.exists():
        path = _build(knowledge_dir, data_dir, path, told)
    model = load_model(path)
    return Brain(model, Tokeniser(model.words, data_dir), encoder(path.parent), path.stem.removeprefix("model-"))


def _build(knowledge_dir: Path, data_dir: Path, path: Path, told: Callable[[str], None]) -> Path:
    """Return the file the builder made: another one than `path` if the knowledge changed meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():  # another process made it while we waited
            return path
        told("Learning the questions (a minute or two, only when they changed) …")
        command = [sys.executable, "-m", "backend.consult.build", str(knowledge_dir), str(data_dir)]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
        if done.returncode:
            raise CannotLearn(done.stderr[-2000:])
        made = Path(done.stdout.strip().splitlines()[-1])
        _drop_old(made)
        return made


def _drop_old(newest: Path) -> None:
    models = sorted(newest.parent.glob("model-*.npz"), key=lambda p: p.stat().st_mtime)
    for old in models[:-KEEP_MODELS]:
        old.unlink(missing_ok=True)
