"""What a proof of the banks shows, matter by matter. Light: the command line reads it without scikit-learn."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

ENOUGH = 0.8
SHOWN = 3  # destinations named in a matter's line


@dataclass(frozen=True)
class Stray:
    """A question of a bank, and the intent it was taken for."""

    question: str
    went_to: str


@dataclass
class Proof:
    """How well a matter's own questions find it. offered: first, or among the four of a numbered choice."""

    matter: str
    asked: int = 0
    found: int = 0
    offered: int = 0
    strays: list[Stray] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.found / self.asked if self.asked else 1.0


def report_proofs(proofs: list[Proof], show_strays: bool) -> str:
    """Return the proofs as text, the worst first."""
    lines = []
    for proof in sorted(proofs, key=lambda p: p.share):
        lines.append(_line(proof))
        if show_strays:
            lines += [f"        {s.question} → {s.went_to}" for s in proof.strays]
    return "\n".join([*lines, _summary(proofs)])


def _line(proof: Proof) -> str:
    fault = "FAULT" if proof.share < ENOUGH else "     "
    offered = _share(proof.offered, proof.asked)
    near = Counter(stray.went_to for stray in proof.strays).most_common(SHOWN)
    towards = ", ".join(f"{n} x {where}" for where, n in near) or "-"
    return f"{fault} {proof.share:.3f} (offered {offered:.3f}) of {proof.asked:>3} {proof.matter} → {towards}"


def _summary(proofs: list[Proof]) -> str:
    asked = sum(p.asked for p in proofs)
    below = sum(p.share < ENOUGH for p in proofs)
    middle = float(np.median([p.share for p in proofs])) if proofs else 1.0
    return (
        f"{len(proofs)} matters, {asked} questions: {_share(sum(p.found for p in proofs), asked):.3f} found first, "
        f"{_share(sum(p.offered for p in proofs), asked):.3f} first or offered; median matter {middle:.3f}; "
        f"{below} matters below {ENOUGH}"
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
