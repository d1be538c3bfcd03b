"""The worker: `huey_consumer backend.worker.huey`. It does what must not keep a citizen waiting."""

from . import create_app
from .house import house
from .jobs import jobs_of

app = create_app()
_ = house(app).files  # a wrong master key stops the start
huey = jobs_of(app).huey
