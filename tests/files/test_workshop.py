import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from backend.files.errors import FileRefused, NoSuchPage, NotPictureOrPdf, TooComplex, WorkshopBusy
from backend.files.workshop import Bounds, Workshop

from .samples import picture

SPINNING = "tests.files.spinning_child"
CLEAN = {"do": "clean", "max_pixels": 50_000_000, "max_pages": 30}
LOOK = {"do": "look"}


@pytest.fixture
def spinning() -> Iterator[Workshop]:
    made = Workshop(Bounds(children=1, timeout_seconds=2, program=SPINNING))
    yield made
    made.close()


def pid_of(workshop: Workshop) -> int:
    return int(workshop.do(LOOK, b"")[0]["pid"])


def test_a_child_serves_many_files(spinning: Workshop) -> None:
    first = pid_of(spinning)
    assert spinning.do(CLEAN, picture())[0]["width"] == 320
    with pytest.raises(NotPictureOrPdf):
        spinning.do(CLEAN, b"not a picture")
    assert pid_of(spinning) == first


@pytest.mark.parametrize("order", [{"do": "hang"}, {"do": "die"}, {"do": "hoard", "megabytes": 4000}])
def test_a_file_that_takes_too_much_is_refused_and_the_next_one_is_served(
    spinning: Workshop, order: dict[str, object]
) -> None:
    first = pid_of(spinning)
    with pytest.raises(TooComplex):
        spinning.do(dict(order), b"")
    assert pid_of(spinning) != first
    assert not psutil.pid_exists(first)
    assert spinning.peak_kib < 1536 * 1024


def test_a_child_knows_no_secret(spinning: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOLICE_FILES_MASTER_KEY", "secret")
    told = spinning.do(LOOK, b"")[0]["environment"]
    assert not [name for name in told if name.startswith("EPOLICE") or "KEY" in name]


def test_a_child_can_write_no_file(spinning: Workshop, tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        spinning.do({"do": "write", "path": str(tmp_path / "clear")}, b"")
    left = tmp_path / "clear"
    assert not left.exists() or left.stat().st_size == 0


def test_what_a_library_prints_does_not_disturb(spinning: Workshop) -> None:
    assert spinning.do({"do": "chatter"}, b"")[1] == b"answer"


def test_a_child_is_replaced_after_many_files(spinning: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.files.workshop.FILES_A_CHILD", 2)
    first = pid_of(spinning)
    assert pid_of(spinning) == first
    assert pid_of(spinning) != first


def test_a_page_that_is_not_there_is_no_fault_of_the_file(workshop: Workshop) -> None:
    order = {
        "do": "show",
        "media_type": "image/jpeg",
        "page": 3,
        "width": 100,
        "max_pixels": 10**6,
        "mark": "",
        "font": "",
    }
    with pytest.raises(NoSuchPage):
        workshop.do(order, picture())


def test_when_all_are_at_work_the_next_one_is_told_so() -> None:
    busy = Workshop(Bounds(children=1, timeout_seconds=2, wait_seconds=0.1, program=SPINNING))
    pid_of(busy)
    with ThreadPoolExecutor(2) as pool:
        outcomes = [
            type(pool_job.exception()) for pool_job in [pool.submit(busy.do, {"do": "hang"}, b"") for _ in range(2)]
        ]
    assert sorted(kind.__name__ for kind in outcomes) == ["TooComplex", "WorkshopBusy"]
    busy.close()


def test_a_child_that_does_not_start_is_our_fault_and_not_the_files() -> None:
    with pytest.raises(WorkshopBusy):
        Workshop(Bounds(program="backend.files.no_such_program")).do(CLEAN, picture())


def test_many_threads_are_served_by_two_children(workshop: Workshop) -> None:
    with ThreadPoolExecutor(8) as pool:
        widths = list(
            pool.map(lambda size: workshop.do(CLEAN, picture("JPEG", (size, 50)))[0]["width"], range(60, 100))
        )
    assert widths == list(range(60, 100))


PARENT = """
import os, sys
from backend.files.workshop import Bounds, Workshop
made = Workshop(Bounds(program="tests.files.spinning_child"))
print(made.do({"do": "look"}, b"")[0]["pid"], flush=True)
sys.stdin.read()
"""


def test_a_child_ends_with_its_parent_even_when_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    gone, alive = psutil.wait_procs([child], timeout=10)
    assert gone == [child] and not alive
