from flask import Flask

from backend.config import Settings
from backend.db import db
from backend.files.models import StoredFile
from backend.files.service import Files
from backend.files.stores import LocalStore
from backend.files.workshop import Workshop
from backend.house import house

from .room import new_master


def stored(files: Files) -> str:
    file_id = files.store_made(b"content", media_type="image/jpeg", owner="system", purpose="form").id
    db.session.commit()
    return file_id


def run(app: Flask, command: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["files", command])
    return done.exit_code, done.output


def test_check_finds_nothing_wrong_with_whole_files(app: Flask, files: Files) -> None:
    stored(files)
    assert run(app, "check") == (0, "检查了 1 个文件，0 个有问题。\n")


def test_check_names_what_is_gone_and_what_is_not_what_was_stored(app: Flask, files: Files, store: LocalStore) -> None:
    whole, gone, other = stored(files), stored(files), stored(files)
    store.remove(gone)
    db.session.query(StoredFile).filter_by(id=other).update({"sha256": "0" * 64})
    db.session.commit()
    code, said = run(app, "check")
    assert code == 1
    assert f"{gone}\tfiles.content_lost" in said and f"{other}\tsha256" in said and whole not in said
    assert "检查了 3 个文件，2 个有问题。" in said


def test_check_looks_at_every_file_however_many(app: Flask, files: Files, monkeypatch: object) -> None:
    for _ in range(103):
        stored(files)
    assert "检查了 103 个文件" in run(app, "check")[1]


def test_sweep_tells_how_many(app: Flask, files: Files) -> None:
    files.drop(db.session.get_one(StoredFile, stored(files)))
    db.session.commit()
    assert run(app, "sweep") == (0, "清理了 1 个文件。\n")


def test_rotate_key_tells_how_many_and_which_it_could_not(
    app: Flask, files: Files, settings: Settings, store: LocalStore, workshop: Workshop
) -> None:
    stored(files)
    old = settings.files_master_key.get_secret_value()
    changed = Settings(_env_file=None, files_master_key=new_master(), files_previous_master_key=old)
    house(app).files = Files(changed, store, workshop)  # type: ignore[attr-defined]
    assert run(app, "rotate-key") == (0, "1 个文件已换用新的主密钥。\n")
    house(app).files = Files(Settings(_env_file=None, files_master_key=new_master()), store, workshop)  # type: ignore[attr-defined]
    code, said = run(app, "rotate-key")
    assert code == 1 and "1 个文件的主密钥不在配置里" in said
