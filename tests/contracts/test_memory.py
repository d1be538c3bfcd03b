"""A web process stays small, with all rooms open and hundreds of questions answered."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

from backend.consult.service import Consultant
from tests.conftest import KNOWLEDGE, ROOT

AT_MOST_MB = 390
QUESTIONS = 200


def questions() -> list[str]:
    """Return bank sentences, said a little differently: the exact ones cost nothing."""
    banks = sorted((KNOWLEDGE / "matters").glob("*/*.questions.tsv"))
    rows = (bank.read_text(encoding="utf-8").splitlines()[7].split("\t")[1] for bank in banks * 2)
    return [f"那个{text}，想问清楚{number}" for number, text in enumerate(islice(rows, QUESTIONS))]


def test_a_web_process_is_small(_learnt: Consultant, kept_data: Path) -> None:
    environment = {**os.environ, "EPOLICE_DATA_DIR": str(kept_data), "EPOLICE_KNOWLEDGE_DIR": str(KNOWLEDGE)}
    done = subprocess.run(
        [sys.executable, "-m", "bench.footprint"], cwd=ROOT, env=environment, input=json.dumps(questions()),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seen = json.loads(done.stdout.splitlines()[-1])
    assert len(seen["first_ms"]) == QUESTIONS
    assert seen["after_mb"] <= AT_MOST_MB
