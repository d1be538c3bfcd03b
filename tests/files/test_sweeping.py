import os
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from backend.config import Settings
from backend.db import db
from backend.files.errors import StoreDown
from backend.files.models import StoredFile
from backend.files.service import Files
from backend.files.stores import LocalStore
from backend.files.sweeping import Sweeper, compare

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def stored(files: Files, *, age: timedelta = timedelta(0)) -> StoredFile:
    file = files.store_made(b"content", media_type="image/jpeg", owner="citizen:1", purpose="passport")
    file.created_at = NOW - age
    db.session.commit()
    return file


def contents(settings: Settings) -> list[Path]:
    return sorted(path for path in settings.files_dir.rglob("*") if path.is_file())


def grow_old(settings: Settings, age: timedelta) -> None:
    for path in contents(settings):
        os.utime(path, ((NOW - age).timestamp(),) * 2)


def ids() -> set[str]:
    found = {file.id for file in db.session.query(StoredFile)}
    db.session.rollback()
    return found


def test_what_was_never_kept_goes_after_a_day(files: Files, settings: Settings) -> None:
    young, old, kept = stored(files, age=23 * HOUR), stored(files, age=25 * HOUR), stored(files, age=25 * HOUR)
    young_id, old_id, kept_id = young.id, old.id, kept.id
    files.keep(kept)
    db.session.commit()
    assert files.sweep(NOW) == 1
    assert ids() == {young_id, kept_id}
    assert {path.name for path in contents(settings)} == {young_id, kept_id}
    assert old_id not in ids()


@pytest.mark.parametrize(("now", "stays"), [
    (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), True),  # still the 22nd in Shanghai
    (datetime(2026, 11, 22, 16, 1, tzinfo=UTC), False),
])  # fmt: skip
def test_what_was_kept_goes_when_its_last_day_in_shanghai_is_over(
    files: Files, settings: Settings, now: datetime, stays: bool
) -> None:
    file = stored(files)
    files.keep(file, until=date(2026, 11, 22))
    db.session.commit()
    files.sweep(now)
    assert bool(ids()) is stays
    assert bool(contents(settings)) is stays


def test_what_was_dropped_goes_with_the_next_sweep(files: Files, settings: Settings) -> None:
    file = stored(files)
    files.drop(file)
    db.session.commit()
    assert files.sweep(NOW) == 1
    assert (ids(), contents(settings)) == (set(), [])
    assert files.sweep(NOW) == 0


def test_more_than_one_step_is_swept_at_once(files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.files.sweeping.ROWS_A_STEP", 3)
    for _ in range(7):
        files.drop(stored(files))
    db.session.commit()
    assert files.sweep(NOW) == 7
    assert contents(settings) == []


def test_a_content_whose_row_never_came_goes_after_an_hour(files: Files, settings: Settings) -> None:
    files.store_made(b"content", media_type="image/jpeg", owner="citizen:1", purpose="passport")
    db.session.rollback()
    grow_old(settings, 0.9 * HOUR)
    assert compare(files._store, NOW).removed == 0
    grow_old(settings, 1.1 * HOUR)
    assert files.sweep(NOW) == 1
    assert contents(settings) == []


def test_a_half_written_content_goes_after_an_hour(files: Files, settings: Settings, store: LocalStore) -> None:
    file_id = stored(files, age=2 * HOUR).id
    whole = contents(settings)[0]
    whole.with_name(f"{file_id}.{'0' * 12}.part").write_bytes(b"half")
    grow_old(settings, 2 * HOUR)
    assert files.sweep(NOW) == 1
    assert contents(settings) == [whole]


def test_a_row_whose_content_is_gone_is_reported_and_left(files: Files, settings: Settings, store: LocalStore) -> None:
    there, gone, young = stored(files, age=2 * HOUR), stored(files, age=2 * HOUR), stored(files)
    for file in (gone, young):
        files.keep(file)
    gone_id = gone.id
    db.session.commit()
    for file in (gone, young):
        store.remove(file.id)
    found = compare(store, NOW)
    assert (found.removed, found.missing) == (0, [gone_id])
    assert there.id in ids() and gone_id in ids()


@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_store_and_table_are_compared_whole_however_long_the_steps(
    files: Files, settings: Settings, store: LocalStore, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.files.sweeping.NAMES_A_STEP", step)
    both = {stored(files, age=2 * HOUR).id for _ in range(4)}
    lost = {stored(files, age=2 * HOUR).id for _ in range(3)}
    orphans = [f"{number:032x}" for number in (0, 2**60, 2**127, 2**128 - 1)]
    for name in lost:
        store.remove(name)
    for name in orphans:
        store.put(name, b"x")
    grow_old(settings, 2 * HOUR)
    found = compare(store, NOW)
    assert (found.removed, set(found.missing)) == (len(orphans), lost)
    assert {entry.name for entry in store.list()} == both


def test_the_store_is_listed_once_an_hour_only(
    files: Files, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    listings: list[int] = []
    monkeypatch.setattr(
        "backend.files.sweeping.compare", lambda *_, **__: listings.append(1) or type("Found", (), {"removed": 0})
    )
    for minutes in (0, 1, 59, 60, 61, 121):
        files.sweep(NOW + timedelta(minutes=minutes))
    assert len(listings) == 3


def test_a_store_that_is_down_is_left_for_the_next_time(
    files: Files, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.drop(stored(files))
    db.session.commit()

    def down(_: str) -> None:
        raise StoreDown

    with monkeypatch.context() as broken:
        broken.setattr(LocalStore, "remove", lambda self, name: down(name))
        assert files.sweep(NOW) == 0
    assert len(ids()) == 1
    assert files.sweep(NOW) == 1


def test_two_sweepers_at_once_do_no_harm(files: Files, settings: Settings, store: LocalStore, app: Flask) -> None:
    kept = stored(files)
    files.keep(kept)
    kept_id = kept.id
    for _ in range(30):
        files.drop(stored(files))
    db.session.commit()
    failures: list[BaseException] = []

    def sweep() -> None:
        try:
            with app.app_context():
                Sweeper(store).sweep(NOW)
        except BaseException as fault:
            failures.append(fault)

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ids() == {kept_id}
    assert [path.name for path in contents(settings)] == [kept_id]


def test_a_file_kept_at_the_last_moment_is_not_swept(files: Files, settings: Settings) -> None:
    """The sweep's update looks at the state again when it comes to the row."""
    file = stored(files, age=25 * HOUR)
    db.session.execute(update(StoredFile).values(state="kept"))
    db.session.commit()
    files.sweep(NOW)
    assert files.read(file) == b"content"


def test_another_database_does_not_cost_all_files(files: Files, settings: Settings, store: LocalStore) -> None:
    """An empty database in front of a full store: nothing is removed until somebody says so."""
    for number in range(25):
        store.put(f"{number:032x}", b"x")
    grow_old(settings, 2 * HOUR)
    assert files.sweep(NOW) == 0
    assert len(contents(settings)) == 25
    assert compare(store, NOW, even_foreign=True).removed == 25
    assert contents(settings) == []
