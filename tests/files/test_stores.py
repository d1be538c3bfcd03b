"""The treaty, kept by the folder and by S3 alike."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.config import Settings
from backend.files.errors import StoreDown
from backend.files.s3 import make_s3_store
from backend.files.service import make_store
from backend.files.stores import LocalStore, NoSuchBlob, Store

from .s3_stand_in import StandIn, standing_in

A, B, C = "0a" * 16, "0b" * 16, "f0" * 16


@pytest.fixture(scope="module")
def bucket() -> Iterator[StandIn]:
    with standing_in() as stand_in:
        yield stand_in


def s3_settings(url: str) -> Settings:
    key = SecretStr("k" * 20)
    return Settings(
        _env_file=None, files_s3_bucket="epolice", files_s3_url=url, files_s3_access_key=key, files_s3_secret_key=key
    )


@pytest.fixture(params=["folder", "s3"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, bucket: StandIn) -> Store:
    if request.param == "folder":
        return LocalStore(tmp_path / "uploads")
    bucket.blobs.clear()
    return make_store(s3_settings(bucket.url))


def test_what_is_put_is_got_and_removed(any_store: Store) -> None:
    any_store.put(A, b"one" * 100_000)
    any_store.put(B, b"")
    assert (any_store.get(A), any_store.get(B)) == (b"one" * 100_000, b"")
    any_store.put(A, b"two")
    assert any_store.get(A) == b"two"
    any_store.remove(A)
    with pytest.raises(NoSuchBlob):
        any_store.get(A)


def test_removing_what_is_not_there_is_no_fault(any_store: Store) -> None:
    any_store.remove(A)
    any_store.remove(A)


def test_names_are_listed_in_order_with_their_moment(any_store: Store) -> None:
    assert list(any_store.list()) == []
    for name in (C, A, B):
        any_store.put(name, b"x")
    listed = list(any_store.list())
    assert [entry.name for entry in listed] == [A, B, C]
    assert all(abs(datetime.now(UTC) - entry.changed_at) < timedelta(minutes=1) for entry in listed)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a" * 31, "A" * 32, "", "a" * 32 + "/x", "a" * 32 + "\n", f"{A}.part"]
)
def test_a_name_that_is_no_id_leads_nowhere(any_store: Store, name: str) -> None:
    for ask in (lambda: any_store.put(name, b"x"), lambda: any_store.get(name), lambda: any_store.remove(name)):
        with pytest.raises(ValueError, match="not a name"):
            ask()


def test_a_bucket_of_more_than_one_page_is_listed_whole(bucket: StandIn) -> None:
    bucket.blobs.clear()
    store = make_s3_store(s3_settings(bucket.url))
    names = [f"{number:032x}" for number in range(2500)]
    bucket.blobs.update({name: b"x" for name in names} | {"somebody/elses": b"x"})
    assert [entry.name for entry in store.list()] == names


def test_an_s3_store_that_does_not_answer_is_down() -> None:
    settings = s3_settings("http://127.0.0.1:9")
    with pytest.raises(StoreDown):
        make_s3_store(settings).get(A)


@pytest.mark.parametrize(
    ("url", "style"),
    [("", "virtual"), ("https://oss-cn-hangzhou.aliyuncs.com", "virtual"), ("http://minio:9000", "path")],
)
def test_a_bucket_is_named_where_its_store_wants_it(url: str, style: str) -> None:
    client = make_s3_store(s3_settings(url))._client
    assert client.meta.config.s3["addressing_style"] == style


def test_a_refused_request_is_told_as_down(bucket: StandIn) -> None:
    store = make_s3_store(s3_settings(bucket.url).model_copy(update={"files_s3_bucket": "forbidden"}))
    with pytest.raises(StoreDown):
        store.put(A, b"x")


def test_files_lie_two_folders_deep_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    LocalStore(tmp_path).put(A, b"x")
    path = tmp_path / "0a" / "0a" / A
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_put_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreDown):
        LocalStore(tmp_path).put(A, b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_half_written_file_is_listed_and_can_be_removed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put(A, b"x")
    left = tmp_path / "0a" / "0a" / f"{A}.{'1' * 12}.part"
    left.write_bytes(b"half")
    (tmp_path / ".gitkeep").touch()
    assert [entry.name for entry in store.list()] == [A, left.name]
    store.remove(left.name)
    assert [entry.name for entry in store.list()] == [A]


def test_threads_putting_side_by_side_all_succeed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    names = [f"00{number:030x}" for number in range(40)]
    threads = [threading.Thread(target=store.put, args=(name, name.encode())) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.get(entry.name).decode() for entry in store.list()] == names
