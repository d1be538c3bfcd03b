"""What of a reading is sure: no wrong field may be, and a clean picture's fields should all be.

A field is sure when its proof holds (check digit, existing date, known state), when nothing else fits nearly as well
(the margin), and when it makes sense. Names and sex have no check digit: there all looks must have read the same, every
character clearly.
"""

from datetime import date

from . import dates
from .formats import NAMES as NAME_SIGNS
from .formats import SEX, Format
from .looking import Sight
from .repair import Proof
from .result import FIELDS
from .zone import FILLER

CHECKED = 4.0  # nats: e^4, fifty to one against the next spelling that passes too
UNPROVEN = 7.0  # where there is a composite digit, and it does not hold
AS_SEEN = 1.5  # less is asked of what needed no repair: a misreading passes its check digit once in ten times
CLEAR = 4.5  # states and sex: few possible values
NAMES = 3.5  # every character of the names; all looks agree as well
FAR = 20.0  # what all repairs together may cost: beyond it the zone is not what it was taken for
FIT = -0.2  # log likelihood a place: every row, in every look but one, fits the format


def fields_of(form: Format, proof: Proof, today: date) -> dict[str, str | None]:
    """Return the fields in the shape of a Reading."""
    fields: dict[str, str | None] = dict.fromkeys(FIELDS)
    found = proof.found
    fields["surname"], fields["given_names"] = split_names(found["names"].text)
    fields["document_number"] = found["document_number"].text.strip(FILLER).replace(FILLER, "") or None
    born = _born(form, proof, today)
    ends = dates.expiry_date(found["expiry_date"].text, today)
    fields["birth_date"] = born.isoformat() if born else None
    fields["expiry_date"] = ends.isoformat() if ends else None
    fields["sex"] = {"M": "M", "F": "F", FILLER: "X", "1": "M", "0": "F"}.get(found["sex"].text)
    for name in ("nationality", "issuing_state"):
        if name in found and found[name].holds:
            fields[name] = found[name].text.rstrip(FILLER)
    if form.permit:
        fields["issuing_state"] = "CHN"  # only the mainland issues CR and CT; nationality is not in the zone
    return fields


def _born(form: Format, proof: Proof, today: date) -> date | None:
    text = proof.found["birth_date"].text
    if form.century is None:
        return dates.birth_date(text, today)
    century = {"A": 1800, "B": 1900, "C": 2000}.get(proof.lines[form.century[0]][form.century[1]])
    day = dates.birth_date(text, today)
    return None if day is None or (century is not None and not century <= day.year < century + 100) else day


def split_names(text: str) -> tuple[str | None, str | None]:
    """Return surname and given names; one filler is a space, two part them (Doc 9303 part 3, section 4.6)."""
    surname, _, given = text.strip(FILLER).partition("<<")
    return _spaced(surname), _spaced(given)


def _spaced(text: str) -> str | None:
    return " ".join(text.replace(FILLER, " ").split()) or None


def sure_of(form: Format, proof: Proof, fields: dict[str, str | None], sight: Sight | None) -> dict[str, bool]:
    """Return for each field whether it is sure. Without a sight (plain text) names and sex never are."""
    sure = dict.fromkeys(FIELDS, False)
    if proof.price > FAR or (sight is not None and not sight.fits(FIT)):
        return sure
    composite = proof.checks.get("composite", form.name.startswith("MRV"))
    for name in ("document_number", "birth_date", "expiry_date"):
        found = proof.found[name]
        needed = (CHECKED if composite else UNPROVEN) - (AS_SEEN if found.as_seen and sight is not None else 0.0)
        sure[name] = found.holds and found.margin >= needed
    sure |= _states(form, proof, sight)
    if sight is not None and len(sight.looks) > 1 and not form.permit:
        sure["sex"] = proof.found["sex"].margin >= CLEAR and _agree(form, proof, sight, "sex")
        sure["surname"], sure["given_names"] = _names_sure(form, proof, sight)
    return {name: sure[name] and fields[name] is not None for name in FIELDS}


def _agree(form: Format, proof: Proof, sight: Sight, name: str) -> bool:
    span = form.fields[name]
    return sight.agreeing(span.line, span.start, proof.found[name].text, SEX if name == "sex" else NAME_SIGNS)


def _states(form: Format, proof: Proof, sight: Sight | None) -> dict[str, bool]:
    """States have no check digit. Both are mostly the same, and stand in different rows: that is a proof too."""
    if form.permit:
        return {}
    one, other = proof.found["issuing_state"], proof.found["nationality"]
    same = one.text == other.text
    needed = CLEAR / 2 if same else CLEAR
    sure = one.holds and other.holds
    agree = sight is not None and (same or len(sight.looks) > 1)
    return {
        "issuing_state": sure and agree and one.margin >= needed,
        "nationality": sure and agree and other.margin >= needed,
    }


def _names_sure(form: Format, proof: Proof, sight: Sight) -> tuple[bool, bool]:
    """Clear, and read alike by all looks. Names that fill the line may be cut: then the last of them is not sure."""
    names = proof.found["names"]
    clear = names.holds and names.margin >= NAMES and _agree(form, proof, sight, "names")
    whole = names.text.endswith(FILLER)
    return clear and (whole or "<<" in names.text), clear and whole
