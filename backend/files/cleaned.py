"""What is kept of a file that was handed in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cleaned:
    """width, height: pixels; of a PDF, its first page in points."""

    data: bytes
    media_type: str
    width: int
    height: int
    pages: int = 1
