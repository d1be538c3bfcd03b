"""Trials: learn the changed knowledge aside, and tell which questions would go another way."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from backend.config import Settings
from backend.consult.brain import mark_of, model_path, read_fusion
from backend.consult.conversation import read_conversation
from backend.consult.examples import gather_examples
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.db import db
from backend.editing import trial
from backend.editing.models import Proposal, ProposalState
from backend.editing.proposing import get_proposal, propose_sample
from backend.editing.publishing import reject, trial_folder
from backend.editing.trials import LEASE, Run, Trials
from backend.identity.service import Officer, get_officer
from backend.matters.service import Catalogue
from tests.editing.conftest import NOW

BANK = "matters/public-order/dog-licence.questions.tsv"


@pytest.fixture
def proposal(first: Officer, settings: Settings, shelf: Catalogue) -> Proposal:
    made = propose_sample(
        first,
        settings.knowledge_dir,
        shelf.current,
        "dog-licence",
        lang="zh",
        question="旺财要上牌牌吗",
        aspect="conditions",
        now=NOW,
    )
    db.session.commit()
    return made


def trials(app: Flask, settings: Settings, run: Run) -> Trials:
    return Trials(settings.knowledge_dir, settings.data_dir, app.app_context, run=run, spawn=lambda work: work())


def state_of(proposal: Proposal) -> Proposal:
    db.session.rollback()
    db.session.expire_all()
    return proposal


def test_the_result_is_kept_with_the_proposal(app: Flask, settings: Settings, proposal: Proposal) -> None:
    seen: list[str] = []

    def run(folder: Path) -> Iterator[str]:
        task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
        assert task["after"].endswith("旺财要上牌牌吗\tconditions\n") and task["file"] == BANK
        yield "学习新题库"
        seen.append(state_of(proposal).progress)
        (folder / "result.json").write_text('{"same": true}', encoding="utf-8")

    assert trials(app, settings, run).try_due(NOW) == 1
    assert seen == ["学习新题库"]
    assert (state_of(proposal).state, proposal.result) == (ProposalState.READY, {"same": True})
    assert trials(app, settings, run).try_due(NOW) == 0


def test_one_trial_at_a_time_and_a_lost_one_is_taken_up_again(
    app: Flask, settings: Settings, proposal: Proposal
) -> None:
    lost = Trials(settings.knowledge_dir, settings.data_dir, app.app_context, spawn=lambda _: None)
    assert [lost.try_due(NOW), lost.try_due(NOW + timedelta(minutes=1)), lost.try_due(NOW + LEASE)] == [1, 0, 1]


def test_a_trial_that_fails_twice_leaves_the_judgement_to_the_editors(
    app: Flask, settings: Settings, proposal: Proposal
) -> None:
    def run(folder: Path) -> Iterator[str]:
        yield "准备"
        raise OSError

    assert trials(app, settings, run).try_due(NOW) == 1
    assert state_of(proposal).state == ProposalState.CHECKING
    assert trials(app, settings, run).try_due(NOW + timedelta(days=365)) == 1
    assert state_of(proposal).state == ProposalState.READY and "没能算出" in proposal.fault


def test_a_result_does_not_undo_a_rejection(
    app: Flask, settings: Settings, proposal: Proposal, second: Officer
) -> None:
    rejected, by = proposal.id, second.id

    def run(folder: Path) -> Iterator[str]:
        yield "准备"
        reject(get_officer(by), get_proposal(rejected), NOW, data_dir=settings.data_dir / "elsewhere")
        db.session.commit()
        (folder / "result.json").write_text("{}", encoding="utf-8")

    trials(app, settings, run).try_due(NOW)
    assert state_of(proposal).state == ProposalState.REJECTED and proposal.result is None


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small knowledge and a data folder with its model, learnt once for the tests below."""
    from tests.factories import write_knowledge

    root = tmp_path_factory.mktemp("learnt")
    knowledge, data = write_knowledge(root / "knowledge"), root / "data"
    data.mkdir()
    settings = Settings(_env_file=None, data_dir=data, knowledge_dir=knowledge)
    Consultant(settings, Catalogue(knowledge), MemoryStore())
    return knowledge, data


