"""Smart e-Police (智慧e警务): the software behind a police bureau's public account.

`create_app` puts the rooms together; see the README for the map of the house.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Return the application. Without `settings` they come from the environment."""
    from .app import build  # noqa: PLC0415 - a tool that needs one room does not load the whole house

    return build(settings)
