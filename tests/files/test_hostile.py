"""A thousand files that were changed at random, through the whole way in: refused with a reason or made clean."""

import random
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from backend.config import Settings
from backend.db import db
from backend.files.errors import REASONS, FileRefused
from backend.files.models import StoredFile
from backend.files.service import Files
from backend.files.workshop import Workshop

from .samples import jpeg_parts, pdf, picture

COUNT = 1000
SEED = 20261122


def originals() -> list[bytes]:
    packed = pdf(2, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return [picture("JPEG"), picture("JPEG", progressive=True), picture("PNG"), picture("WEBP"), picture("WEBP", lossless=True),
            picture("HEIF"), pdf(3), packed]  # fmt: skip


def changed(data: bytes, dice: random.Random) -> bytes:
    """Return `data` with one to six changes: bytes, cuts, doubled, emptied and exchanged parts, numbers at their limit."""
    spoilt = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(spoilt)) if dice.random() < 0.6 else dice.randrange(min(200, len(spoilt)))
        part = dice.randint(1, 64)
        match dice.randrange(7):
            case 0:
                spoilt[at] = dice.randrange(256)
            case 1:
                spoilt[at : at + 4] = dice.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1"])
            case 2:
                del spoilt[at : at + part]
            case 3:
                spoilt[at:at] = spoilt[at : at + part]
            case 4:
                spoilt[at : at + part] = bytes(part)
            case 5:
                spoilt[at:at] = dice.randbytes(part)
            case _:
                spoilt = spoilt[: max(20, at)] if dice.random() < 0.3 else spoilt
    return bytes(spoilt)


def check_clean(file: StoredFile, data: bytes) -> None:
    if file.media_type == "application/pdf":
        with pikepdf.open(BytesIO(data)) as seen:
            assert set(seen.Root.keys()) == {"/Type", "/Pages"}
            assert len(seen.pages) == file.pages
        return
    assert jpeg_parts(data) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    with Image.open(BytesIO(data)) as seen_picture:
        seen_picture.load()
        assert seen_picture.size == (file.width, file.height)


def test_a_thousand_spoilt_files_are_refused_with_a_reason_or_made_clean(
    files: Files, settings: Settings, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)  # a thousand files need not survive the loss of power
    dice, whole = random.Random(SEED), originals()
    reasons: dict[str, int] = {}
    taken = 0
    for number in range(COUNT):
        data = changed(whole[number % len(whole)], dice)
        try:
            file = files.store(data, owner="citizen:1", purpose="passport")
        except FileRefused as refusal:
            assert refusal.code in REASONS
            reasons[refusal.code] = reasons.get(refusal.code, 0) + 1
            continue
        taken += 1
        check_clean(file, files.read(file))
    db.session.commit()
    stored: list[Path] = [path for path in settings.files_dir.rglob("*") if path.is_file()]
    assert {path.name for path in stored} == {file.id for file in db.session.query(StoredFile)}
    assert len(stored) == taken and taken + sum(reasons.values()) == COUNT
    assert sum(reasons.values()) > 400
    print(f"taken {taken}, refused {reasons}, most memory of a child {workshop.peak_kib // 1024} MiB")
    assert workshop.peak_kib < 1536 * 1024


LARGEST = {
    "JPEG": lambda: picture("JPEG", (8000, 6250)),
    "PNG": lambda: picture("PNG", (8000, 6250), "RGBA", compress_level=1),
    "WEBP": lambda: picture("WEBP", (8000, 6250), "RGBA", lossless=True, method=0, quality=0),
    "HEIC": lambda: picture("HEIF", (3000, 2000), quality=30),  # 6 million only: its encoder is slow
    "PDF": lambda: pdf(30, size=(14_000, 14_000)),
}


@pytest.mark.parametrize("kind", LARGEST)
def test_memory_stays_bounded_with_the_largest_files_that_are_taken(kind: str) -> None:
    """50 million pixels, the limit; each kind in a child of its own."""
    alone = Workshop()
    head, _ = alone.do({"do": "clean", "max_pixels": 50_000_000, "max_pages": 30}, LARGEST[kind]())
    print(kind, alone.peak_kib // 1024, "MiB")
    assert head["pages"] in (1, 30)
    assert 0 < alone.peak_kib < 1024 * 1024
    alone.close()
