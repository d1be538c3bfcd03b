"""What the rooms offer, gathered once a process: `house()` inside an application."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app

from .config import Settings

if TYPE_CHECKING:
    from .consult.service import Consultant
    from .matters.service import Catalogue

KEY = "epolice"


@dataclass
class House:
    """The services that live as long as the process."""

    settings: Settings
    catalogue: "Catalogue"
    consultant: "Consultant"


def house(app: Flask | None = None) -> House:
    """Return the services of `app`, or of the application at work."""
    return (app or current_app).extensions[KEY]
