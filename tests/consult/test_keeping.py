"""A model's file: mapped rather than read, and readable as any .npz."""

from pathlib import Path

import numpy as np
import pytest

from backend.consult.examples import Example
from backend.consult.keeping import load_model, save_model
from backend.consult.learn import learn
from backend.consult.model import Model
from backend.consult.tokens import Tokeniser


@pytest.fixture(scope="module")
def model() -> Model:
    texts = {
        "matter:a": ["狗证怎么办", "办狗证要钱吗", "狗证丢了"],
        "emergency:b": ["救命快来", "有人打架快来", "着火了快来"],
    }
    examples = [
        Example(t, "zh", intent, "fee" if "钱" in t else "process" * intent.startswith("matter"))
        for intent, bank in texts.items()
        for t in bank
    ]
    return learn(examples, np.eye(6, 512, dtype=np.float32), Tokeniser())


@pytest.fixture
def path(model: Model, tmp_path: Path) -> Path:
    save_model(model, tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_arrays_come_back_aligned_and_unread(model: Model, path: Path) -> None:
    again = load_model(path)
    for ours, kept in ((model.dense.weights, again.dense.weights), (model.exact_keys, again.exact_keys)):
        assert np.array_equal(ours, kept) and ours.dtype == kept.dtype
        assert kept.ctypes.data % 64 == 0
        assert not kept.flags.owndata and not kept.flags.writeable


def test_the_weights_of_words_are_read_row_by_row(model: Model, path: Path) -> None:
    rows = load_model(path).lexical.weights
    assert np.array_equal(rows[[5, 0, 5]], model.lexical.weights[[5, 0, 5]])
    assert rows[[]].shape == (0, model.lexical.weights.shape[1])
    assert np.array_equal(np.asarray(rows), model.lexical.weights)


def test_every_token_finds_its_row(model: Model, path: Path) -> None:
    again = load_model(path).vocabulary
    assert dict(again.items()) == model.vocabulary
    assert again.get("没有这个词") is None


def test_what_was_loaded_can_be_kept_again(path: Path, tmp_path: Path) -> None:
    save_model(load_model(path), tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()


def test_numpy_reads_it_too(model: Model, path: Path) -> None:
    with np.load(path) as z:
        assert np.array_equal(z["idf"], model.idf)


def test_a_model_answers_after_its_file_is_gone(model: Model, path: Path) -> None:
    again = load_model(path)
    path.unlink()
    assert np.array_equal(np.asarray(again.lexical.weights), model.lexical.weights)
    assert np.array_equal(again.dense.weights, model.dense.weights)


def test_half_a_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises((OSError, ValueError, KeyError)):
        load_model(path)
