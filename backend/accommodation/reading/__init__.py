"""What a photo of a travel document says: its machine-readable zone, found, repaired, and proven by check digits.

`reader.read_picture` reads one picture; `worker.Reader` does it in a child process with bounded
memory and time. Nothing here knows the database or the web.
"""
