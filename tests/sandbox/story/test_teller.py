"""The story is begun, gone on with, held up and told."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.config import Settings
from backend.sandbox.errors import NoStory, StepFailed, StoryBusy
from backend.sandbox.store import Store
from backend.sandbox.story import teller as module
from backend.sandbox.story.teller import STEPS, Teller
from backend.sandbox.story.walk import Told, Walk
from tests.sandbox.conftest import SetClock

IDS = [step.id for step in STEPS]


class Script:
    """Steps that do what a test says; `done` keeps which were done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.faults: dict[str, Exception] = {}

    def step(self, name: str) -> Any:
        def do(walk: Walk) -> Told:
            if name in self.faults:
                raise self.faults[name]
            self.done.append(name)
            walk.story.cookies["officer"] = [["session", "secret", "/"]]
            return Told(state="done", says=f"{name} ok")

        return do


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Steps run at once, not beside the test."""

    class AtOnce:
        def __init__(self, target: Any, args: Any, daemon: bool):
            self.start = lambda: target(*args)

    script = Script()
    monkeypatch.setattr(module, "threading", SimpleNamespace(Thread=AtOnce))
    monkeypatch.setattr(module, "STEPS", tuple(replace(step, do=script.step(step.id)) for step in STEPS))
    return script


@pytest.fixture
def teller(store: Store, clock: SetClock, settings: Settings) -> Teller:
    nobody: Any = None
    return Teller(store, nobody, nobody, clock, settings, holder="sandbox_phone")


def states(teller: Teller, openid: str) -> dict[str, str]:
    return {row["id"]: row["state"] for row in teller.told(openid)["steps"] if row["state"]}


def test_a_step_is_done_and_told_without_anybodys_cookies(teller: Teller, script: Script) -> None:
    openid = teller.begin("kim").openid
    teller.start(openid, "ask")
    told = teller.told(openid)
    assert states(teller, openid) == {"ask": "done"} and script.done == ["ask"]
    assert told["who"]["name"] == "SEO YEON KIM" and "secret" not in json.dumps(told)


def test_all_goes_to_the_end_and_does_nothing_twice(teller: Teller, script: Script) -> None:
    openid = teller.begin("dupont").openid
    teller.start(openid, "ask")
    teller.start(openid, "all")
    assert script.done == IDS
    teller.start(openid, "all")
    assert script.done == IDS


def test_a_step_that_fails_holds_the_rest_up_and_says_why(teller: Teller, script: Script) -> None:
    openid = teller.begin("kim").openid
    script.faults["fill"] = StepFailed("验证码短信没有来。")
    teller.start(openid, "all")
    rows = {row["id"]: row for row in teller.told(openid)["steps"]}
    assert (rows["fill"]["state"], rows["fill"]["says"], rows["submit"]["state"]) == (
        "failed",
        "验证码短信没有来。",
        "",
    )
    script.faults.clear()
    teller.start(openid, "all")
    assert script.done == IDS


def test_a_fault_of_the_sandbox_itself_is_told_too(teller: Teller, script: Script) -> None:
    openid = teller.begin("kim").openid
    script.faults["ask"] = KeyError("x")
    teller.start(openid, "ask")
    assert "KeyError" in teller.told(openid)["steps"][0]["says"]


def test_two_steps_at_once_are_refused_until_the_first_is_given_up(
    teller: Teller, script: Script, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    openid = teller.begin("kim").openid
    monkeypatch.setattr(module, "threading", SimpleNamespace(Thread=lambda **_: SimpleNamespace(start=lambda: None)))
    teller.start(openid, "ask")
    assert states(teller, openid) == {"ask": "running"}
    with pytest.raises(StoryBusy):
        teller.start(openid, "photos")
    clock.sleep(module.STUCK_SECONDS)
    teller.start(openid, "photos")


def test_a_phone_without_a_story_has_no_steps(teller: Teller, script: Script) -> None:
    assert teller.told("oSandbox" + "e5" * 10) == {"steps": []}
    with pytest.raises(NoStory):
        teller.start("oSandbox" + "e5" * 10, "ask")


def test_waiting_ends_with_a_reason(teller: Teller, clock: SetClock, settings: Settings) -> None:
    story, nobody = teller.begin("kim"), SimpleNamespace()
    walk = Walk(story, settings.public_url, Path("."), clock, nobody, nobody, "sandbox_phone")  # type: ignore[arg-type]
    found = iter(["", "", "there"])
    assert walk.wait_for(lambda: next(found), 10, "never") == "there"
    with pytest.raises(StepFailed) as caught:
        walk.wait_for(lambda: None, 10, "一直没有来")
    assert caught.value.says == "一直没有来"


def test_the_page_begins_goes_on_and_shows_documents(client: FlaskClient, script: Script) -> None:
    begun = client.post("/sandbox/story", json={"role": "nguyen"})
    openid = begun.get_json()["openid"]
    assert f"sandbox_phone={openid}" in begun.headers["Set-Cookie"]
    told = client.post("/sandbox/story/go", json={"openid": openid, "step": "ask"}).get_json()
    assert told["steps"][0]["state"] == "done"
    assert client.get(f"/sandbox/story/{openid}").get_json() == told
    assert client.get(f"/sandbox/story/{openid}/passport.jpg").data.startswith(b"\xff\xd8\xff")
    assert client.get("/sandbox/story").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [("", {}), ("", {"role": "kim", "lang": "xx"}), ("/go", {"openid": "o", "step": "ask"}), ("/go", {"step": "ask"})],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, path: str, body: dict[str, str]) -> None:
    assert client.post(f"/sandbox/story{path}", json=body).status_code == 400


def test_an_unknown_step_or_document_is_refused(client: FlaskClient, script: Script) -> None:
    openid = client.post("/sandbox/story", json={"role": "kim"}).get_json()["openid"]
    assert client.post("/sandbox/story/go", json={"openid": openid, "step": "fly"}).status_code == 400
    assert client.get(f"/sandbox/story/{openid}/cheque.jpg").status_code == 400