def lay_out(folder: Path, learnt: tuple[Path, Path], file: str, after: str, asked: list[str]) -> Path:
    folder.mkdir()
    task = {"knowledge_dir": str(learnt[0]), "data_dir": str(learnt[1]), "file": file, "after": after, "asked": asked}
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    return folder


def test_a_sample_is_learnt_aside_and_what_flips_is_told(learnt: tuple[Path, Path], tmp_path: Path) -> None:
    knowledge, data = learnt
    before = {p: p.read_bytes() for p in [*knowledge.rglob("*.*"), *data.rglob("*.npz")]}
    rows = "".join(f"zh\t旺财{n}号想出国要办啥\tmaterials\n" for n in range(40))
    folder = lay_out(
        tmp_path / "t",
        learnt,
        BANK,
        (knowledge / BANK).read_text(encoding="utf-8") + rows,
        ["旺财7号想出国要办啥", "犬证"],
    )
    told: list[str] = []
    result = trial.run(folder, told.append)
    assert told[:2] == ["准备", "学习新题库"] and not result["same"] and result["added"] == 40
    assert result["bank"]["questions"] == 3 * 55 + 40 and result["asked"]["questions"] == 2
    moved = [flip for flip in result["flips"] if flip["text"] == "旺财7号想出国要办啥"]
    assert moved and all(flip["after"] == "dog-licence" for flip in moved)
    assert {p: p.read_bytes() for p in before} == before, "a trial changes nothing that is in use"
    model = next(folder.glob("model-*.npz"))
    (knowledge / BANK).write_bytes((knowledge / BANK).read_bytes() + rows.encode())
    examples = gather_examples(Catalogue(knowledge).current, read_conversation(knowledge / "conversation"))
    assert model_path(data, mark_of(examples, read_fusion(knowledge))).name == model.name, (
        "published, it is the model looked for"
    )
    (knowledge / BANK).write_bytes(before[knowledge / BANK])
    assert json.loads((folder / "result.json").read_text(encoding="utf-8")) == result


def test_a_text_flips_nothing_and_needs_no_learning(learnt: tuple[Path, Path], tmp_path: Path) -> None:
    file = "matters/public-order/dog-licence.yaml"
    after = (learnt[0] / file).read_text(encoding="utf-8").replace("的简介", "的新简介")
    result = trial.run(lay_out(tmp_path / "t", learnt, file, after, ["犬证"]), lambda _: None)
    assert result == {"same": True, "bank": None, "asked": None, "flips": []}


def test_the_process_tells_its_progress_and_its_failure(tmp_path: Path, learnt: tuple[Path, Path]) -> None:
    from backend.editing.trials import run_process

    file = "matters/public-order/dog-licence.yaml"
    after = (learnt[0] / file).read_text(encoding="utf-8")
    assert list(run_process(lay_out(tmp_path / "t", learnt, file, after, []))) == ["准备"]
    with pytest.raises(OSError, match="ended with"):
        list(run_process(tmp_path / "nothing"))
    assert trial_folder(tmp_path, 3) == tmp_path / "editing" / "proposal-3"


@pytest.mark.parametrize(
    ("before", "after", "chances", "counts"),
    [
        ("matter:a", "matter:b", (0.4, 0.5), False),
        ("matter:a", "matter:b", (0.9, 0.5), True),
        ("matter:a", "matter:b", (0.4, 0.7), True),
        ("matter:changed", "matter:b", (0.2, 0.3), True),
        ("matter:a", "matter:changed", (0.2, 0.3), True),
    ],
)
def test_what_was_never_sure_and_is_far_from_the_change_is_no_flip(
    before: str, after: str, chances: tuple[float, float], counts: bool
) -> None:
    looks = [trial.Look([intent], chance) for intent, chance in zip((before, after), chances, strict=True)]
    assert trial.is_notable(looks[0], looks[1], {"matter:changed"}) is counts
