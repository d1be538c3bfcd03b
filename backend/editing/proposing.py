"""Proposals: a sample question, a section's new text, the way back to an earlier version."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ..clock import SHANGHAI
from ..db import db
from ..identity.permissions import ensure
from ..identity.service import Officer, record
from ..jobs import wake
from ..matters.schema import Matter
from ..matters.service import Snapshot
from .banks import make_sample, with_row
from .disk import digest, read_knowledge
from .errors import FileChanged, NoLongerGood, NoSuchProposal, NothingToChange
from .models import Proposal, ProposalKind, ProposalState, Version
from .permissions import may_edit_knowledge
from .reversing import reverse
from .sections import Change, change_section

JOB = "trials"
LONGEST_WHY = 300


def file_of(matter: Matter) -> str:
    """Return a matter's file below the knowledge folder."""
    return f"matters/{matter.category.value}/{matter.id}.yaml"


def bank_of(matter: Matter) -> str:
    return f"matters/{matter.category.value}/{matter.id}.questions.tsv"


def propose_sample(
    officer: Officer, root: Path, snapshot: Snapshot, matter_id: str, *, lang: str, question: str, aspect: str,
    now: datetime, ticket_id: int | None = None,
) -> Proposal:  # fmt: skip
    """Propose a question for a matter's bank. Raise BadSample, NoSuchMatter, Forbidden."""
    ensure(may_edit_knowledge(officer))
    matter = snapshot.get_matter(matter_id)
    sample = make_sample(lang, question, aspect, snapshot)
    file = bank_of(matter)
    before = read_knowledge(root, file)
    change = {"lang": sample.lang, "question": sample.question, "aspect": sample.aspect}
    return _add(
        officer, matter_id=matter.id, kind=ProposalKind.SAMPLE, file=file, before=before,
        after=with_row(before, sample.row), change=change, why="样例问法", now=now, ticket_id=ticket_id,
    )  # fmt: skip


def try_section(root: Path, matter: Matter, name: str, text: str, base: str, now: datetime) -> Change:
    """Return what the file would become and what is wrong with it.

    base: digest of the file the editor opened. Raise FileChanged where it is another one by now.
    """
    before = read_knowledge(root, file_of(matter))
    if digest(before) != base:
        raise FileChanged
    return change_section(root / file_of(matter), before, name, text, now.astimezone(SHANGHAI).date())


def propose_section(
    officer: Officer, root: Path, matter: Matter, name: str, change: Change, *, why: str, now: datetime,
    ticket_id: int | None = None,
) -> Proposal:  # fmt: skip
    """Propose what `try_section` found good. Raise NothingToChange, NoLongerGood, Forbidden."""
    ensure(may_edit_knowledge(officer))
    if change.faults:
        raise NoLongerGood
    before = read_knowledge(root, file_of(matter))
    if change.after == before:
        raise NothingToChange
    return _add(
        officer, matter_id=matter.id, kind=ProposalKind.SECTION, file=file_of(matter), before=before,
        after=change.after, change={"section": name}, why=why.strip()[:LONGEST_WHY] or "修改内容", now=now,
        ticket_id=ticket_id,
    )  # fmt: skip


def propose_roll_back(officer: Officer, root: Path, version: Version, now: datetime) -> Proposal:
    """Propose to undo one published change; what was changed elsewhere since then stays.

    Raise NoLongerGood where the same lines were changed again.
    """
    ensure(may_edit_knowledge(officer))
    before = read_knowledge(root, version.file)
    after = reverse(version.before, version.after, before)
    if after is None or after == before:
        raise NoLongerGood("后来又改过同一处，请先回退后面的版本。")
    return _add(
        officer, matter_id=version.matter, kind=ProposalKind.ROLL_BACK, file=version.file, before=before, after=after,
        change={"version": version.id}, why=f"回退版本 {version.id}", now=now, ticket_id=None,
    )  # fmt: skip


def _add(officer: Officer, *, matter_id: str, before: str, now: datetime, **values: Any) -> Proposal:
    proposal = Proposal(
        matter=matter_id, base=digest(before), before=before, state=ProposalState.CHECKING, progress="等待检查",
        proposed_by=officer.id, proposed_at=now, **values,
    )  # fmt: skip
    db.session.add(proposal)
    db.session.flush()
    record(officer.actor(), "knowledge.proposed", f"proposal:{proposal.id}", matter=matter_id, kind=proposal.kind)
    wake(JOB)
    return proposal


def get_proposal(proposal_id: int) -> Proposal:
    """Raise NoSuchProposal."""
    found = db.session.get(Proposal, proposal_id)
    if found is None:
        raise NoSuchProposal
    return found


def list_proposals(states: Sequence[ProposalState], limit: int = 100) -> Sequence[Proposal]:
    """Return the proposals of these states, the latest first."""
    wanted = select(Proposal).where(Proposal.state.in_(states)).order_by(Proposal.id.desc()).limit(limit)
    return db.session.scalars(wanted).all()


def others_on(proposal_or_file: Proposal | str) -> Sequence[Proposal]:
    """Return the undecided proposals on the same file: two editors at one file are told of each other."""
    own = proposal_or_file if isinstance(proposal_or_file, Proposal) else None
    file = own.file if own else proposal_or_file
    wanted = select(Proposal).where(Proposal.file == file, Proposal.state.in_(OPEN))
    if own:
        wanted = wanted.where(Proposal.id != own.id)
    return db.session.scalars(wanted.order_by(Proposal.id)).all()


def count_open() -> int:
    return db.session.scalar(select(func.count()).where(Proposal.state.in_(OPEN))) or 0


OPEN = (ProposalState.CHECKING, ProposalState.READY)
