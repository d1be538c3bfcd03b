"""`flask accommodation`."""

from flask.cli import AppGroup

accommodation_cli = AppGroup("accommodation", help="Foreigners' accommodation.")
