"""Where the words alone decide, the encoder is not asked; danger always asks it."""

from dataclasses import replace

import numpy as np
import pytest

from backend.consult.examples import Example
from backend.consult.learn import learn
from backend.consult.model import Model, grounds, may_be_quick
from backend.consult.tokens import Tokeniser
from backend.consult.words_alone import Asked as HeldOut
from backend.consult.words_alone import AspectAsked, fit_aspect_sure, fit_gate

BANKS = {
    "matter:dog-licence": ["给小狗办狗证", "狗证在哪里办", "养狗要办狗证吗", "狗证多少钱", "狗证丢了"],
    "matter:passport-first": ["第一次办护照", "护照多少钱", "办护照带什么", "护照几天拿到", "护照在哪里办"],
    "emergency:crime-now": ["有人拿刀砍人快来", "有人抢劫快来", "小偷正在撬门快来", "有人打架流血了快来", "救命快来"],
    "ood:weather": ["明天下雨吗", "今天几度", "明天热不热", "台风来了吗", "会下雪吗"],
}
QUICK = {
    "weights": [1.0, 0.5], "gate": [0.0, 1.0, 1.0, 0.0], "sure": 0.5, "calm": 0.3, "aspect_weight": 1.0, "aspect_sure": 0.01,
}  # fmt: skip


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


@pytest.mark.parametrize("text", ["有人砍人流血了快来", "救命", "a dog licence", "개 면허"])
def test_danger_and_other_scripts_ask_the_encoder(model: Model, tokeniser: Tokeniser, text: str) -> None:
    with pytest.raises(Asked):
        model.rank(model.see(text, tokeniser, NoEncoder()))


def test_other_kinds_may_be_plain_too(model: Model, tokeniser: Tokeniser) -> None:
    ranked = model.rank(model.see("明天会下雨吗", tokeniser, NoEncoder()))
    assert model.intents[ranked.order[0]] == "ood:weather"


@pytest.mark.parametrize(("intent", "may"), [("emergency:fire", False), ("followup:fee", False), ("ood:tax", True)])
def test_words_alone_never_decide_for_danger_nor_for_what_was_said_before(intent: str, may: bool) -> None:
    assert may_be_quick(intent) is may


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


# -- fitting ---------------------------------------------------------------------


def held_out(alarm: float = 0.0, kind: str = "matter") -> HeldOut:
    """Questions of two intents: words that say 0.9 are right, of those that say 0.6 half are wrong."""
    count = 2000
    sure = np.arange(count) % 2 == 0
    first = np.where(sure, 0.97, 0.6)[:, None]
    shares = np.hstack([first, 1 - first])
    wrong = ~sure & (np.arange(count) % 4 == 1)
    right = np.column_stack([~wrong, wrong])
    everything = np.where(right, 0.9, 0.1)
    told = np.full(count, alarm)
    return HeldOut(shares, everything, right, np.full(count, 9), told, [kind] * count, np.ones(count, dtype=bool))


def test_words_decide_where_the_encoder_would_not_do_better() -> None:
    numbers, decided = fit_gate(held_out())
    assert decided[::2].all() and not decided[1::2].any()
    assert numbers["calm"] == 0.05


def test_an_emergency_that_would_be_overheard_lowers_the_calm() -> None:
    numbers, decided = fit_gate(held_out(alarm=0.04, kind="emergency"))
    assert numbers["calm"] == pytest.approx(0.02)
    assert not decided.any()


def test_a_handful_of_questions_teaches_no_gate() -> None:
    few = held_out()
    few = HeldOut(*(part[:4:2] for part in (few.by_words, few.by_all, few.right, few.words, few.alarm)), ["matter"] * 2,
                  few.open_to[:4:2])  # fmt: skip
    numbers, decided = fit_gate(few)
    assert numbers["sure"] > 1 and not decided.any()


def test_an_aspect_is_taken_down_to_where_one_would_be_lost() -> None:
    by_words = np.array([[0.9, 0.1]] * 50 + [[0.7, 0.3]] * 50)
    by_all = np.array([[0.9, 0.1]] * 50 + [[0.2, 0.8]] * 50)
    right = np.array([0] * 50 + [1] * 50)
    assert fit_aspect_sure(AspectAsked(by_words, by_all, right, np.ones(100, dtype=bool))) == pytest.approx(0.701)


def test_grounds_are_the_odds_the_lead_and_the_words() -> None:
    assert grounds(np.array([0.1, 0.8, 0.1]), 7) == pytest.approx([np.log(4), np.log(8), np.log(8)], abs=1e-5)
