"""jieba with its dictionary in a trie: the same words out, a twentieth of the memory.

jieba keeps 500,000 words and beginnings of words as Python strings, 55 MB in each process and once more while a
changed catalogue is learnt. The trie is a file that all processes share.
"""

import os
from functools import cache
from pathlib import Path

import jieba
import marisa_trie  # type: ignore[import-not-found]
import numpy as np

LONGEST = 24  # characters of a word; jieba's own have 16 at most


class Frequencies:
    """What jieba asks its dictionary, as it asks a dict. Words of the catalogue stand in `own`, beside the trie."""

    def __init__(self, trie: marisa_trie.Trie, counts: np.ndarray):
        """counts: by the trie's number of the word."""
        self._trie, self._counts = trie, counts.data
        self._own: dict[str, int] = {}

    def get(self, word: str, default: int | None = None) -> int | None:
        found = self._own.get(word)
        if found is not None:
            return found
        number = self._trie.get(word)
        return default if number is None else self._counts[number]

    def add(self, word: str, count: int) -> None:
        """Know a word, and where it begins: each beginning stands there too, as 0 where it is no word."""
        for end in range(1, len(word)):
            self._own.setdefault(word[:end], self.get(word[:end]) or 0)
        self._own[word] = count

    def ends(self, sentence: str, start: int) -> list[int]:
        """Return the positions of the last characters of all words that begin at `start`, ascending."""
        rest = sentence[start : start + LONGEST]
        found = [start + len(word) - 1 for word in self._trie.prefixes(rest)]
        if rest[0] not in self._own:
            return found
        at = 1
        while at <= len(rest) and rest[:at] in self._own:
            if self._own[rest[:at]]:
                found.append(start + at - 1)
            at += 1
        return sorted(set(found))


class Splitter(jieba.Tokenizer):
    """jieba's tokenizer over `Frequencies`. folder: where the trie is kept, None: in memory."""

    def __init__(self, folder: Path | None):
        super().__init__()
        trie, counts, self.total = _dictionary(folder)
        self.FREQ = Frequencies(trie, counts)
        self.initialized = True

    def add_word(self, word: str, freq: int | None = None, tag: str | None = None) -> None:
        """Know a word, as often as makes it one word where it stands (jieba's own estimate)."""
        count = self.suggest_freq(word) if freq is None else freq
        self.FREQ.add(word, count)
        self.total += count

    def get_DAG(self, sentence: str) -> dict[int, list[int]]:
        return {start: self.FREQ.ends(sentence, start) or [start] for start in range(len(sentence))}


@cache
def _dictionary(folder: Path | None) -> tuple[marisa_trie.Trie, np.ndarray, int]:
    """Return (words, counts by their number, sum of all counts as jieba takes it)."""
    if folder is None:
        return _read_jieba()
    words, counts = (folder / name for name in ("jieba.marisa", "jieba.npy"))
    if not (words.exists() and counts.exists()):
        _keep(words, counts)
    numbers = np.load(counts, mmap_mode="r", allow_pickle=False)
    return marisa_trie.Trie().mmap(str(words)), numbers[:-1], int(numbers[-1])


def _keep(words: Path, counts: Path) -> None:
    """Write both files beside their names, then rename: other processes may be doing the same."""
    words.parent.mkdir(parents=True, exist_ok=True)
    trie, numbers, total = _read_jieba()
    drafts = [path.with_name(f".{os.getpid()}.{path.name}") for path in (words, counts)]
    trie.save(str(drafts[0]))
    np.save(drafts[1], np.append(numbers, np.uint32(total)))
    for draft, path in zip(drafts, (words, counts), strict=True):
        draft.replace(path)


def _read_jieba() -> tuple[marisa_trie.Trie, np.ndarray, int]:
    """Read jieba's own list: a line is “word count kind”."""
    with jieba.get_dict_file() as file:
        rows = [line.split() for line in file.read().decode("utf-8").splitlines()]
    known = {row[0]: int(row[1]) for row in rows if len(row) >= 2}
    trie = marisa_trie.Trie(list(known))
    counts = np.zeros(len(known), dtype=np.uint32)
    for word, count in known.items():
        counts[trie[word]] = count
    return trie, counts, sum(int(row[1]) for row in rows if len(row) >= 2)
