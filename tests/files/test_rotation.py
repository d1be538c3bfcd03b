import pytest

from backend.config import Settings
from backend.db import db
from backend.files.errors import ContentLost
from backend.files.models import StoredFile
from backend.files.rotation import Rotated
from backend.files.service import Files, get_file
from backend.files.stores import LocalStore
from backend.files.workshop import Workshop

from .room import new_master


def stored(files: Files, count: int) -> list[str]:
    made = [
        files.store_made(b"content", media_type="image/jpeg", owner="system", purpose="form").id for _ in range(count)
    ]
    db.session.commit()
    return made


@pytest.fixture
def rotated_settings(settings: Settings) -> Settings:
    old = settings.files_master_key.get_secret_value()
    return Settings(
        _env_file=None, files_dir=settings.files_dir, files_master_key=new_master(), files_previous_master_key=old
    )


@pytest.fixture
def after(files: Files, rotated_settings: Settings, store: LocalStore, workshop: Workshop) -> Files:
    """The same house after a restart with a new master key and the old one beside it."""
    return Files(rotated_settings, store, workshop)


def test_both_keys_work_until_all_are_wrapped_anew_then_the_old_one_is_not_needed(
    files: Files, after: Files, rotated_settings: Settings, store: LocalStore, workshop: Workshop
) -> None:
    old_ids = stored(files, 5)
    new_ids = stored(after, 2)
    assert all(after.read(get_file(file_id)) == b"content" for file_id in old_ids + new_ids)
    assert after.rotate_keys() == Rotated(done=5, unreadable=0)
    assert after.rotate_keys() == Rotated(done=0, unreadable=0)
    db.session.expire_all()
    alone = Files(
        rotated_settings.model_copy(
            update={"files_previous_master_key": rotated_settings.files_previous_master_key.__class__("")}
        ),
        store,
        workshop,
    )
    assert all(alone.read(get_file(file_id)) == b"content" for file_id in old_ids + new_ids)
    with pytest.raises(ContentLost):
        files.read(get_file(old_ids[0]))


def test_a_rotation_that_was_stopped_goes_on_where_it_was(
    files: Files, after: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(files, 7)
    monkeypatch.setattr("backend.files.rotation.ROWS_A_STEP", 2)
    wrapped: list[str] = []
    honest = after._keyring.wrap

    def until_the_fifth(key: bytes, file_id: str) -> bytes:
        wrapped.append(file_id)
        if len(wrapped) == 5:
            raise KeyboardInterrupt
        return honest(key, file_id)

    monkeypatch.setattr(after._keyring, "wrap", until_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        after.rotate_keys()
    db.session.rollback()
    monkeypatch.setattr(after._keyring, "wrap", honest)
    assert after.rotate_keys() == Rotated(done=3, unreadable=0)
    assert {file.key_id for file in db.session.query(StoredFile)} == {after._keyring.current_id}


def test_files_of_a_forgotten_key_are_counted_and_left(
    files: Files, settings: Settings, store: LocalStore, workshop: Workshop
) -> None:
    [file_id] = stored(files, 1)
    forgot = Files(
        Settings(_env_file=None, files_dir=settings.files_dir, files_master_key=new_master()), store, workshop
    )
    assert forgot.rotate_keys() == Rotated(done=0, unreadable=1)
    assert files.read(get_file(file_id)) == b"content"


def test_what_was_dropped_is_passed_over(files: Files, after: Files) -> None:
    [file_id] = stored(files, 1)
    files.drop(get_file(file_id))
    db.session.commit()
    assert after.rotate_keys() == Rotated(done=0, unreadable=0)
