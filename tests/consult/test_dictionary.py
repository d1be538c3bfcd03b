"""jieba over our trie splits as jieba does, with a fraction of its memory."""

from pathlib import Path

import jieba
import pytest

from backend.consult.dictionary import LONGEST, Splitter

OWN = ["港澳居民居住证", "一件事", "户口迁移", "身份证"]
SENTENCES = [
    "我想把户口迁移到杭州市来要带什么材料", "港澳居民居住证丢了怎么补办", "新生儿出生一件事能不能在网上办", "的的的地得",
    "身份证到期了但是人在外地回不去", "酒驾被暂扣了驾照什么时候能拿回来", "犇羴鱻龘", "好", "中华人民共和国出境入境管理法",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("words")


@pytest.fixture(scope="module")
def theirs(folder: Path) -> jieba.Tokenizer:
    made = jieba.Tokenizer()
    made.tmp_dir = str(folder)
    for word in OWN:
        made.add_word(word)
    return made


@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_splits_as_jieba_does(sentence: str, folder: Path, theirs: jieba.Tokenizer) -> None:
    ours = Splitter(folder)
    for word in OWN:
        ours.add_word(word)
    assert ours.lcut(sentence) == theirs.lcut(sentence)


def test_no_word_is_longer_than_it_looks(theirs: jieba.Tokenizer) -> None:
    assert max(map(len, theirs.FREQ)) <= LONGEST


def test_own_words_are_not_shared(folder: Path) -> None:
    knowing, plain = Splitter(folder), Splitter(folder)
    knowing.add_word("旺财上牌")
    assert knowing.lcut("旺财上牌") == ["旺财上牌"]
    assert len(plain.lcut("旺财上牌")) > 1


def test_the_dictionary_is_kept_and_read_again(folder: Path) -> None:
    Splitter(folder)
    kept = {path.name: path.stat().st_mtime_ns for path in folder.glob("jieba.[mn]*")}
    assert set(kept) == {"jieba.marisa", "jieba.npy"}
    Splitter(folder)
    assert kept == {name: (folder / name).stat().st_mtime_ns for name in kept}
