"""Pictures of obviously made-up documents, drawn at run time: the sandbox's passports, the tests' and the bench's.

Imports nothing else of the product, and draws with Pillow only.
"""

from .drawing import CJK, MONO, OCR_B, Look, document
from .leases import LeaseText, lease_page
from .mrz import FORMATS, digit, expected, plain, zone
from .people import NATIONS, Person, people
from .spoil import KINDS, spoil

__all__ = [
    "CJK",
    "FORMATS",
    "KINDS",
    "MONO",
    "NATIONS",
    "OCR_B",
    "LeaseText",
    "Look",
    "Person",
    "digit",
    "document",
    "expected",
    "lease_page",
    "people",
    "plain",
    "spoil",
    "zone",
]
