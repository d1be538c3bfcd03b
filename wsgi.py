"""The web application: `granian --interface wsgi wsgi:app`."""

from backend import create_app
from backend.app import open_doors

app = create_app()
open_doors(app)
