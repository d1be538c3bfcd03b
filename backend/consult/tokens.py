"""What the lexical models see of a sentence: words, character pairs, sounds.

Three views because each forgives something: words carry meaning, character pairs
survive a wrong split, sounds survive a homophone (身份正 for 身份证).
"""

import logging
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import jieba
import numpy as np

from .dictionary import Splitter

HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
LATIN_WORD = re.compile(r"[a-zà-öø-ÿœ\u0400-\u04ff\u0600-\u06ff]+|\d+")
OTHER_RUN = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]+")
FIRST_HAN, LAST_HAN = 0x4E00, 0x9FFF


@cache
def sounds() -> np.ndarray:
    """Return for every Han character the number of its commonest toneless syllable.

    Shape (20992,), uint16; 0 where the sound is unknown. Made once: the dictionary it
    comes from takes 45 MB and is dropped again.
    """
    from pypinyin import Style, pinyin  # noqa: PLC0415 - see above

    numbers: dict[str, int] = {}
    table = np.zeros(LAST_HAN - FIRST_HAN + 1, dtype=np.uint16)
    for code in range(FIRST_HAN, LAST_HAN + 1):
        syllable = pinyin(chr(code), style=Style.NORMAL, errors="ignore")
        if syllable:
            table[code - FIRST_HAN] = numbers.setdefault(_merged(syllable[0][0]), len(numbers) + 1)
    return table


def _kept_sounds(folder: Path) -> np.ndarray:
    path = folder / "sounds.npy"
    if not path.exists():
        draft = folder / f".sounds.{os.getpid()}.npy"
        np.save(draft, sounds())
        draft.replace(path)
    return np.load(path, allow_pickle=False)


def _merged(syllable: str) -> str:
    """Merge what southern speakers and thumbs confuse: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    for a, b in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(a):
            syllable = b + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


class Tokeniser:
    """Splits normalised text; jieba knows the catalogue's own words.

    The catalogue's words are its own, so two catalogues in one process do not mix.
    """

    def __init__(self, words: Iterable[str] = (), cache_dir: Path | None = None):
        """cache_dir: where the dictionary and the sounds are kept, ready to be used.

        Never the shared /tmp, jieba's own choice: it unmarshals what it finds there.
        """
        jieba.setLogLevel(logging.WARNING)
        self._jieba = Splitter(cache_dir)
        self.own_words = list(words)
        for word in self.own_words:
            self._jieba.add_word(word)
        self._sounds = _kept_sounds(cache_dir) if cache_dir else sounds()

    def words(self, text: str) -> list[str]:
        """Return the words of `text`, Han words by jieba, others lower-cased."""
        found: list[str] = LATIN_WORD.findall(text)
        for run in HAN_RUN.findall(text):
            found += self._jieba.lcut(run)
        return found

    def tokens(self, text: str) -> list[str]:
        """Return all tokens of all views; the same token may stand several times."""
        return list(self._tokens(text))

    def _tokens(self, text: str) -> Iterator[str]:
        for run in HAN_RUN.findall(text):
            for word in self._jieba.lcut(run):
                yield word
            for i in range(len(run) - 1):
                yield "2" + run[i : i + 2]
            yield from self._sound_pairs(run)
        for word in LATIN_WORD.findall(text):
            yield word
            if len(word) > 4:
                yield from ("4" + word[i : i + 4] for i in range(len(word) - 3))
        for run in OTHER_RUN.findall(text):
            yield from ("2" + run[i : i + 2] for i in range(len(run) - 1))

    def _sound_pairs(self, run: str) -> Iterator[str]:
        codes = [int(self._sounds[ord(c) - FIRST_HAN]) for c in run]
        for a, b in pairwise(codes):
            if a and b:
                yield f"~{a}.{b}"
