"""The story's page and buttons."""

from typing import Any, Literal

from flask import Response, current_app, render_template, request
from pydantic import BaseModel, ConfigDict

from .errors import BadAct
from .failing import MODES
from .messages import Openid
from .page import ensure_own_address, hold, parse, sandbox
from .story.cast import PICTURES
from .story.teller import STEPS, Teller, cast_shown

KEY = "sandbox_teller"
WAYS = {step.id for step in STEPS} | {"all"}


class Begin(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: str
    lang: Literal["", "zh", "en"] = ""


class Go(BaseModel):
    model_config = ConfigDict(extra="forbid")

    openid: Openid
    step: str


@sandbox.get("/story")
def story_page() -> Any:
    """The sandbox's page with the story in front."""
    return ensure_own_address() or render_template("sandbox/page.html", modes=MODES, cast=cast_shown(), tab="story")


@sandbox.post("/story")
def begin_story() -> Any:
    """Begin anew with one of the cast; this browser becomes their phone."""
    asked = parse(Begin, request.get_json())
    story = _teller().begin(asked.role, asked.lang)
    return hold(story.openid)


@sandbox.get("/story/<openid>")
def told_story(openid: str) -> Any:
    return _teller().told(openid)


@sandbox.post("/story/go")
def go_on() -> Any:
    asked = parse(Go, request.get_json())
    if asked.step not in WAYS:
        raise BadAct("step")
    _teller().start(asked.openid, asked.step)
    return _teller().told(asked.openid)


@sandbox.get("/story/<openid>/<kind>.jpg")
def specimen(openid: str, kind: str) -> Response:
    """A document of the person on this phone, to be sent or uploaded by hand."""
    if kind not in PICTURES:
        raise BadAct("kind")
    picture = _teller().character_of(openid).picture(kind)
    headers = {"Content-Disposition": f'inline; filename="{kind}.jpg"'}
    return Response(picture, mimetype="image/jpeg", headers=headers)


def _teller() -> Teller:
    return current_app.extensions[KEY]  # type: ignore[no-any-return]
