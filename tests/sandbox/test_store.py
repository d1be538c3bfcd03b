"""One file for all processes of the web server."""

import multiprocessing
from pathlib import Path

import pytest

from backend.sandbox.store import Store

WRITERS, LINES = 4, 15


def write(path: Path) -> None:
    store = Store(path)
    for number in range(LINES):
        store.add_line("o", 1.0, {"number": number})


def test_processes_that_start_together_share_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite"
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        pool.map(write, [path] * WRITERS, chunksize=1)
    lines = Store(path).lines_after("o", 0)
    assert sorted(line["number"] for line in lines) == sorted(list(range(LINES)) * WRITERS)


def test_a_change_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.sqlite")
    with pytest.raises(RuntimeError), store.begin() as connection:
        connection.execute("INSERT INTO kept VALUES ('a', '1')")
        raise RuntimeError
    assert store.find("a") is None


def test_old_lines_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.sandbox.store.KEEP_LINES", 3)
    store = Store(tmp_path / "sandbox.sqlite")
    for number in range(5):
        store.add_line("o", 1.0, {"number": number})
    assert [line["number"] for line in store.lines_after("o", 0)] == [2, 3, 4]
