"""Where the words alone decide, the encoder is not asked; danger always asks it."""

from dataclasses import replace

import numpy as np
import pytest

from backend.consult.examples import Example
from backend.consult.learn import learn
from backend.consult.model import Model
from backend.consult.tokens import Tokeniser

BANKS = {
    "matter:dog-licence": ["给小狗办狗证", "狗证在哪里办", "养狗要办狗证吗", "狗证多少钱", "狗证丢了"],
    "matter:passport-first": ["第一次办护照", "护照多少钱", "办护照带什么", "护照几天拿到", "护照在哪里办"],
    "emergency:crime-now": ["有人拿刀砍人快来", "有人抢劫快来", "小偷正在撬门快来", "有人打架流血了快来", "救命快来"],
    "ood:weather": ["明天下雨吗", "今天几度", "明天热不热", "台风来了吗", "会下雪吗"],
}
QUICK = {"weights": [1.0, 0.5], "sure": 0.5, "calm": 0.3, "aspect_weight": 1.0, "aspect_sure": 0.01}


class Asked(Exception):
    """The encoder was asked."""


class NoEncoder:
    def encode(self, text: str) -> np.ndarray:
        raise Asked(text)


@pytest.fixture(scope="module")
def tokeniser() -> Tokeniser:
    return Tokeniser()


@pytest.fixture(scope="module")
def model(tokeniser: Tokeniser) -> Model:
    examples = [
        Example(text, "zh", intent, "fee" if "多少钱" in text else "process" * intent.startswith("matter"))
        for intent, bank in BANKS.items()
        for text in bank
    ]
    noise = np.random.default_rng(1).normal(0, 0.1, (len(examples), 512))
    ones = np.eye(512)[[list(BANKS).index(e.intent) for e in examples]]
    learnt = learn(examples, (ones + noise).astype(np.float32), tokeniser)
    return replace(learnt, fusion=learnt.fusion | {"quick": QUICK})


def test_a_plain_question_does_not_ask_the_encoder(model: Model, tokeniser: Tokeniser) -> None:
    seen = model.see("我要给狗办狗证", tokeniser, NoEncoder())
    ranked = model.rank(seen)
    assert model.intents[ranked.order[0]] == "matter:dog-licence"
    assert ranked.by_words
    assert model.aspect_scores(seen).sum() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("text", ["有人砍人流血了快来", "会不会下雨"])
def test_danger_and_other_kinds_ask_the_encoder(model: Model, tokeniser: Tokeniser, text: str) -> None:
    with pytest.raises(Asked):
        model.rank(model.see(text, tokeniser, NoEncoder()))


def test_unsure_words_ask_the_encoder(model: Model, tokeniser: Tokeniser) -> None:
    wary = replace(model, fusion=model.fusion | {"quick": QUICK | {"sure": 1.1}})
    with pytest.raises(Asked):
        wary.rank(wary.see("我要给狗办狗证", tokeniser, NoEncoder()))


def test_without_fitted_numbers_the_encoder_is_always_asked(model: Model, tokeniser: Tokeniser) -> None:
    plain = replace(model, fusion={k: v for k, v in model.fusion.items() if k != "quick"})
    with pytest.raises(Asked):
        plain.rank(plain.see("我要给狗办狗证", tokeniser, NoEncoder()))


def test_sentences_of_the_rules_teach_their_words(tokeniser: Tokeniser) -> None:
    examples = [Example(t, "zh", i, "fee" if "多少钱" in t else "process") for i, bank in BANKS.items() for t in bank]
    vectors = np.zeros((len(examples), 512), dtype=np.float32)
    texts = [Example(f"犬只免疫证明{n}", "zh", "matter:dog-licence", firm=False) for n in ("原件", "复印件", "")]
    taught = learn(examples, vectors, tokeniser, texts=texts)
    scores = taught.see("免疫证明", tokeniser, NoEncoder()).by_words[taught.of_intents]
    assert taught.intents[int(scores.argmax())] == "matter:dog-licence"
