"""What the READMEs tell people to type exists."""

import re
from pathlib import Path

import click
import pytest
from flask.cli import FlaskGroup

from backend import create_app
from backend.config import ROOT, Settings

READMES = ["README.md", "README.zh.md"]
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
FLASK = re.compile(
    r"\bflask (?:--app backend )?((?:consult|knowledge|wechat|db|accommodation|officers|audit|files|outbox)(?: [a-z][a-z-]*)+)"
)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)\s]+)\)")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)


def code_of(readme: str) -> str:
    """Return what stands in code, where commands are; prose may say “make sure”."""
    return "\n".join(CODE.findall((ROOT / readme).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> click.Group:
    data = tmp_path_factory.mktemp("data")
    app = create_app(Settings(_env_file=None, data_dir=data, wechat_app_id="", log_level="ERROR"))
    group = FlaskGroup(create_app=lambda: app)
    for command in app.cli.commands.values():
        group.add_command(command)
    return group


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_exists(readme: str) -> None:
    named = set(MAKE.findall(code_of(readme)))
    assert {"run", "test"} <= named
    assert named <= set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


@pytest.mark.parametrize("readme", READMES)
def test_every_flask_command_exists(readme: str, commands: click.Group) -> None:
    named = FLASK.findall(code_of(readme))
    assert named
    assert [words for words in named if not _leads_to_a_command(commands, words.split())] == []


def _leads_to_a_command(group: click.Group, words: list[str]) -> bool:
    step: click.Command | None = group
    for word in words:
        if not isinstance(step, click.Group):
            return True  # the rest are arguments
        step = step.commands.get(word)
    return step is not None and not isinstance(step, click.Group)


@pytest.mark.parametrize("readme", READMES)
def test_every_file_that_is_linked_exists(readme: str) -> None:
    linked = LINK.findall((ROOT / readme).read_text(encoding="utf-8"))
    assert linked
    assert [path for path in linked if not (ROOT / path.split("#")[0]).exists()] == []


def test_both_languages_have_the_same_sections() -> None:
    english, chinese = ([len(h) for h in HEADING.findall(CODE.sub("", _text(r)))] for r in READMES)
    assert english == chinese


@pytest.mark.parametrize("picture", sorted(p.name for p in Path(ROOT, "docs", "images").glob("*")))
def test_pictures_are_small_and_shown_in_both_languages(picture: str) -> None:
    assert Path(ROOT, "docs", "images", picture).stat().st_size <= 150 * 1024
    assert all(f"docs/images/{picture}" in _text(readme) for readme in READMES)


def _text(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")
