"""Two editors: one proposes, another approves; only then a file changes, and every change can be undone."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.config import Settings
from backend.db import db
from backend.editing import publishing
from backend.editing.disk import NoSuchFile, digest, read_knowledge, write_whole
from backend.editing.errors import (
    BadSample,
    FileChanged,
    NoLongerGood,
    NoSuchProposal,
    NoSuchVersion,
    NothingToChange,
    NotReady,
    SameEditor,
)
from backend.editing.models import Proposal, ProposalState, Version
from backend.editing.permissions import can_approve, can_reject
from backend.editing.proposing import (
    get_proposal,
    list_proposals,
    others_on,
    propose_roll_back,
    propose_sample,
    propose_section,
    try_section,
)
from backend.editing.publishing import approve, get_version, list_versions, reject, trial_folder
from backend.errors import Forbidden
from backend.identity.audit_search import Wanted, search_trail
from backend.identity.service import Officer, OfficerRole
from backend.matters.service import Catalogue
from tests.editing.conftest import NOW, make_officer, settle

BANK = "matters/public-order/dog-licence.questions.tsv"
FILE = "matters/public-order/dog-licence.yaml"


class Desk:
    """What both editors do, in few words."""

    def __init__(self, settings: Settings, shelf: Catalogue):
        self.root, self.data, self.shelf = settings.knowledge_dir, settings.data_dir, shelf

    def sample(
        self, officer: Officer, question: str = "旺财要上牌牌吗", matter: str = "dog-licence", **changes: str
    ) -> Proposal:
        values = {"lang": "zh", "aspect": "conditions"} | changes
        made = propose_sample(officer, self.root, self.shelf.current, matter, question=question, now=NOW, **values)  # type: ignore[arg-type]
        db.session.commit()
        return made

    def section(self, officer: Officer, text: str, name: str = "summary") -> Proposal:
        matter = self.shelf.current.get_matter("dog-licence")
        base = digest(read_knowledge(self.root, FILE))
        change = try_section(self.root, matter, name, text, base, NOW)
        made = propose_section(officer, self.root, matter, name, change, why="改错字", now=NOW)
        db.session.commit()
        return made

    def approve(self, officer: Officer, proposal: Proposal) -> Version:
        version = approve(officer, proposal, root=self.root, data_dir=self.data, snapshot=self.shelf.current, now=NOW)
        db.session.commit()
        self.shelf.refresh()
        return version

    def text(self, file: str = BANK) -> str:
        return (self.root / file).read_text(encoding="utf-8")


@pytest.fixture
def desk(app: Flask, settings: Settings, shelf: Catalogue) -> Desk:
    return Desk(settings, shelf)


def test_a_sample_is_one_row_at_the_end_and_known_at_once(desk: Desk, first: Officer, second: Officer) -> None:
    before = desk.text()
    proposal = desk.sample(first)
    assert desk.text() == before
    desk.approve(second, settle(proposal))
    assert desk.text() == before + "zh\t旺财要上牌牌吗\tconditions\n"
    assert desk.shelf.current.banks["dog-licence"][-1].question == "旺财要上牌牌吗"
    assert desk.shelf.faults == []
    version = list_versions()[0]
    assert (version.before, version.after, version.proposed_by, version.approved_by) == (
        before,
        desk.text(),
        first.id,
        second.id,
    )
    assert list_versions("passport-first") == []


def test_nobody_approves_what_they_proposed(desk: Desk, first: Officer) -> None:
    proposal = settle(desk.sample(first))
    assert not can_approve(first, proposal)
    with pytest.raises(SameEditor):
        desk.approve(first, proposal)


@pytest.mark.parametrize("role", [r for r in OfficerRole if r is not OfficerRole.EDITOR])
def test_only_editors_propose_approve_and_reject(desk: Desk, first: Officer, role: OfficerRole) -> None:
    proposal, other = settle(desk.sample(first)), make_officer("other-1", role)
    for act in (
        lambda: desk.approve(other, proposal), lambda: desk.sample(other, "另一句"), lambda: reject(other, proposal, NOW, data_dir=desk.data),
        lambda: desk.section(other, "summary: 新的"),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            act()


def test_before_the_trial_has_shown_what_flips_nobody_approves(desk: Desk, first: Officer, second: Officer) -> None:
    with pytest.raises(NotReady):
        desk.approve(second, desk.sample(first))


def test_two_who_approve_at_once_publish_once(desk: Desk, first: Officer, second: Officer) -> None:
    proposal = settle(desk.sample(first))
    assert proposal.state == ProposalState.READY  # as this editor's page has it
    stale = db.session.execute(
        update(Proposal).values(state=ProposalState.PUBLISHED).execution_options(synchronize_session=False)
    )
    assert stale.rowcount == 1
    with pytest.raises(NotReady):
        approve(second, proposal, root=desk.root, data_dir=desk.data, snapshot=desk.shelf.current, now=NOW)
    db.session.rollback()
    assert "旺财" not in desk.text()


def test_what_is_decided_is_decided(desk: Desk, first: Officer, second: Officer) -> None:
    proposal = settle(desk.sample(first))
    reject(first, proposal, NOW, data_dir=desk.data)
    db.session.commit()
    assert not can_reject(second, proposal)
    for act in (lambda: desk.approve(second, proposal), lambda: reject(second, proposal, NOW, data_dir=desk.data)):
        with pytest.raises(NotReady):
            act()
    assert list_proposals([ProposalState.REJECTED]) == [proposal]


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        ("犬证 是什么？", {}), ("护照首次申领多少钱收费吗", {}), ("", {}), ("？？", {}), ("好" * 401, {}), ("可以吗", {"lang": "xx"}), ("可以吗", {"aspect": "price"}),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_a_bank_is_not_proposed(
    desk: Desk, first: Officer, question: str, changes: dict[str, str]
) -> None:
    with pytest.raises(BadSample):
        desk.sample(first, question, **changes)


def test_a_question_cannot_break_out_of_its_row(desk: Desk, first: Officer, second: Officer) -> None:
    desk.approve(second, settle(desk.sample(first, "旺财\tfee\nzh\t来福\x00 要吗")))
    assert desk.text().endswith("zh\t旺财 fee zh 来福 要吗\tconditions\n") and desk.shelf.faults == []


def test_rows_for_the_same_bank_do_not_stand_in_each_others_way(desk: Desk, first: Officer, second: Officer) -> None:
    one, two = desk.sample(first, "旺财一"), desk.sample(second, "旺财二")
    assert others_on(one) == [two]
    desk.approve(second, settle(one))
    desk.approve(first, settle(two))
    assert desk.text().endswith("zh\t旺财一\tconditions\nzh\t旺财二\tconditions\n")


def test_the_same_row_proposed_twice_is_published_once(desk: Desk, first: Officer, second: Officer) -> None:
    one, two = desk.sample(first), desk.sample(second, aspect="fee")
    desk.approve(second, settle(one))
    with pytest.raises(NoLongerGood):
        desk.approve(first, settle(two))
    db.session.rollback()
    assert desk.text().count("旺财") == 1 and get_proposal(two.id).state == ProposalState.READY


def test_an_edited_section_is_answered_after_the_reload(desk: Desk, first: Officer, second: Officer) -> None:
    desk.approve(second, settle(desk.section(first, "summary: 狗要拴绳。")))
    assert desk.shelf.current.get_matter("dog-licence").summary.zh == "狗要拴绳。"


def test_the_second_editor_of_a_file_is_told(desk: Desk, first: Officer, second: Officer) -> None:
    matter, base = desk.shelf.current.get_matter("dog-licence"), digest(desk.text(FILE))
    waiting = desk.section(second, "authority: 某某公安局", "authority")
    desk.approve(second, settle(desk.section(first, "summary: 狗要拴绳。")))
    with pytest.raises(FileChanged):
        try_section(desk.root, matter, "summary", "summary: 别的。", base, NOW)
    with pytest.raises(FileChanged):
        desk.approve(first, settle(waiting))
    db.session.rollback()
    assert "狗要拴绳" in desk.text(FILE) and get_proposal(waiting.id).state == ProposalState.READY


def test_what_is_faulty_or_nothing_new_is_not_proposed(desk: Desk, first: Officer) -> None:
    with pytest.raises(NoLongerGood):
        desk.section(first, "summary: {zh: 坏, fr: 不认识}")
    with pytest.raises(NothingToChange):
        desk.section(first, "summary: 犬类饲养登记的简介。")


def test_a_file_that_became_bad_meanwhile_is_not_written(desk: Desk, first: Officer, second: Officer) -> None:
    proposal = settle(desk.section(first, "summary: 狗要拴绳。"))
    proposal.after = proposal.after.replace("trips: 0", "trips: 9")
    db.session.commit()
    before = desk.text(FILE)
    with pytest.raises(NoLongerGood):
        desk.approve(second, proposal)
    assert desk.text(FILE) == before


def test_a_version_is_rolled_back_by_two_and_later_changes_stay(desk: Desk, first: Officer, second: Officer) -> None:
    before = desk.text()
    version = desk.approve(second, settle(desk.sample(first, "旺财一")))
    desk.approve(second, settle(desk.sample(first, "旺财二")))
    back = propose_roll_back(first, desk.root, version, NOW)
    with pytest.raises(SameEditor):
        desk.approve(first, back)
    desk.approve(second, back)
    assert desk.text() == before + "zh\t旺财二\tconditions\n"
    with pytest.raises(NoLongerGood):
        propose_roll_back(first, desk.root, version, NOW)


def test_a_published_file_whose_commit_failed_is_approved_once_more(
    desk: Desk, first: Officer, second: Officer
) -> None:
    proposal, before = settle(desk.sample(first)), desk.text()
    approve(second, proposal, root=desk.root, data_dir=desk.data, snapshot=desk.shelf.current, now=NOW)
    db.session.rollback()  # the process died, or the database refused, after the file was written
    assert list_versions() == [] and "旺财" in desk.text()
    desk.shelf.refresh()
    version = desk.approve(second, get_proposal(proposal.id))
    assert (version.before, version.after) == (before, desk.text()) and desk.text().count("旺财") == 1


def test_a_disk_that_fails_leaves_file_and_proposal(
    desk: Desk, first: Officer, second: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal, before = settle(desk.sample(first)), desk.text()

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        desk.approve(second, proposal)
    db.session.rollback()
    assert desk.text() == before and get_proposal(proposal.id).state == ProposalState.READY


def test_a_half_written_draft_is_never_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert path.read_text(encoding="utf-8") == "new" and path.stat().st_mode & 0o777 == 0o640
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        write_whole(path, b"newer")
    assert path.read_text(encoding="utf-8") == "new" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("file", ["../secret", "matters/../../secret", "/etc/passwd", "link/secret", "nothing.yaml"])
def test_files_elsewhere_are_not_there(tmp_path: Path, file: str) -> None:
    root = tmp_path / "knowledge"
    root.mkdir()
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(NoSuchFile):
        read_knowledge(root, file)


def test_the_model_of_the_trial_is_lent_to_the_consultation(desk: Desk, first: Officer, second: Officer) -> None:
    proposal = settle(desk.sample(first))
    folder = trial_folder(desk.data, proposal.id)
    folder.mkdir(parents=True)
    (folder / "model-0123456789abcdef.npz").write_bytes(b"model")
    desk.approve(second, proposal)
    assert (desk.data / "consult" / "model-0123456789abcdef.npz").read_bytes() == b"model" and not folder.exists()


def test_who_did_what_is_in_the_trail(desk: Desk, first: Officer, second: Officer) -> None:
    desk.approve(second, settle(desk.sample(first)))
    found = search_trail(Wanted(subject="proposal:1"))
    assert {(e.action, e.actor_id) for e in found.entries} == {
        ("knowledge.proposed", first.id),
        ("knowledge.published", second.id),
    }


def test_what_does_not_exist_is_not_found(app: Flask) -> None:
    for get, fault in ((get_proposal, NoSuchProposal), (get_version, NoSuchVersion)):
        with pytest.raises(fault):
            get(10**6)
    assert db.session.scalars(select(Version)).all() == []
