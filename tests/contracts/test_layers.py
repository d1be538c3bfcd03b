"""design.md's layers, as pyproject.toml states them, hold; and the statement would notice a breach."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.config import ROOT

LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
BREACHES = {
    "a face imports another": ("portal/guide.py", "from ..wechat import wording"),
    "the floor below a face knows the request": ("consult/decide.py", "from flask import request"),
    "the catalogue reaches up": ("matters/reading.py", "from ..consult import reply"),
    "the sandbox takes a short cut": ("sandbox/phone.py", "from ..house import house"),
    "the account learns of the sandbox": ("wechat/push.py", "from ..sandbox import credentials"),
    "a web process loads scikit-learn": ("consult/model.py", "import sklearn"),
    "a room without a place": ("cellar/__init__.py", ""),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(LINT, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_dependencies_point_downward_only() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_noticed(tmp_path: Path, breach: str) -> None:
    path, line = BREACHES[breach]
    shutil.copytree(ROOT / "backend", tmp_path / "backend", ignore=shutil.ignore_patterns("__pycache__", "static"))
    target = tmp_path / "backend" / path
    target.parent.mkdir(exist_ok=True)
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(f"{before}\n{line}\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
