"""The web application: `granian --interface wsgi wsgi:app`."""

from backend import create_app

app = create_app()
