"""A setting that is not documented, or documented otherwise than it is, fails here."""

import os
import re
from pathlib import Path

import pytest

from backend.config import ROOT, Settings
from tests.contracts.settings_text import default_text, env_example, variable

ROW = re.compile(r"^\| `(EPOLICE_[A-Z0-9_]+)` \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
HAN = re.compile(r"[\u4e00-\u9fff]")


def table_of(readme: str) -> dict[str, tuple[str, str]]:
    """Return variable → (default, meaning); each may stand once."""
    rows = ROW.findall((ROOT / readme).read_text(encoding="utf-8"))
    assert len(rows) == len({name for name, _, _ in rows})
    return {name: (default.strip().strip("`"), meaning.strip()) for name, default, meaning in rows}


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_lists_exactly_the_settings_with_their_defaults(readme: str) -> None:
    written = {name: default for name, (default, _) in table_of(readme).items()}
    assert written == {variable(n): default_text(f) for n, f in Settings.model_fields.items()}


def test_the_english_readme_gives_each_setting_its_own_help() -> None:
    written = {name: meaning for name, (_, meaning) in table_of("README.md").items()}
    assert written == {variable(n): f.description for n, f in Settings.model_fields.items()}


def test_the_chinese_readme_explains_each_setting_in_chinese() -> None:
    assert [name for name, (_, meaning) in table_of("README.zh.md").items() if not HAN.search(meaning)] == []


def test_env_example_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example()


def test_env_example_with_every_line_switched_on_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in os.environ if n.startswith("EPOLICE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)
    switched_on = tmp_path / "env"
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    switched_on.write_text(re.sub(r"^#(EPOLICE_)", r"\1", example, flags=re.MULTILINE), encoding="utf-8")
    loaded, plain = Settings(_env_file=switched_on), Settings(_env_file=None)
    for name in Settings.model_fields:
        ours, default = getattr(loaded, name), getattr(plain, name)
        assert (ours.resolve() if isinstance(ours, Path) else ours) == default, name
