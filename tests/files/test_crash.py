"""kill -9 at any moment of storing, dropping and sweeping: afterwards every file is whole, or swept."""

import random
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask

from backend.clock import utc_now
from backend.config import ROOT, Settings
from backend.db import db
from backend.files.inspection import check_all
from backend.files.models import StoredFile
from backend.files.service import Files
from backend.files.stores import LocalStore
from backend.files.sweeping import compare

ROUNDS = 4


def run_and_kill(folder: Path, master: str, wanted: int, later_seconds: float) -> list[str]:
    """Let the process store `wanted` files, and kill it a little later; return the ids told."""
    command = [sys.executable, "-m", "tests.files.storing_forever", str(folder), master]
    storing = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert storing.stdout
    told = [storing.stdout.readline().decode().strip() for _ in range(wanted)]
    with suppress(subprocess.TimeoutExpired):
        storing.wait(later_seconds)
    storing.send_signal(signal.SIGKILL)
    rest, _ = storing.communicate()  # an early one may have been dropped by now, the last one never
    return told + [line for line in rest.decode().split() if len(line) == len(told[0])]


def test_whenever_it_is_killed_the_sweep_leaves_whole_files_only(
    app: Flask, files: Files, settings: Settings, store: LocalStore, tmp_path: Path
) -> None:
    dice, later = random.Random(7), utc_now() + timedelta(hours=2)
    for _ in range(ROUNDS):
        told = run_and_kill(
            tmp_path, settings.files_master_key.get_secret_value(), dice.randint(1, 12), dice.random() / 20
        )
        db.session.rollback()
        rows = {file.id for file in db.session.query(StoredFile)}
        db.session.rollback()
        assert told[-1] in rows, "what was committed and told is there"
        assert compare(store, later).missing == []
        files.sweep(later)
        left = {file.id for file in db.session.query(StoredFile)}
        db.session.rollback()
        assert left <= rows
        assert {entry.name for entry in store.list()} == left
        checked = check_all(files)
        assert (checked.faults, checked.count) == ([], len(left))
        db.session.rollback()
