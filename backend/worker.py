"""The worker: `huey_consumer backend.worker.huey`. It does what must not keep a citizen waiting."""

from . import create_app
from .jobs import jobs_of

app = create_app()
huey = jobs_of(app).huey
