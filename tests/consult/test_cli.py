"""The command line's contract."""

import json
from pathlib import Path

import pytest
from flask import Flask

from backend import create_app
from backend.config import Settings
from backend.consult.asking import BadQuestionFile, read_questions
from backend.consult.proofs import Proof, Stray

FIELDS = ["question", "lang", "kind", "matter", "aspect", "confidence", "candidates", "text", "full_text",
          "citations", "elapsed_ms"]  # fmt: skip


@pytest.fixture(scope="module")
def app(kept_data: Path) -> Flask:
    return create_app(Settings(_env_file=None, data_dir=kept_data))


def test_ask_prints_the_answer(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["consult", "ask", "身份证过期了怎么换", "那要多少钱"])
    assert result.exit_code == 0
    assert "居民身份证法" in result.output
    assert "20 元" in result.output


def test_jsonl_answers_every_row_in_order(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "q.tsv"
    file.write_text(
        'id\tquestion\tdialogue\tnote\n1\t身份证丢了怎么补\ta\t"\n2\t护照多少钱\t\t\n3\t那要多少钱\ta\t\n4\t\t\t\n',
        encoding="utf-8",
    )
    result = app.test_cli_runner().invoke(args=["consult", "ask", "--file", str(file), "--jsonl"])
    rows = [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
    rows = [r for r in rows if "question" in r]
    assert [r["question"] for r in rows] == ["身份证丢了怎么补", "护照多少钱", "那要多少钱", ""]
    assert all(list(r) == FIELDS for r in rows)
    assert (rows[2]["matter"], rows[2]["aspect"]) == ("id-card-replace", "fee")
    assert set(rows[0]["candidates"][0]) == {"matter", "score"}
    assert rows[0]["text"] and rows[0]["full_text"] and rows[0]["citations"]


@pytest.mark.parametrize("content", [b"", b"nothing\n1\n", b"\xff\xfe\x00"])
def test_a_bad_file_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "q.tsv"
    file.write_bytes(content)
    with pytest.raises(BadQuestionFile):
        read_questions(file)


def test_evaluate_prints_what_it_measured(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "q.tsv"
    file.write_text(
        "question\tmatters\taspect\tkind\n身份证过期了怎么换\tid-card-renew\tprocess\tmatter\n你好\t-\t-\tchitchat\n",
        encoding="utf-8",
    )
    result = app.test_cli_runner().invoke(args=["consult", "evaluate", str(file), "--misses"])
    assert result.exit_code == 0
    assert "2 questions, 0 skipped" in result.output
    assert "answered and right          1 / 1" in result.output


@pytest.mark.parametrize(("found", "status"), [(9, 0), (7, 1)])
def test_prove_fails_where_a_bank_does_not_find_its_matter(app: Flask, monkeypatch, found: int, status: int) -> None:
    proofs = [Proof("dog-licence", asked=10, found=found, offered=10, strays=[Stray("哪里办", "passport-first")])]
    monkeypatch.setattr("backend.consult.build.reprove", lambda *_: proofs)
    result = app.test_cli_runner().invoke(args=["consult", "prove", "--folds", "2", "--strays"])
    assert result.exit_code == status
    assert f"0.{found}00 (offered 1.000) of  10 dog-licence → 1 x passport-first" in result.output
    assert "哪里办 → passport-first" in result.output
