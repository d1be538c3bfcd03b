"""The catalogue of matters: load, validate, look up, reload.

Knows the files under `knowledge/matters/` and the bureau's profile. Knows nothing
of questions asked, cases or people.
"""
