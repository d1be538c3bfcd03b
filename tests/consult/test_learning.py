"""Learning, keeping a model, and changing knowledge while answering, on three small matters."""

import threading
from pathlib import Path

import numpy as np
import pytest

from backend.config import Settings
from backend.consult import brain
from backend.consult.brain import CannotLearn
from backend.consult.keeping import load_model, save_model
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.matters.service import Catalogue
from tests.conftest import DAY
from tests.factories import write_matter


@pytest.fixture
def settings(tmp_path: Path, knowledge: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    return Settings(_env_file=None, data_dir=data, knowledge_dir=knowledge)


@pytest.fixture
def small(settings: Settings, catalogue: Catalogue) -> Consultant:
    return Consultant(settings, catalogue, MemoryStore(), day=lambda: DAY)


def wait_for_learning(consultant: Consultant) -> None:
    for thread in threading.enumerate():
        if thread.name == "learn":
            thread.join(60)


def test_a_small_catalogue_is_learnt_and_answers(small: Consultant) -> None:
    reply = small.answer("我家养了条小狗要登记要带什么材料", who="a")
    assert reply.candidates[0].matter == "dog-licence"
    assert reply.aspect == "materials"


def test_the_same_knowledge_is_learnt_once(small: Consultant, settings: Settings, catalogue: Catalogue) -> None:
    told: list[str] = []
    Consultant(settings, catalogue, MemoryStore(), told=told.append)
    assert told == []
    assert len(list((settings.data_dir / "consult").glob("model-*.npz"))) == 1


def test_a_model_survives_the_disk(small: Consultant, tmp_path: Path) -> None:
    model = small._brain.model
    save_model(model, tmp_path / "m.npz")
    again = load_model(tmp_path / "m.npz")
    seen = again.see("身份证过期多少钱", small._brain.tokeniser, small._brain.encoder)
    assert np.allclose(again.rank(seen).probabilities, model.rank(seen).probabilities)
    assert 0.9 < float(again.rank(seen).probabilities.sum()) <= 1.001  # what is left is for the unknown


def test_a_known_sentence_is_answered_as_known(small: Consultant) -> None:
    reply = small.answer("犬证几天能办好？", who="a")
    assert (reply.matter, reply.aspect) == ("dog-licence", "time_limit")
    assert reply.confidence > 0.9


def test_an_edited_text_answers_at_once(small: Consultant, catalogue: Catalogue, knowledge: Path) -> None:
    write_matter(knowledge, "dog-licence", summary="狗要拴绳。")
    catalogue.refresh()
    assert "狗要拴绳" in small.answer("犬证是什么", who="a").text
    wait_for_learning(small)


def test_new_questions_are_learnt_while_the_old_model_answers(
    small: Consultant, catalogue: Catalogue, knowledge: Path
) -> None:
    before = small._brain.fingerprint
    bank = knowledge / "matters/public-order/dog-licence.questions.tsv"
    bank.write_text(bank.read_text(encoding="utf-8") + "zh\t旺财要不要上牌牌\tconditions\n", encoding="utf-8")
    catalogue.refresh()
    assert small.answer("犬证是什么", who="a").matter == "dog-licence"
    wait_for_learning(small)
    assert small._brain.fingerprint != before
    reply = small.answer("旺财要不要上牌牌", who="b")
    assert (reply.matter, reply.aspect) == ("dog-licence", "conditions")


def test_broken_conversation_files_leave_the_old_model(
    small: Consultant, catalogue: Catalogue, knowledge: Path
) -> None:
    (knowledge / "conversation/chitchat.questions.tsv").write_text("broken", encoding="utf-8")
    write_matter(knowledge, "dog-licence", summary="新的。")
    catalogue.refresh()
    wait_for_learning(small)
    assert small.answer("犬证是什么", who="a").matter == "dog-licence"


def test_a_removed_matter_is_never_answered(small: Consultant, catalogue: Catalogue, knowledge: Path) -> None:
    (knowledge / "matters/public-order/dog-licence.yaml").unlink()
    catalogue.refresh()
    reply = small.answer("犬证是什么", who="a")
    assert reply.matter != "dog-licence"
    assert all(c.matter != "dog-licence" for c in reply.candidates)
    wait_for_learning(small)


def test_a_builder_that_fails_says_why(settings: Settings, catalogue: Catalogue, monkeypatch) -> None:
    monkeypatch.setattr(brain.sys, "executable", "/bin/false")
    with pytest.raises(CannotLearn):
        Consultant(settings, catalogue, MemoryStore())


def test_answers_while_files_change_come_from_one_version(
    small: Consultant, catalogue: Catalogue, knowledge: Path
) -> None:
    faults: list[BaseException] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                assert small.answer("犬证多少钱收费吗", who="a").text
            except BaseException as fault:
                faults.append(fault)
                return

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        write_matter(knowledge, "dog-licence", summary=f"第{number}版。")
        catalogue.refresh()
    stop.set()
    for thread in threads:
        thread.join()
    wait_for_learning(small)
    assert faults == []
