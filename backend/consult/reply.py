"""What the consultation gives back: the contract of `flask consult ask --jsonl`."""

from dataclasses import asdict, dataclass
from typing import Any

CONTRACT = (
    "question", "lang", "kind", "matter", "aspect", "confidence", "candidates", "text", "full_text", "citations",
    "elapsed_ms",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A matter that may be meant; score is its probability, 0 to 1."""

    matter: str
    score: float


@dataclass(frozen=True)
class Citation:
    """The law under an answer. address: where its text was looked up."""

    law: str
    article: str | None
    number: str | None
    says: str
    address: str


@dataclass(frozen=True)
class Reply:
    """The answer to one message.

    kind: matter, ood, emergency, chitchat, handoff, progress, appointment; `clarify`
    when a numbered choice is offered, `pick` when one was taken.
    text: what WeChat receives (2,047 bytes at most); full_text: the whole, as on the page.
    told, standing: what is said and what it stands on, for a reply that becomes one of several; not in the contract.
    """

    question: str
    lang: str
    kind: str
    text: str
    full_text: str
    matter: str | None = None
    aspect: str | None = None
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    citations: tuple[Citation, ...] = ()
    elapsed_ms: float = 0.0
    told: str = ""
    standing: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the object printed for a question, in the contract's order."""
        row = asdict(self)
        return {key: row[key] for key in CONTRACT}
