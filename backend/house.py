"""What the rooms offer, gathered once a process: `house()` inside an application."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask, current_app

from .accommodation.service import Readings
from .config import Settings
from .consult.reply import Reply
from .consult.service import Consultant
from .files.service import Files, make_files
from .matters.service import Catalogue

if TYPE_CHECKING:
    from .accommodation.making import FormMaker

KEY = "epolice"


@dataclass
class House:
    """The services that live as long as the process."""

    settings: Settings
    catalogue: Catalogue
    fetch_photo: Callable[[str], bytes] | None = None  # what a citizen sent in the chat, by its id at WeChat
    heard: Callable[[str, Reply], None] = lambda _, __: None  # the ear of `editing`: what was asked

    @cached_property
    def consultant(self) -> Consultant:
        """Made at first use: commands that ask nothing need no model."""
        return Consultant(
            self.settings, self.catalogue, told=lambda said: print(said, file=sys.stderr), heard=self.heard
        )

    @cached_property
    def files(self) -> Files:
        """Raise BadSettings where a master key is missing or wrong."""
        return make_files(self.settings)

    @cached_property
    def readings(self) -> Readings:
        """The worker's: it starts the process that reads photos."""
        from .accommodation.reading.worker import Reader  # noqa: PLC0415 - only the worker reads

        return Readings(self.files, Reader())

    @cached_property
    def form_maker(self) -> "FormMaker":
        """The worker's: it holds the signing key."""
        from .accommodation.making import FormMaker  # noqa: PLC0415 - web processes neither draw nor sign

        return FormMaker(self.settings, self.files, self.catalogue)


def house(app: Flask | None = None) -> House:
    """Return the services of `app`, or of the application at work."""
    return (app or current_app).extensions[KEY]
