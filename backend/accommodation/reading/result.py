"""What reading a picture gives."""

from dataclasses import dataclass, field
from typing import Any

FIELDS = (
    "surname",
    "given_names",
    "document_number",
    "nationality",
    "issuing_state",
    "birth_date",
    "sex",
    "expiry_date",
)


def _nothing() -> dict[str, str | None]:
    return dict.fromkeys(FIELDS)


def _unsure() -> dict[str, bool]:
    return dict.fromkeys(FIELDS, False)


@dataclass
class Reading:
    """What a picture says. Dates: YYYY-MM-DD; sex: M, F or X; states: the code without fillers.

    sure: False for all that the person must compare with the document; a field that is None is never sure.
    checks: the name of each check digit → whether it holds. advice: a code of advice.py, or None.
    """

    format: str | None = None
    lines: list[str] = field(default_factory=list)
    fields: dict[str, str | None] = field(default_factory=_nothing)
    sure: dict[str, bool] = field(default_factory=_unsure)
    checks: dict[str, bool] = field(default_factory=dict)
    advice: str | None = None
    elapsed_ms: int = 0

    def as_json(self, file: str) -> dict[str, Any]:
        """Return the object of `flask accommodation read --jsonl`: a stable contract."""
        return {
            "file": file,
            "format": self.format,
            "lines": self.lines or None,
            "fields": self.fields,
            "sure": self.sure,
            "checks": self.checks,
            "advice": self.advice,
            "elapsed_ms": self.elapsed_ms,
        }
