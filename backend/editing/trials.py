"""The worker's part of a trial: one at a time, in a process of its own, its progress shown to the editor."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, or_, select, update

from ..clock import utc_now
from ..consult.normalise import normalise
from ..db import db
from .clusters import recent_texts
from .models import Proposal, ProposalState
from .publishing import trial_folder

log = structlog.get_logger()
LEASE = timedelta(minutes=20)
MOST_TRIES = 2
NO_RESULT = "没能算出影响（学习失败），请核对内容后再核准。"
Run = Callable[[Path], Iterator[str]]


def run_process(folder: Path) -> Iterator[str]:
    """Run the trial of a folder; yield what it says about its progress. Raise OSError where it fails."""
    command = [sys.executable, "-m", "backend.editing.trial", str(folder)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        if process.stdout:
            yield from (line.strip() for line in process.stdout)
    if process.returncode:
        raise OSError(f"the trial ended with {process.returncode}")


def in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="trial", daemon=True).start()


@dataclass(frozen=True)
class Trials:
    """Tries proposals out. context: an application context for the thread that waits for the process."""

    knowledge_dir: Path
    data_dir: Path
    context: Callable[[], AbstractContextManager[Any]]
    run: Run = run_process
    spawn: Callable[[Callable[[], None]], None] = in_background

    def try_due(self, now: datetime) -> int:
        """Start the next trial, if none is under way; return 1 if one was started. A job."""
        busy = select(func.count()).where(Proposal.state == ProposalState.CHECKING, Proposal.leased_until > now)
        if db.session.scalar(busy):
            return 0
        proposal = db.session.scalar(
            select(Proposal).where(Proposal.state == ProposalState.CHECKING, _free(now)).order_by(Proposal.id).limit(1)
        )
        if proposal is None or not self._lease(proposal, now):
            return 0
        folder = self._lay_out(proposal, now)
        proposal_id = proposal.id
        db.session.commit()  # the lease must be seen before the work starts
        self.spawn(lambda: self._follow(proposal_id, folder))
        return 1

    def _lease(self, proposal: Proposal, now: datetime) -> bool:
        taken = db.session.execute(
            update(Proposal)
            .where(Proposal.id == proposal.id, Proposal.state == ProposalState.CHECKING, _free(now))
            .values(leased_until=now + LEASE, tries=Proposal.tries + 1)
            .execution_options(synchronize_session=False)
        )
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]

    def _lay_out(self, proposal: Proposal, now: datetime) -> Path:
        folder = trial_folder(self.data_dir, proposal.id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        task = {
            "knowledge_dir": str(self.knowledge_dir.resolve()), "data_dir": str(self.data_dir.resolve()),
            "file": proposal.file, "after": proposal.after,
            "asked": [normalise(text) for text in recent_texts(now)],
        }  # fmt: skip
        (folder / "task.json").write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
        return folder

    def _follow(self, proposal_id: int, folder: Path) -> None:
        """Wait for the process, in its own context: the job has long returned."""
        with self.context():
            try:
                for line in self.run(folder):
                    self._note(proposal_id, progress=line[:60])
                result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            except (OSError, ValueError) as fault:
                log.error("trial_failed", proposal=proposal_id, fault=type(fault).__name__)
                self._failed(proposal_id)
            else:
                self._note(proposal_id, state=ProposalState.READY, progress="", result=result, leased_until=None)

    def _failed(self, proposal_id: int) -> None:
        """Try once more later; then say so and leave the judgement to the editors."""
        proposal = db.session.get(Proposal, proposal_id)
        if proposal is not None and proposal.tries >= MOST_TRIES:
            self._note(proposal_id, state=ProposalState.READY, progress="", fault=NO_RESULT, leased_until=None)
        else:
            self._note(proposal_id, progress="等待重试", leased_until=utc_now())

    def _note(self, proposal_id: int, **values: Any) -> None:
        """Write how far it is, and nothing over a decision that was taken meanwhile."""
        db.session.execute(
            update(Proposal)
            .where(Proposal.id == proposal_id, Proposal.state == ProposalState.CHECKING)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()


def _free(now: datetime) -> Any:
    return or_(Proposal.leased_until.is_(None), Proposal.leased_until <= now)
