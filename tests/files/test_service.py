from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text

from backend.config import Settings
from backend.db import db
from backend.errors import NotFound, Refusal
from backend.files import errors
from backend.files.errors import ContentLost, EmptyFile, FileRefused, NoSuchFile, NotPictureOrPdf, TooLarge
from backend.files.models import StoredFile
from backend.files.service import Files, get_file, make_files, shown_name
from backend.files.stores import LocalStore
from backend.files.workshop import Workshop

from .samples import jpeg_parts, pdf, picture


def stored(files: Files, data: bytes = b"", **more: str) -> StoredFile:
    return files.store(data or picture(), **({"owner": "citizen:1", "purpose": "passport"} | more))


def contents(settings: Settings) -> list[Path]:
    return [path for path in settings.files_dir.rglob("*") if path.is_file()]


def test_a_photo_comes_in_and_is_read_again(files: Files) -> None:
    file = stored(files, name="C:\\photos\\护照.jpg")
    db.session.commit()
    again = get_file(file.id)
    assert (again.owner, again.purpose, again.name, again.state) == ("citizen:1", "passport", "护照.jpg", "loose")
    assert (again.media_type, again.width, again.height, again.pages) == ("image/jpeg", 320, 240, 1)
    content = files.read(again)
    assert again.size_bytes == len(content)
    assert Image.open(BytesIO(content)).size == (320, 240)


def test_a_pdf_comes_in_and_its_pages_are_seen(files: Files) -> None:
    file = stored(files, pdf(2))
    assert (file.media_type, file.pages) == ("application/pdf", 2)
    seen = Image.open(BytesIO(files.picture(file, page=1, width=300, watermark="南湖派出所 330112")))
    assert seen.width == 300
    with pytest.raises(NotFound):
        files.picture(file, page=2)


def test_an_officer_sees_another_picture_than_is_kept(files: Files) -> None:
    file = stored(files, picture("JPEG", (1600, 1200)))
    plain, marked = files.picture(file, width=800), files.picture(file, width=800, watermark="南湖派出所 330112")
    assert plain != marked
    assert jpeg_parts(marked) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def test_nothing_in_clear_lies_in_the_store_or_the_database(files: Files, settings: Settings, tmp_path: Path) -> None:
    file = stored(files, name="ERIKSSON passport.jpg")
    db.session.commit()
    sealed = contents(settings)[0].read_bytes()
    clear = files.read(file)
    assert sealed.startswith(b"EPF1") and b"JFIF" not in sealed and clear[100:140] not in sealed
    assert b"ERIKSSON" not in b"".join(path.read_bytes() for path in tmp_path.glob("files.sqlite*"))


@pytest.mark.parametrize(
    ("data", "why"), [(b"", EmptyFile), (b"GIF89a", NotPictureOrPdf), (b"\xff\xd8\xff" + b"x" * 99, FileRefused)]
)
def test_a_refused_file_leaves_nothing_behind(
    files: Files, settings: Settings, data: bytes, why: type[Refusal]
) -> None:
    with pytest.raises(why):
        files.store(data, owner="citizen:1", purpose="passport")
    assert contents(settings) == []
    assert db.session.query(StoredFile).count() == 0


def test_a_file_above_the_limit_is_refused_with_the_limit_told(
    app: Flask, settings: Settings, workshop: Workshop, store: LocalStore
) -> None:
    small = settings.model_copy(update={"files_max_bytes": 1024 * 1024})
    with pytest.raises(TooLarge, match=r"不能超过 1 MB.*up to 1 MB"):
        Files(small, store, workshop).store(b"x" * (1024 * 1024 + 1), owner="citizen:1", purpose="passport")


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "a\0b.jpg", "..", "con", "x" * 5000, "\u202egpj.exe"],
)
def test_a_name_leads_nowhere(files: Files, settings: Settings, name: str, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file() and "uploads" not in path.parts}
    file = stored(files, name=name)
    assert {path for path in tmp_path.rglob("*") if path.is_file() and "uploads" not in path.parts} == before
    assert [path.name for path in contents(settings)] == [file.id]
    assert not {"/", "\\", "\0", "\u202e"} & set(file.name) and len(file.name) <= 100


@pytest.mark.parametrize(
    ("name", "shown"), [("a/b/护照.jpg", "护照.jpg"), ("..\\x.pdf", "x.pdf"), ("\u202egpj.exe\n", "gpj.exe"), ("", "")]
)
def test_a_name_is_shown_without_its_folders(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize("file_id", ["", "../x", "a" * 32, "A" * 32, "a" * 31 + "\0", "a" * 32 + "\n"])
def test_an_id_nobody_has_is_not_found(app: Flask, file_id: str) -> None:
    with pytest.raises(NoSuchFile):
        get_file(file_id)


def test_what_is_kept_stays_until_its_last_day(files: Files) -> None:
    file = stored(files)
    files.keep(file, until=date(2031, 1, 1))
    assert (file.state, file.delete_after_on) == ("kept", date(2031, 1, 1))
    files.keep(file)
    assert file.delete_after_on is None


def test_what_is_dropped_cannot_be_read_any_longer(files: Files) -> None:
    file = stored(files, name="x.jpg")
    files.keep(file)
    db.session.commit()
    files.drop(file)
    files.drop(file)
    db.session.commit()
    assert (file.wrapped_key, file.name) == (b"", "")
    for ask in (
        lambda: get_file(file.id),
        lambda: files.read(file),
        lambda: files.keep(file),
        lambda: files.picture(file),
    ):
        with pytest.raises(NoSuchFile):
            ask()


def test_a_drop_that_is_rolled_back_has_not_happened(files: Files) -> None:
    file = stored(files)
    db.session.commit()
    files.drop(file)
    db.session.rollback()
    assert files.read(get_file(file.id))


def test_what_was_swept_meanwhile_cannot_be_kept(files: Files) -> None:
    file = stored(files)
    db.session.commit()
    assert file.state == "loose"
    with db.engine.begin() as other:
        other.execute(text("UPDATE files_stored_file SET state = 'dropped'"))
    with pytest.raises(NoSuchFile):
        files.keep(file)


def test_contents_that_were_exchanged_are_noticed(files: Files, settings: Settings) -> None:
    first, second = stored(files), stored(files)
    paths = {path.name: path for path in contents(settings)}
    paths[first.id].write_bytes(paths[second.id].read_bytes())
    with pytest.raises(ContentLost):
        files.read(first)
    paths[first.id].unlink()
    with pytest.raises(ContentLost):
        files.read(first)
    assert files.fault_of(first) == "files.content_lost"
    assert files.fault_of(second) == ""


def test_what_we_made_ourselves_is_kept_byte_for_byte(files: Files) -> None:
    signed = pdf() + b"\n% a signature would break if a byte changed"
    file = files.store_made(signed, media_type="application/pdf", owner="system", purpose="form")
    assert files.read(file) == signed
    assert file.media_type == "application/pdf"


def test_the_settings_choose_the_store(settings: Settings) -> None:
    assert isinstance(make_files(settings)._store, LocalStore)


def test_every_refusal_has_a_code_of_its_own_and_speaks_both_languages() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind.__module__ == errors.__name__
    ]
    assert len({kind.code for kind in kinds}) == len(kinds) >= 15
    for kind in kinds:
        assert kind.code.startswith("files.")
        chinese, english = kind.says.split("。 ", 1)
        assert any("\u4e00" <= char <= "\u9fff" for char in chinese)
        assert english.isascii()
