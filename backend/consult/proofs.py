"""What a proof of the banks shows, matter by matter. Light: the command line reads it without scikit-learn."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from ..matters.faults import Fault

ENOUGH = 0.8
PROOF = "proof.json"
FOLDS = 10  # parts of the banks, each left out in turn
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


def bank_faults(knowledge_dir: Path, data_dir: Path, told: Callable[[str], None]) -> Iterable[Fault]:
    """Yield a fault for every matter whose own questions do not find it, with those that go astray."""
    from .build import reprove  # noqa: PLC0415 - scikit-learn, which no process that answers needs

    banks = {bank.name.removesuffix(".questions.tsv"): bank for bank in knowledge_dir.glob("matters/*/*.questions.tsv")}
    for proof in reprove(knowledge_dir, data_dir, FOLDS, told):
        if proof.share < ENOUGH:
            strays = "; ".join(f"{stray.question} → {stray.went_to}" for stray in proof.strays)
            why = f"only {proof.share:.3f} of its {proof.asked} questions find it, {ENOUGH} are wanted: {strays}"
            yield Fault(banks[proof.matter], 1, why)


def keep_proofs(proofs: list[Proof], mark: str, path: Path) -> None:
    """Write proofs. mark: of the banks they are about."""
    draft = path.with_suffix(".draft")
    kept = {"mark": mark, "proofs": [asdict(proof) for proof in sorted(proofs, key=lambda proof: proof.matter)]}
    draft.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def read_proofs(path: Path, mark: str) -> list[Proof] | None:
    """Return the kept proofs; None where there are none of these very banks."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["mark"] != mark:
            return None
        return [Proof(**row | {"strays": [Stray(**stray) for stray in row["strays"]]}) for row in kept["proofs"]]
    except (OSError, ValueError, TypeError, KeyError):
        return None


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
