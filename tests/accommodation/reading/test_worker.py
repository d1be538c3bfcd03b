"""The child process: bounded, replaced when it dies, and never an exception for a picture."""

import io
import os
import signal
import struct
import threading
import zlib
from collections.abc import Iterator

import pytest

from backend.accommodation.reading.worker import Reader
from backend.sandbox.specimens import document, people, zone

PERSON = people(3, 17)[1]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader(seconds_a_picture=120)
    yield made
    made.close()


@pytest.fixture(scope="module")
def passport() -> bytes:
    out = io.BytesIO()
    document(PERSON, "TD3").save(out, "PNG")
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    """A PNG whose header claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def memory_mib(process_id: int) -> float:
    with open(f"/proc/{process_id}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def test_the_child_reads_and_tells_its_stages(reader: Reader, passport: bytes) -> None:
    told: list[str] = []
    reading = reader.read(passport, told.append)
    assert reading.lines == zone(PERSON, "TD3")
    assert told == ["looking", "reading", "checking"]


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"", "not-a-picture"),
        (b"just a text file\n" * 50, "not-a-picture"),
        (png(1, 1), "too-small"),
        (png(60_000, 60_000), "too-large"),
        (png(2_000_000_000, 2_000_000_000), "too-large"),
        (png(3000, 2000), "not-a-picture"),
        (b"%PDF-1.7\n%%EOF", "not-a-picture"),
        (b"GIF89a" + b"\xff" * 40, "not-a-picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-picture"),
    ],
)
def test_hostile_files_give_an_advice_and_little_memory(reader: Reader, data: bytes, advice: str) -> None:
    assert reader.read(data).advice == advice
    assert reader.process_id is not None and memory_mib(reader.process_id) < 900


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_picture_gives_an_advice(reader: Reader, passport: bytes, share: float) -> None:
    reading = reader.read(passport[: int(len(passport) * share)])
    assert reading.advice == "not-a-picture" and reading.format is None


def test_a_child_that_is_killed_while_reading_is_replaced(reader: Reader, passport: bytes) -> None:
    reader.read(b"")
    first = reader.process_id
    assert first is not None
    reading = reader.read(passport, lambda stage: os.kill(first, signal.SIGKILL))
    assert reading.advice == "try-again" and reading.format is None
    assert reader.read(passport).lines == zone(PERSON, "TD3")
    assert reader.process_id != first


def test_a_child_that_takes_too_long_is_ended_and_another_takes_over(passport: bytes) -> None:
    reader = Reader(seconds_a_picture=0.02)
    assert reader.read(passport).advice == "try-again"
    assert reader.process_id is None
    reader.close()


def test_a_child_is_replaced_after_its_number_of_pictures() -> None:
    reader = Reader(pictures_a_child=1)
    assert reader.read(b"").advice == "not-a-picture"
    assert reader.process_id is None
    reader.close()


def test_threads_may_share_a_reader(reader: Reader, passport: bytes) -> None:
    read: list[str | None] = []
    threads = [threading.Thread(target=lambda: read.append(reader.read(b"x").advice)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == ["not-a-picture"] * 4
