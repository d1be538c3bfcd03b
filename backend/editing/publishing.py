"""A second editor approves: the file is written, the version kept. Or rejects.

The row is settled first, by a conditional update; then the file is written in one step; the
transaction commits after that. A process that dies in between leaves the proposal undecided with
the file already as wanted: approving once more finds it so and only writes the version down.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import select, update

from ..clock import SHANGHAI
from ..consult.brain import model_path
from ..db import db
from ..identity.permissions import ensure
from ..identity.service import Officer, record
from ..matters.questions import parse_bank
from ..matters.service import Snapshot
from .banks import NewSample, owner_of, with_row
from .disk import digest, inside, one_writer, read_knowledge, write_whole
from .errors import FileChanged, NoLongerGood, NoSuchVersion, NotReady, SameEditor
from .models import Proposal, ProposalKind, ProposalState, Version
from .permissions import can_approve, can_reject, may_edit_knowledge
from .sections import new_faults

log = structlog.get_logger()


def approve(
    officer: Officer, proposal: Proposal, *, root: Path, data_dir: Path, snapshot: Snapshot, now: datetime
) -> Version:
    """Publish the proposal. Raise SameEditor, NotReady, FileChanged, NoLongerGood, Forbidden."""
    ensure(may_edit_knowledge(officer))
    if officer.id == proposal.proposed_by:
        raise SameEditor
    if not can_approve(officer, proposal):
        raise NotReady
    _settle(officer, proposal, ProposalState.PUBLISHED, now)
    with one_writer(data_dir):
        current = read_knowledge(root, proposal.file)
        before, after = _contents(proposal, current, snapshot)
        _ensure_good(root, proposal.file, before, after, now)
        _lend_model(proposal, data_dir)
        if current != after:
            write_whole(inside(root, proposal.file), after.encode("utf-8"))
        version = Version(
            proposal_id=proposal.id, file=proposal.file, matter=proposal.matter, before=before, after=after,
            why=proposal.why, proposed_by=proposal.proposed_by, approved_by=officer.id, at=now,
        )  # fmt: skip
        db.session.add(version)
        db.session.flush()
    record(
        officer.actor(), "knowledge.published", f"proposal:{proposal.id}", matter=proposal.matter, version=version.id
    )
    log.info("knowledge_published", file=proposal.file, version=version.id)
    return version


def reject(officer: Officer, proposal: Proposal, now: datetime, *, data_dir: Path) -> None:
    """Put the proposal aside; nothing is written. Raise NotReady, Forbidden."""
    ensure(may_edit_knowledge(officer))
    if not can_reject(officer, proposal):
        raise NotReady
    _settle(officer, proposal, ProposalState.REJECTED, now)
    shutil.rmtree(trial_folder(data_dir, proposal.id), ignore_errors=True)
    record(officer.actor(), "knowledge.rejected", f"proposal:{proposal.id}", matter=proposal.matter)


def _settle(officer: Officer, proposal: Proposal, state: ProposalState, now: datetime) -> None:
    """Decide once: of two editors acting at the same moment one is told that it is done."""
    done = db.session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == proposal.state)
        .values(state=state, decided_by=officer.id, decided_at=now, leased_until=None)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotReady
    db.session.refresh(proposal)


def _contents(proposal: Proposal, current: str, snapshot: Snapshot) -> tuple[str, str]:
    """Return the file before and after. A bank's row goes to the end of what the bank is by now."""
    if current == proposal.after:  # written by an approval whose commit failed
        return proposal.before, proposal.after
    if digest(current) == proposal.base:
        return current, proposal.after
    if proposal.kind != ProposalKind.SAMPLE:
        raise FileChanged
    sample = NewSample(**proposal.change)
    if f"\n{sample.row}\n" in current.replace("\r\n", "\n"):
        return current.replace(f"{sample.row}\n", ""), current
    if owner_of(sample.question, snapshot):
        raise NoLongerGood("这个问法已经在题库里了。")
    return current, with_row(current, sample.row)


def _ensure_good(root: Path, file: str, before: str, after: str, now: datetime) -> None:
    """Check the file as it will stand once more: the files beside it may have changed since the trial."""
    path = inside(root, file)
    if path.suffix == ".yaml":
        faults = new_faults(path, before, after, now.astimezone(SHANGHAI).date())
        if faults:
            raise NoLongerGood(f"第 {faults[0][0]} 行：{faults[0][1]}")
    elif _bank_faults(after) > _bank_faults(before):
        raise NoLongerGood


def _bank_faults(text: str) -> int:
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / "bank.questions.tsv"
        copy.write_bytes(text.encode("utf-8"))
        return len(parse_bank(copy)[1])


def trial_folder(data_dir: Path, proposal_id: int) -> Path:
    """Return where the trial of a proposal keeps the model it learnt."""
    return data_dir / "editing" / f"proposal-{proposal_id}"


def _lend_model(proposal: Proposal, data_dir: Path) -> None:
    """Give the consultation the model the trial made of these very files: it need not learn again.

    Where the files have changed since, the model's mark is another one and nobody takes it.
    """
    folder = trial_folder(data_dir, proposal.id)
    for made in folder.glob("model-*.npz"):
        target = model_path(data_dir, made.stem.removeprefix("model-"))
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
    shutil.rmtree(folder, ignore_errors=True)


def get_version(version_id: int) -> Version:
    """Raise NoSuchVersion."""
    found = db.session.get(Version, version_id)
    if found is None:
        raise NoSuchVersion
    return found


def list_versions(matter: str | None = None, limit: int = 100) -> Sequence[Version]:
    """Return what was published, of one matter or of all, the latest first."""
    wanted = select(Version).order_by(Version.id.desc()).limit(limit)
    return db.session.scalars(wanted.where(Version.matter == matter) if matter else wanted).all()
