"""The knowledge as a ZIP: what goes out comes back the same; hostile ZIPs change nothing."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from backend.editing import archive
from backend.editing.archive import export_knowledge, import_knowledge, read_archive
from backend.editing.cli import export_command, import_command
from backend.editing.errors import BadArchive
from backend.matters.faults import Fault
from tests.conftest import DAY
from tests.factories import write_knowledge

BANK = "matters/public-order/dog-licence.questions.tsv"
FILE = "matters/public-order/dog-licence.yaml"


@pytest.fixture
def zipped(knowledge: Path, tmp_path: Path) -> Path:
    export_knowledge(knowledge, tmp_path / "k.zip")
    return tmp_path / "k.zip"


def state(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def put(tmp_path: Path, *entries: tuple[str, bytes]) -> Path:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return path


def bring(knowledge: Path, tmp_path: Path, source: Path) -> tuple[int, list[Fault]]:
    return import_knowledge(knowledge, tmp_path / "data", source, DAY)


def test_what_goes_out_comes_back_the_same(knowledge: Path, zipped: Path, tmp_path: Path) -> None:
    before = state(knowledge)
    assert bring(knowledge, tmp_path, zipped) == (0, [])
    (knowledge / FILE).write_text(
        (knowledge / FILE).read_text(encoding="utf-8").replace("简介", "新简介"), encoding="utf-8"
    )
    (knowledge / BANK).unlink()
    assert bring(knowledge, tmp_path, zipped) == (2, [])
    assert state(knowledge) == before


def test_the_same_knowledge_gives_the_same_zip(knowledge: Path, zipped: Path, tmp_path: Path) -> None:
    assert (
        export_knowledge(write_knowledge(tmp_path / "again"), tmp_path / "2.zip")
        == len(read_archive(zipped))
        == len(state(knowledge))
    )
    assert (tmp_path / "2.zip").read_bytes() == zipped.read_bytes()


@pytest.mark.parametrize(
    "name",
    ["../evil.yaml", "/etc/evil.yaml", "matters/../../evil.yaml", "matters/x/../../../evil.yaml", "C:\\evil.yaml", "matters/public-order/.hidden.yaml",
     "matters/a/b/c.yaml", "conversation/evil.py", "Makefile", "matters/public-order/dog-licence.yaml\x00.txt", "..\\..\\evil.yaml", "a" * 300 + ".yaml/x"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(knowledge: Path, tmp_path: Path, name: str) -> None:
    before = state(knowledge)
    made = tmp_path / "made.zip"
    with zipfile.ZipFile(made, "w") as writing:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        writing.writestr(entry, b"x: 1\n")
    if "\x00" in name:  # readers cut the name there: what is left is an ordinary one with bad content
        assert bring(knowledge, tmp_path, made)[1]
    else:
        with pytest.raises(BadArchive):
            bring(knowledge, tmp_path, made)
    assert state(knowledge) == before and not list(tmp_path.glob("evil*"))


def test_a_bomb_is_not_unpacked(knowledge: Path, tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="too large"):
        read_archive(put(tmp_path, (BANK, b"0" * (archive.MOST_BYTES_A_FILE + 1))))


def test_many_middling_files_are_a_bomb_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    with pytest.raises(BadArchive, match="too large"):
        read_archive(put(tmp_path, ("matters/a/a.yaml", b"0" * 600), ("matters/a/b.yaml", b"0" * 600)))
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    with pytest.raises(BadArchive, match="more than 1"):
        read_archive(put(tmp_path, ("matters/a/a.yaml", b""), ("matters/a/b.yaml", b"")))


def test_a_size_that_lies_is_no_way_in(tmp_path: Path) -> None:
    made = put(tmp_path, (BANK, b"0" * 200_000))
    data = made.read_bytes()
    made.write_bytes(data.replace(struct.pack("<I", 200_000), struct.pack("<I", 10)))
    with pytest.raises(BadArchive):
        read_archive(made)


def test_a_link_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "made.zip"
    with zipfile.ZipFile(made, "w") as writing:
        entry = zipfile.ZipInfo("bureau.yaml")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        writing.writestr(entry, "/etc/passwd")
    with pytest.raises(BadArchive, match="link"):
        read_archive(made)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="twice"):
        read_archive(put(tmp_path, ("bureau.yaml", b"a"), ("bureau.yaml", b"b")))


@pytest.mark.parametrize("data", [b"\xff\xfe", "lang\tquestion\taspect\nzh\t狗\tfee\n".encode("gb18030")])
def test_what_is_not_utf8_is_refused(knowledge: Path, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadArchive, match="UTF-8"):
        bring(knowledge, tmp_path, put(tmp_path, (BANK, data)))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all" * 100])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(BadArchive):
        read_archive(tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        (FILE, b"id: [", FILE), (BANK, b"lang\tquestion\taspect\nzh\tx\tprice\n", BANK), ("bureau.yaml", b"name: 1", "bureau.yaml"),
        ("conversation/chitchat.questions.tsv", b"broken", "bureau.yaml"), ("matters/public-order/other.yaml", b"id: other", "matters/public-order/other.yaml"),
        (BANK, "lang\tquestion\taspect\nzh\t身份证换领是什么\toverview\n".encode(), BANK),
    ],
)  # fmt: skip
def test_with_a_fault_nothing_at_all_is_replaced(
    knowledge: Path, tmp_path: Path, name: str, data: bytes, where: str
) -> None:
    before = state(knowledge)
    good = (knowledge / "catalogue.tsv").read_bytes() + b"x\tpublic-order\tX\t\xe8\xae\xb8\xe5\x8f\xaf\tfull-online\n"
    changed, faults = bring(knowledge, tmp_path, put(tmp_path, ("catalogue.tsv", good), (name, data)))
    assert changed == 0 and where in [f.path.as_posix() for f in faults]
    assert state(knowledge) == before


def test_a_disk_that_fails_half_way_leaves_the_old_files(
    knowledge: Path, zipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (FILE, BANK):
        (knowledge / name).write_bytes((knowledge / name).read_bytes() + b"\n")
    before = state(knowledge)
    real, calls = archive.write_whole, []

    def failing(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(archive, "write_whole", failing)
    with pytest.raises(OSError, match="No space"):
        bring(knowledge, tmp_path, zipped)
    assert state(knowledge) == before


def test_the_commands_export_import_and_refuse(
    app: Flask, knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOLICE_KNOWLEDGE_DIR", str(knowledge))
    monkeypatch.setenv("EPOLICE_DATA_DIR", str(tmp_path / "data"))
    runner, target = app.test_cli_runner(), str(tmp_path / "out.zip")
    assert "files" in runner.invoke(export_command, [target]).output
    (knowledge / BANK).unlink()
    assert runner.invoke(import_command, [target]).output == "1 files changed\n"
    bad = runner.invoke(import_command, [str(put(tmp_path, (FILE, b"id: [")))])
    assert bad.exit_code == 1 and "nothing changed" in bad.output
    assert "is no knowledge file" in runner.invoke(import_command, [str(put(tmp_path, ("../x.yaml", b"")))]).output
