"""`python -m bench reading`: how well and how fast photos of documents are read.

Every picture is a made-up specimen: people of some thirty nations, five formats, several fonts, spoilt in many ways.
The seed is not the tests'. Told: documents whose every field is exact or marked unsure; fields that are wrong and claim
to be sure; documents with every field sure; milliseconds a photo on one core, the model loaded before.
"""

import argparse
import io
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from backend.accommodation.reading.reader import read_picture
from backend.accommodation.reading.result import FIELDS, Reading
from backend.sandbox.specimens import FORMATS, KINDS, OCR_B, Look, Person, document, expected, people, spoil, zone

from .tables import one_core, table

FONTS = (
    OCR_B,
    OCR_B.with_name("OCRBS.otf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"),
    Path("/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf"),
)
TWICE = ("rotate+blur", "perspective+noise", "desk+jpeg", "dim+perspective", "small+noise", "turn+rotate")


@dataclass
class Tally:
    documents: int = 0
    honest: int = 0
    wrong_but_sure: int = 0
    all_sure: int = 0
    sure_fields: int = 0
    found: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def add(self, reading: Reading, truth: dict[str, str | None], milliseconds: float) -> list[str]:
        wrong = [name for name in FIELDS if reading.sure[name] and reading.fields[name] != truth[name]]
        self.documents += 1
        self.honest += not wrong
        self.wrong_but_sure += len(wrong)
        self.all_sure += all(reading.sure[name] or truth[name] is None for name in FIELDS)
        self.sure_fields += sum(reading.sure.values())
        self.found += reading.format is not None
        self.milliseconds.append(milliseconds)
        return wrong

    def row(self, name: str) -> list[str]:
        p50, p95 = np.percentile(self.milliseconds, [50, 95])
        share = [self.honest, self.all_sure, self.found]
        told = [f"{100 * part / self.documents:.1f}" for part in share]
        fields = f"{100 * self.sure_fields / self.documents / len(FIELDS):.1f}"
        return [
            name,
            str(self.documents),
            told[0],
            str(self.wrong_but_sure),
            told[1],
            fields,
            told[2],
            f"{p50:.0f}",
            f"{p95:.0f}",
        ]


HEAD = ["", "photos", "honest %", "wrong+sure", "all sure %", "fields sure %", "found %", "p50 ms", "p95 ms"]


@dataclass(frozen=True)
class Shot:
    person: Person
    form: str
    spoiling: str
    image: Image.Image


def shots(count: int, seed: int) -> Iterator[Shot]:
    """Yield `count` photos; a quarter of them clean."""
    chance = random.Random(seed)
    spoilings = ["clean", "clean", *KINDS[:6], "clean", "clean", *KINDS[6:], "clean", *TWICE]
    for number, person in enumerate(people(count, seed)):
        form = FORMATS[number % len(FORMATS)]
        spoiling = spoilings[(number // len(FORMATS)) % len(spoilings)]
        look = Look(
            zone_font=chance.choice(FONTS),
            pixels_per_mm=chance.uniform(8, 16),
            paper=chance.choice([(238, 233, 222), (214, 224, 232), (250, 250, 250)]),
        )
        image = document(person, form, look)
        for part in [] if spoiling == "clean" else spoiling.split("+"):
            image = spoil(image, part, chance.uniform(0.15, 0.7), chance.randrange(10**6))
        yield Shot(person, form, spoiling, image)


def _bytes(image: Image.Image) -> bytes:
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=88)
    return kept.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench reading", description=__doc__)
    parser.add_argument("--count", type=int, default=360)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--misses", type=Path, help="a folder for pictures that went wrong")
    options = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    with one_core():
        read_picture(_bytes(document(people(1, 1)[0], "TD3")))
        for number, shot in enumerate(shots(options.count, options.seed)):
            data = _bytes(shot.image)
            started = time.process_time()
            reading = read_picture(data)
            milliseconds = (time.process_time() - started) * 1000
            truth = expected(shot.person, shot.form)
            clean = "clean" if shot.spoiling == "clean" else "spoilt"
            for name in ("all", clean, f"  {shot.form}", f"    {shot.spoiling}"):
                wrong = tallies[name].add(reading, truth, milliseconds)
            if wrong or (clean == "clean" and not all(reading.sure[name] or truth[name] is None for name in FIELDS)):
                _tell(number, shot, reading, truth, wrong, options.misses)
    print(table(HEAD, [tallies[name].row(name) for name in sorted(tallies, key=_order)]))


def _order(name: str) -> tuple[int, str]:
    return (["all", "clean", "spoilt"].index(name) if name in ("all", "clean", "spoilt") else 3 + name.count(" "), name)


def _tell(
    number: int, shot: Shot, reading: Reading, truth: dict[str, str | None], wrong: list[str], folder: Path | None
) -> None:
    unsure = [name for name in FIELDS if not reading.sure[name]]
    print(f"#{number} {shot.form} {shot.spoiling} wrong and sure: {wrong} unsure: {unsure} {reading.checks}")
    for read, real in zip(reading.lines, zone(shot.person, shot.form), strict=False):
        if read != real:
            print(f"   read {read}\n   real {real}")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        shot.image.save(folder / f"{number}.png")


if __name__ == "__main__":
    main()
