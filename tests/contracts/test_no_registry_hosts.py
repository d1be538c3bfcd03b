"""No file names a package registry: where packages come from is the machine's own setting.

A bureau's network has its own mirror, or none; a host written into a file would go round it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pathspec

from backend.config import ROOT

# In halves, so that this file does not name them either.
HOSTS = [
    f"{name}.{ending}"
    for name, ending in (
        ("pypi", "org"), ("pythonhosted", "org"), ("registry.npmjs", "org"), ("registry.npmmirror", "com"),
        ("registry.yarnpkg", "com"), ("npm.taobao", "org"), ("static.crates", "io"), ("index.crates", "io"),
        ("rubygems", "org"), ("proxy.golang", "org"), ("tuna.tsinghua", "edu.cn"), ("mirrors.aliyun", "com"),
        ("mirrors.ustc", "edu.cn"), ("deb.debian", "org"),
    )
]  # fmt: skip


def own_files() -> Iterator[Path]:
    """Yield what git would track: everything `.gitignore` does not name."""
    ignored = pathspec.GitIgnoreSpec.from_lines((ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [f for f in folders if f != ".git" and not ignored.match_file(f"{here / f}/")]
        yield from (ROOT / here / name for name in names if not ignored.match_file(here / name))


def hosts_in(text: str) -> list[str]:
    return [host for host in HOSTS if host in text.lower()]


def test_no_file_names_a_package_registry() -> None:
    files = list(own_files())
    assert ROOT / "requirements.txt" in files
    named = {str(f): hosts for f in files if (hosts := hosts_in(f.read_bytes().decode("utf-8", "ignore")))}
    assert named == {}


def test_a_named_registry_is_noticed() -> None:
    assert hosts_in("--index-url https://" + "PyPI" + ".org/simple") == HOSTS[:1]
