"""Who did something, as the audit trail writes it down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """kind: "citizen", "officer" or "system"; unit: the officer's."""

    kind: str
    id: int
    unit: str = ""


SYSTEM = Actor("system", 0)
