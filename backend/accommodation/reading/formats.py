"""Where each field stands in each format, and what its check digits cover.

Source: ICAO Doc 9303, eighth edition, part 4 (TD3), 5 (TD1), 6 (TD2), 7 (MRV-A, MRV-B).

The card permits of Hong Kong, Macao and Taiwan residents to the mainland (回乡证 from 2013, 台胞证 from 2015) have
three lines of 30, but not TD1's layout: number, renewals, expiry, sex and birth stand in the first line, the composite
ends the second. The issuer has published no specification. The layout here is the one whose check digits an open
document reader verifies (DAC8811/QinLin_PassportReader, utils_zhangdi.cpp, seen 2026-11-22), so only what a check digit
proves is ever sure: names and sex of these permits are for the person to check.
"""

from dataclasses import dataclass

from .zone import DIGITS, FILLER, LETTERS

ANY = DIGITS + LETTERS + FILLER
NAMES = LETTERS + FILLER
DATE = DIGITS + FILLER  # unknown parts of a birth date are fillers
SEX = "MF" + FILLER

Place = tuple[int, int]  # line and position, from 0


@dataclass(frozen=True)
class Span:
    """A stretch of a line: positions `start` to before `stop`."""

    line: int
    start: int
    stop: int

    @property
    def places(self) -> list[Place]:
        return [(self.line, position) for position in range(self.start, self.stop)]


@dataclass(frozen=True)
class Check:
    """A check digit: what it proves, the place it stands at, whether a filler may stand for 0."""

    name: str
    spans: tuple[Span, ...]
    digit: Place
    filler_allowed: bool = False

    @property
    def places(self) -> list[Place]:
        return [place for span in self.spans for place in span.places]


@dataclass(frozen=True)
class Format:
    """One layout. `name` is what a reading tells; two layouts may share it."""

    name: str
    rows: int
    width: int
    fields: dict[str, Span]
    kinds: tuple[tuple[Span, str], ...]  # what may stand where; everywhere else: anything
    checks: tuple[Check, ...]
    composite: Check | None = None
    optional: Span | None = None  # where a number longer than nine places goes on
    first: str = LETTERS
    permit: bool = False
    century: Place | None = None  # permits: A 18, B 19, C 20

    def of(self, name: str, lines: list[str]) -> str:
        """Return what stands at field `name`."""
        span = self.fields[name]
        return lines[span.line][span.start : span.stop]


def _two_lines(name: str, width: int, first: str, checked: bool) -> Format:
    """TD3, TD2 and both visas differ in their width and in what ends the second line."""
    number, birth, expiry = Span(1, 0, 9), Span(1, 13, 19), Span(1, 21, 27)
    end = width - 1 if checked else width
    rest = Span(1, 28, end - 1 if name == "TD3" else end)
    digits = (Span(1, 19, 20), Span(1, 27, 28), *((Span(1, end, width),) if checked else ()))
    checks = [
        Check("document_number", (number,), (1, 9)),
        Check("birth_date", (birth,), (1, 19)),
        Check("expiry_date", (expiry,), (1, 27)),
    ]
    if name == "TD3":
        checks.append(Check("personal_number", (rest,), (1, 42), filler_allowed=True))
    composite = Check("composite", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, end)), (1, end)) if checked else None
    return Format(
        name,
        2,
        width,
        {
            "issuing_state": Span(0, 2, 5),
            "names": Span(0, 5, width),
            "document_number": number,
            "nationality": Span(1, 10, 13),
            "birth_date": birth,
            "sex": Span(1, 20, 21),
            "expiry_date": expiry,
        },
        (
            (Span(0, 0, 1), first),
            (Span(0, 2, width), NAMES),
            (Span(1, 9, 10), DIGITS if name in ("TD3", "MRV-A", "MRV-B") else DIGITS + FILLER),
            (Span(1, 10, 13), NAMES),
            (birth, DATE),
            (Span(1, 20, 21), SEX),
            (expiry, DIGITS),
            *((span, DIGITS) for span in digits),
            *(((Span(1, 42, 43), DIGITS + FILLER),) if name == "TD3" else ()),
        ),
        tuple(checks),
        composite,
        rest if name == "TD2" else None,
        first,
    )


TD3 = _two_lines("TD3", 44, "P", True)
MRV_A = _two_lines("MRV-A", 44, "V", False)
TD2 = _two_lines("TD2", 36, LETTERS.replace("V", ""), True)
MRV_B = _two_lines("MRV-B", 36, "V", False)

TD1 = Format(
    "TD1",
    3,
    30,
    {
        "issuing_state": Span(0, 2, 5),
        "document_number": Span(0, 5, 14),
        "birth_date": Span(1, 0, 6),
        "sex": Span(1, 7, 8),
        "expiry_date": Span(1, 8, 14),
        "nationality": Span(1, 15, 18),
        "names": Span(2, 0, 30),
    },
    (
        (Span(0, 0, 1), LETTERS),
        (Span(0, 2, 5), NAMES),
        (Span(0, 14, 15), DIGITS + FILLER),
        (Span(1, 0, 6), DATE),
        (Span(1, 6, 7), DIGITS),
        (Span(1, 7, 8), SEX),
        (Span(1, 8, 15), DIGITS),
        (Span(1, 15, 18), NAMES),
        (Span(1, 29, 30), DIGITS),
        (Span(2, 0, 30), NAMES),
    ),
    (
        Check("document_number", (Span(0, 5, 14),), (0, 14)),
        Check("birth_date", (Span(1, 0, 6),), (1, 6)),
        Check("expiry_date", (Span(1, 8, 14),), (1, 14)),
    ),
    Check("composite", (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)), (1, 29)),
    Span(0, 15, 30),
)

PERMIT = Format(
    "TD1",
    3,
    30,
    {
        "document_number": Span(0, 2, 11),
        "expiry_date": Span(0, 15, 21),
        "sex": Span(0, 22, 23),
        "birth_date": Span(0, 23, 29),
        "names": Span(2, 0, 26),
    },
    (
        (Span(0, 0, 1), "C"),
        (Span(0, 1, 2), "RT"),
        (Span(0, 11, 12), DIGITS),
        (Span(0, 12, 22), DIGITS),
        (Span(0, 22, 23), SEX + "01"),
        (Span(0, 23, 30), DIGITS),
        (Span(1, 29, 30), DIGITS),
        (Span(2, 0, 26), NAMES),
    ),
    (
        Check("document_number", (Span(0, 2, 11),), (0, 11)),
        Check("optional", (Span(0, 12, 14),), (0, 14)),
        Check("expiry_date", (Span(0, 15, 21),), (0, 21)),
        Check("birth_date", (Span(0, 23, 29),), (0, 29)),
    ),
    Check("composite", (Span(0, 2, 22), Span(0, 23, 30), Span(1, 19, 29)), (1, 29)),
    permit=True,
    century=(1, 18),
)

FORMATS = (TD3, MRV_A, TD2, MRV_B, TD1, PERMIT)
