"""`flask outbox …`: what an operator sees and sets right."""

from collections.abc import Callable

import pytest
from click.testing import Result

from backend.jobs import KEY, Jobs
from backend.notify.cli import init_notify
from tests.notify.providers import World


class StandInJobs(dict):
    add = dict.__setitem__

    def signal(self, name: str) -> None:
        pass


@pytest.fixture
def run(world: World) -> Callable[..., Result]:
    jobs: Jobs = StandInJobs()  # type: ignore[assignment]
    world.app.extensions[KEY] = jobs
    init_notify(world.app, world.notifier())
    assert set(jobs) == {"deliver", "receipts", "forget_messages"}  # type: ignore[call-overload]
    return lambda *args: world.app.test_cli_runner().invoke(args=["outbox", *args])


def test_deliver_sends_what_is_due(world: World, run: Callable[..., Result]) -> None:
    from backend.clock import utc_now

    world.now = utc_now()
    world.tell(urgent=True)
    assert "1 messages looked at" in run("deliver").output
    assert world.row.state == "sent"


def test_failed_ones_are_shown_without_anything_personal_and_tried_again(
    world: World, run: Callable[..., Result]
) -> None:
    world.tell(key="good")
    world.deliver()
    for provider in (world.customer, world.template, world.sms):
        provider.plan = ["permanent"]
    world.tell(key="bad", link="/my/cases/SECRET7")
    world.deliver()
    assert len(run("show").output.splitlines()) == 2
    (line,) = run("show", "--failed").output.splitlines()
    assert "citizen:1" in line and "given_up" in line
    assert not any(told in line for told in ("oWei", "1380000", "SECRET7", "N1"))
    bad = line.split("\t")[0]
    assert "waits again" in run("retry", bad).output
    world.deliver()
    assert {row.state for row in world.rows()} == {"sent"}


@pytest.mark.parametrize("message_id", ["1", "99"])
def test_only_what_was_given_up_is_tried_again(world: World, run: Callable[..., Result], message_id: str) -> None:
    world.tell()
    result = run("retry", message_id)
    assert result.exit_code == 1
    assert "不能重发" in result.output


def test_preview(run: Callable[..., Result]) -> None:
    assert "Number 〔number〕" in run("preview", "important", "--lang", "en").output
    assert "no_such_notice" in run("preview", "none").output
