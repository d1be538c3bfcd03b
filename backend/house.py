"""What the rooms offer, gathered once a process: `house()` inside an application."""

import sys
from dataclasses import dataclass
from functools import cached_property

from flask import Flask, current_app

from .config import Settings
from .consult.service import Consultant
from .matters.service import Catalogue

KEY = "epolice"


@dataclass
class House:
    """The services that live as long as the process."""

    settings: Settings
    catalogue: Catalogue

    @cached_property
    def consultant(self) -> Consultant:
        """Made at first use: commands that ask nothing need no model."""
        return Consultant(self.settings, self.catalogue, told=lambda said: print(said, file=sys.stderr))


def house(app: Flask | None = None) -> House:
    """Return the services of `app`, or of the application at work."""
    return (app or current_app).extensions[KEY]
