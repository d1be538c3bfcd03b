"""The made-up account: made once, the same for every process, for the owner's eyes only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.config import BadSettings, Settings
from backend.sandbox.credentials import provide


def settings_in(folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **more)  # type: ignore[call-arg]


def test_a_new_folder_gets_a_complete_account(tmp_path: Path) -> None:
    made = provide(settings_in(tmp_path))
    assert made.wechat_app_id.startswith("wxsandbox")
    assert len(made.wechat_aes_key.get_secret_value()) == 43
    assert len(made.secret_key.get_secret_value()) >= 32
    assert made.wechat_token.get_secret_value()
    assert made.wechat_api_url == "http://127.0.0.1:8000/sandbox/tencent"
    assert made.sandbox


def test_the_completed_settings_pass_their_own_validation(tmp_path: Path) -> None:
    made = provide(settings_in(tmp_path))
    Settings.model_validate(made.model_dump())


def test_a_second_start_gets_the_same_account(tmp_path: Path) -> None:
    assert provide(settings_in(tmp_path)) == provide(settings_in(tmp_path))


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: provide(settings_in(tmp_path)), range(64)))
    assert len({m.wechat_app_id for m in made}) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["sandbox.json"]


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    provide(settings_in(tmp_path))
    assert stat.S_IMODE((tmp_path / "sandbox.json").stat().st_mode) == 0o600


def test_a_configured_secret_key_is_kept(tmp_path: Path) -> None:
    made = provide(settings_in(tmp_path, secret_key=SecretStr("k" * 40)))
    assert made.secret_key.get_secret_value() == "k" * 40


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"app_id": 1}', "\x00"])
def test_a_broken_file_stops_the_start_and_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "sandbox.json").write_text(content)
    with pytest.raises(BadSettings, match=r"sandbox\.json"):
        provide(settings_in(tmp_path))


def test_real_credentials_close_the_sandbox(tmp_path: Path) -> None:
    real = settings_in(
        tmp_path,
        wechat_app_id="wx0123456789abcdef",
        wechat_app_secret=SecretStr("s"),
        wechat_token=SecretStr("t"),
        secret_key=SecretStr("k" * 32),
    )
    assert not real.sandbox
