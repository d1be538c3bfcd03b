"""The pages' own style sheet and script, each address with the file's version."""

from pathlib import Path

from flask import url_for

OWN = Path(__file__).parent / "static"


def own_url(name: str) -> str:
    return url_for("console.static", filename=name, v=f"{(OWN / name).stat().st_mtime_ns:x}")
