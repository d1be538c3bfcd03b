"""What the consultation must reach on the sample questions, where they are at hand.

Nothing is learnt from them; they stand beside the project, not in it.
"""

import csv
import re

import pytest

from backend.consult.asking import ask_all, read_questions
from backend.consult.evaluate import Evaluation, evaluate
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from tests.conftest import KNOWLEDGE, SHARED

DEV = SHARED / "questions" / "dev.tsv"
pytestmark = pytest.mark.skipif(not DEV.exists(), reason="the sample questions are not here")


@pytest.fixture(scope="module")
def found(_learnt: Consultant, real_catalogue) -> Evaluation:
    rows = read_questions(DEV)
    replies = list(ask_all(_learnt.with_store(MemoryStore()), rows))
    return evaluate(rows, replies, real_catalogue.current)


def test_matters_and_aspects(found: Evaluation) -> None:
    assert found.totals.share("top-1 (ranked first)") >= 0.95
    assert found.totals.share("answered and right") >= 0.88
    assert found.totals.share("top-1 or offered") >= 0.98
    assert found.totals.share("aspect") >= 0.9


def test_other_kinds(found: Evaluation) -> None:
    assert found.totals.share("other kinds") >= 0.95


def test_every_emergency_and_no_false_alarm(found: Evaluation) -> None:
    assert found.kinds.share("emergency") == 1.0
    assert found.totals.share("emergency by mistake") == 0.0


def test_seldom_wrong_and_sure(found: Evaluation) -> None:
    assert found.totals.share("wrong and sure") <= 0.02


def test_none_of_them_is_shipped() -> None:
    with DEV.open(encoding="utf-8") as file:
        asked = {r["question"] for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    keys = {re.sub(r"\W", "", q).lower() for q in asked if len(q) >= 6}
    shipped = [line for p in KNOWLEDGE.rglob("*.tsv") for line in p.read_text(encoding="utf-8").splitlines()]
    leaked = [line for line in shipped for cell in line.split("\t") if re.sub(r"\W", "", cell).lower() in keys]
    assert leaked == []
