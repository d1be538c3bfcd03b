"""The sentence encoder, shared by the threads of a process."""

import threading
from pathlib import Path
from typing import Any

import numpy as np


class Ticket:
    """A text waiting for its vector."""

    __slots__ = ("text", "vector")

    def __init__(self, text: str):
        self.text = text
        self.vector: np.ndarray | None = None


class SharedEncoder:
    """Encodes what several threads ask for at the same moment in one pass.

    One pass over eight sentences costs half of eight passes. Whoever gets the lock
    encodes for all who wait behind it; alone, a thread waits for nobody.
    """

    def __init__(self, encoder: Any):
        self._encoder = encoder
        self._waiting: list[Ticket] = []
        self._queue = threading.Lock()
        self._at_work = threading.Lock()

    def commonest(self, texts: list[str]) -> np.ndarray:
        return self._encoder.commonest(texts)

    def encode(self, texts: str | list[str]) -> np.ndarray:
        """Return (512,) for a text, (n, 512) for a list."""
        if not isinstance(texts, str):
            return self._encoder.encode(texts)
        ticket = Ticket(texts)
        with self._queue:
            self._waiting.append(ticket)
        with self._at_work:
            if ticket.vector is None:
                with self._queue:
                    batch, self._waiting = self._waiting, []
                for waiting, vector in zip(batch, self._encoder.encode([t.text for t in batch]), strict=True):
                    waiting.vector = vector
        return ticket.vector  # type: ignore[return-value]  # its leader has set it


PIECES = "pieces.npy"
_lock = threading.Lock()
_made: list[SharedEncoder] = []


def keep_commonest(texts: list[str], folder: Path) -> None:
    """Note which parts of words the banks have most often, for `encoder` to know from its start."""
    draft = folder / f".draft.{PIECES}"
    np.save(draft, encoder().commonest(texts))
    draft.replace(folder / PIECES)


def encoder(folder: Path | None = None) -> SharedEncoder:
    """Return the process's encoder. folder: where its table is kept; who asks first decides.

    More BLAS threads than one only make it slower.
    """
    with _lock:
        if not _made:
            from .swift import SwiftEncoder  # noqa: PLC0415 - half a second that commands without questions are spared

            made = SwiftEncoder(folder)
            made.encode(["热身"])
            if folder and (folder / PIECES).exists():
                made.expect(np.load(folder / PIECES, allow_pickle=False))
            _made.append(SharedEncoder(made))
        return _made[0]
