"""Everything that can be wrong with the catalogue as a whole."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from .faults import Fault
from .proofs import prove
from .questions import ASPECTS, Sample, parse_bank
from .reading import read_matter
from .schema import Matter

Check = Callable[[Path], Iterable[Fault]]
MIN_QUESTIONS = 40
MIN_ENGLISH = 12


def check_file(path: Path, today: date) -> tuple[Matter | None, list[Sample], list[Fault]]:
    """Check one matter file and the bank beside it."""
    matter, faults = read_matter(path)
    bank = path.with_name(f"{path.stem}.questions.tsv")
    samples, bank_faults = parse_bank(bank)
    faults += bank_faults
    if matter:
        faults += [Fault(path, 1, why) for why in (*_dates(matter, today), *prove(matter, today))]
        faults += [Fault(bank, 1, why) for why in _thin(matter, samples)]
    return matter, samples, faults


def _dates(matter: Matter, today: date) -> Iterator[str]:
    if matter.reviewed > today:
        yield f"reviewed {matter.reviewed} is in the future"
    for source in matter.sources:
        if source.seen > today:
            yield f"the source {source.id} was seen in the future"


def _thin(matter: Matter, samples: list[Sample]) -> Iterator[str]:
    if len(samples) < MIN_QUESTIONS:
        yield f"{len(samples)} questions; at least {MIN_QUESTIONS} are needed"
    missing = ASPECTS - {s.aspect for s in samples}
    if missing:
        yield f"no question for: {', '.join(sorted(missing))}"
    english = sum(s.lang == "en" for s in samples)
    if matter.english and english < MIN_ENGLISH:
        yield f"{english} English questions; foreigners' matters need {MIN_ENGLISH}"


def check_folder(root: Path, today: date, further: Iterable[Check] = ()) -> tuple[list[Matter], list[Fault]]:
    """Check every matter under `root` (knowledge/) and how they fit together.

    further: checks of what other rooms keep in that folder.
    """
    listed = read_catalogue(root / "catalogue.tsv")
    matters: list[Matter] = []
    faults: list[Fault] = []
    owner: dict[str, Path] = {}
    for path in sorted((root / "matters").glob("*/*.yaml")):
        matter, samples, found = check_file(path, today)
        faults += found
        faults += _shared_questions(path, samples, owner)
        if matter:
            matters.append(matter)
            faults += [Fault(path, 1, why) for why in _against_catalogue(matter, listed)]
    for bank in (root / "matters").glob("*/*.questions.tsv"):
        if not bank.with_name(bank.name.replace(".questions.tsv", ".yaml")).exists():
            faults.append(Fault(bank, 1, "a bank without its matter file"))
    twice = [i for i, n in Counter(m.id for m in matters).items() if n > 1]
    faults += [Fault(root / "matters", 1, f"the id {i} stands in two files") for i in twice]
    for check in further:
        faults += check(root)
    return matters, sorted(faults)


def read_catalogue(path: Path) -> dict[str, dict[str, str]]:
    """Return the list of all matters the bureau has, written or not: id → row."""
    with path.open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}


def _against_catalogue(matter: Matter, listed: dict[str, dict[str, str]]) -> Iterator[str]:
    row = listed.get(matter.id)
    if row is None:
        yield f"{matter.id} is not in catalogue.tsv"
        return
    for column, value in (("category", matter.category), ("name", matter.name.zh), ("mode", matter.mode)):
        if row[column] != value:
            yield f"{column} is {value!r} here and {row[column]!r} in catalogue.tsv"
    for other in matter.related:
        if other not in listed:
            yield f"related: no matter has the id {other!r}"


def _shared_questions(path: Path, samples: list[Sample], owner: dict[str, Path]) -> Iterator[Fault]:
    bank = path.with_name(f"{path.stem}.questions.tsv")
    for sample in samples:
        key = re.sub(r"\W", "", sample.question).lower()
        first = owner.setdefault(key, bank)
        if first != bank:
            yield Fault(bank, 1, f"{sample.question!r} also stands in {first.name}")
