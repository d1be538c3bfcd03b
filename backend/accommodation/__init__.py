"""Foreigners' accommodation: what is special about it beside every other matter.

The passport is read from a photo (`reading/`), the station found from the address, the
statutory clock shown, a visit held, and the signed form issued (`form/`). The case
itself, its steps, due dates and timeline are `cases`'. Others import `service` only.
"""
