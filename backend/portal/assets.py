"""Style sheets and scripts: our own, and the few named files of npm packages.

Every address carries the file's version, so that a browser may keep it for a year.
"""

import json
from functools import cache
from pathlib import Path

from flask import Response, send_file, url_for

from ..config import ROOT
from ..errors import NotFound

OWN = Path(__file__).parent / "static"
PACKAGES = ROOT / "node_modules"
VENDOR = {
    "weui.css": ("weui", "dist/style/weui.min.css"),
    "htmx.js": ("htmx.org", "dist/htmx.min.js"),
}
YEAR_SECONDS = 365 * 24 * 3600


class NoSuchAsset(NotFound):
    """Not on the list, or `npm install` has not been run."""

    code = "portal.no_such_asset"


def send_vendor(name: str) -> Response:
    """Return the listed file of a package. Raises NoSuchAsset."""
    package, path = VENDOR.get(name, ("", ""))
    file = PACKAGES / package / path
    if not package or not file.is_file():
        raise NoSuchAsset
    response = send_file(file, max_age=YEAR_SECONDS)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def vendor_url(name: str) -> str:
    return url_for("portal.vendor", name=name, v=_package_version(VENDOR[name][0]))


def own_url(name: str) -> str:
    return url_for("portal.static", filename=name, v=f"{(OWN / name).stat().st_mtime_ns:x}")


@cache
def _package_version(package: str) -> str:
    try:
        text = (PACKAGES / package / "package.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return "missing"
    return str(json.loads(text)["version"])
