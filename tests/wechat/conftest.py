"""The account in a small application of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.wechat.service import KEY as ACCOUNT
from tests.wechat.tencent import SetClock, StandInConsultant, Tencent, World, build_app, logged, some_settings


@pytest.fixture
def consultant() -> StandInConsultant:
    return StandInConsultant()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def make_world(
    tmp_path: Path, consultant: StandInConsultant, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., World]:
    """Build the application with some settings changed; no sweeper runs beside a test."""

    def make(**changed: Any) -> World:
        monkeypatch.setattr("backend.wechat.service.SystemClock", lambda: clock)
        app = build_app(some_settings(tmp_path, **changed), consultant)
        monkeypatch.setattr(app.extensions[ACCOUNT], "sweep", lambda: None)
        return World(app, Tencent(app.test_client(), clock), consultant, clock)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def tencent(world: World) -> Tencent:
    return world.tencent


@pytest.fixture
def events() -> Iterator[list[Any]]:
    """What is logged while the test runs."""
    with logged() as gathered:
        yield gathered
