"""Every bank asked of a model that has not seen the question."""

from pathlib import Path

import numpy as np
import pytest

from backend.consult import build
from backend.consult.calibrate import calibrate
from backend.consult.examples import Example
from backend.consult.folds import Lesson, held_out
from backend.consult.learn import FUSION
from backend.consult.proofs import ENOUGH, Proof, Stray, bank_faults, keep_proofs, read_proofs, report_proofs
from backend.consult.prove import prove
from backend.consult.tokens import Tokeniser

ASKED = ("在哪里办", "要多少钱", "几天能好", "要带什么", "网上能办吗", "谁可以办", "丢了怎么办", "过期了怎么办")
TOPICS = {"matter:dog-licence": "狗证", "matter:passport-first": "护照", "ood:weather": "天气预报",
          "emergency:crime-now": "有人砍人快来救命"}  # fmt: skip
ASPECTS = ("location", "fee", "time_limit", "materials", "online", "conditions", "process", "process")


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    """Two matters, one of whose questions stands in the wrong bank; an other department; a danger."""
    examples = [
        Example(f"{topic}{asked}", "zh", intent, aspect if intent.startswith("matter") else "")
        for intent, topic in TOPICS.items()
        for asked, aspect in zip(ASKED, ASPECTS, strict=True)
    ]
    examples.append(Example("护照第一次办要带护照照片吗", "zh", "matter:dog-licence", "materials"))
    examples.append(Example("狗证", "zh", "matter:dog-licence", "overview", firm=False))
    rows = [next(n for n, topic in enumerate(TOPICS.values()) if topic in e.text) for e in examples]
    noise = np.random.default_rng(1).normal(0, 0.05, (len(examples), 512))
    vectors = (np.eye(512)[rows] + noise).astype(np.float32)
    return Lesson(examples, examples, vectors, Tokeniser())


def test_every_question_is_asked_once_and_names_never(lesson: Lesson) -> None:
    asked = [held.example.text for held in held_out(lesson, FUSION, 3, lambda _: None)]
    assert sorted(asked) == sorted(e.text for e in lesson.examples if e.firm)


def test_a_question_in_the_wrong_bank_is_told_with_where_it_goes(lesson: Lesson) -> None:
    proofs = {p.matter: p for p in prove(lesson, FUSION, 12, lambda _: None)}
    assert set(proofs) == {"dog-licence", "passport-first"}
    assert proofs["dog-licence"].asked == len(ASKED) + 1
    assert Stray("护照第一次办要带护照照片吗", "passport-first") in proofs["dog-licence"].strays
    assert proofs["passport-first"].share >= ENOUGH


def test_calibration_gives_every_number_the_model_reads(lesson: Lesson) -> None:
    fusion = calibrate(lesson, lambda _: None)
    assert len(fusion["weights"]) == 3
    assert len(fusion["aspect"]) == 2
    assert set(fusion["quick"]) == {"weights", "gate", "sure", "calm", "aspect_weight", "aspect_sure"}
    assert 0 <= fusion["quick"]["calm"] <= 0.05


def test_the_report_begins_with_the_worst_and_counts_faults() -> None:
    good = Proof("dog-licence", asked=10, found=9, offered=10)
    bad = Proof("passport-first", asked=10, found=7, offered=9, strays=[Stray("哪里办", "dog-licence")])
    text = report_proofs([good, bad], show_strays=True).splitlines()
    assert text[0].startswith("FAULT 0.700 (offered 0.900) of  10 passport-first → 1 x dog-licence")
    assert "哪里办 → dog-licence" in text[1]
    assert text[-1].endswith(f"1 matters below {ENOUGH}")


def test_what_was_proven_is_read_again(tmp_path: Path) -> None:
    proofs = [Proof("dog-licence", 10, 7, 9, [Stray("哪里办", "passport-first")]), Proof("passport-first", 3, 3, 3)]
    path = tmp_path / "proof.json"
    keep_proofs(proofs, "these-banks", path)
    assert read_proofs(path, "these-banks") == proofs
    assert read_proofs(path, "other-banks") is None
    path.write_text('{"mark": "these-banks", "proofs": [{"strays": 1}]}', encoding="utf-8")
    assert read_proofs(path, "these-banks") is None
    assert read_proofs(tmp_path / "none.json", "these-banks") is None


def test_a_bank_that_does_not_find_itself_is_a_fault(knowledge: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = next((knowledge / "matters").glob("*/*.questions.tsv"))
    matter = bank.name.removesuffix(".questions.tsv")
    low = Proof(matter, asked=10, found=7, strays=[Stray("哪里办", "passport-first")])
    monkeypatch.setattr(build, "reprove", lambda *_: [low, Proof("another", asked=10, found=8)])
    (fault,) = bank_faults(knowledge, knowledge, lambda _: None)
    assert fault.path == bank
    assert "only 0.700 of its 10 questions" in fault.message and "哪里办 → passport-first" in fault.message


def test_a_proof_is_not_made_twice(knowledge: Path, tmp_path: Path) -> None:
    told: list[str] = []
    first = build.reprove(knowledge, tmp_path, 2, told.append)
    rounds = len(told)
    assert rounds and build.reprove(knowledge, tmp_path, 2, told.append) == first
    assert len(told) == rounds
    build.keep_proof(knowledge, tmp_path)
    assert build.reprove(knowledge, tmp_path / "elsewhere", 2, told.append) == first  # it travels with the banks
    assert len(told) == rounds
    bank = next((knowledge / "matters").glob("*/*.questions.tsv"))
    bank.write_text(f"{bank.read_text(encoding='utf-8').rstrip()}\nzh\t一个新的问题怎么办\tprocess\n", encoding="utf-8")
    build.reprove(knowledge, tmp_path, 2, told.append)
    assert len(told) == 2 * rounds
