"""One registration as its page shows it: who, with what was read of the photos; where; when; what is missing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from ..accommodation.service import (
    Filled,
    Incomplete,
    PhotoReading,
    Place,
    advise,
    check_draft,
    count_filled,
    fill,
    guess_places,
)
from ..cases.service import Draft
from ..errors import NotFound
from ..identity.models import Citizen
from ..matters.bureau import Bureau, Office
from .moments import Clock, clock_of, visit_days
from .places import pin_of, station_of
from .stay_words import label_of, section_of

CARDS_OPEN = 3  # of more guests the page shows lines; one card is opened at a time
STAGES = ("waiting", "looking", "reading", "checking")


class NoSuchPhoto(NotFound):
    code = "portal.no_such_photo"


@dataclass(frozen=True)
class PhotoView:
    """A photo and how far its reading is. at: 0 to 4, of the progress bar. advice: zh and en, or empty."""

    file_id: str
    kind: str
    guest: str
    state: str
    stage: str
    at: int
    advice: tuple[str, str]
    read: int

    @property
    def busy(self) -> bool:
        return self.state == "waiting"


@dataclass(frozen=True)
class GuestView:
    """number: counts from 1. values: of the fields; unsure: to be checked by the person."""

    key: str
    number: int
    values: dict[str, Any]
    unsure: list[str]
    passport: PhotoView | None
    visa: PhotoView | None
    open: bool
    faults: int

    @property
    def name(self) -> str:
        return f"{self.values.get('surname', '')} {self.values.get('given_names', '')}".strip()


@dataclass(frozen=True)
class Fault:
    """path: as in the draft's form. says: the field and what is wrong with it."""

    path: str
    label: str
    says: str


@dataclass(frozen=True)
class StayPage:
    draft: Draft
    said: Filled
    guests: list[GuestView]
    lease: PhotoView | None
    clock: Clock | None
    faults: dict[str, str]
    shown: list[Fault]
    guesses: list[Place]
    station: Office | None
    days: list[tuple[str, list[tuple[str, str, bool]]]]
    own_times: list[str]
    phone: str
    code_sent: bool
    steps_done: dict[str, bool] = field(default_factory=dict)

    def fault(self, path: str) -> str:
        """Return the sort of fault shown at a field, "" where none is."""
        return self.faults.get(path, "") if self.shown else ""

    @property
    def corrects(self) -> bool:
        return "corrects" in self.draft.form


def make_page(
    citizen: Citizen, draft: Draft, bureau: Bureau, now: datetime, *, check: bool, opened: str = "", code_sent: bool
) -> StayPage:
    """Return the page of the citizen's draft. check: show what is missing. opened: key of the guest to show."""
    said = fill(draft)
    faults = faults_of(citizen, draft, now)
    stay = said.stay
    proposed = set(said.visit_times)
    days = visit_days(now, proposed)
    offered = {value for _day, chips in days for value, _label, _on in chips}
    return StayPage(
        draft=draft,
        said=said,
        guests=_guests(said, faults, opened, check),
        lease=view_photo(said.readings.get(stay.get("lease_file", ""))),
        clock=clock_of(draft, now),
        faults=faults,
        shown=_told(faults, list(said.guests)) if check else [],
        guesses=guess_places(bureau, str(stay.get("address", "")), pin_of(stay))[:6],
        station=station_of(bureau, stay.get("community", "")),
        days=days,
        own_times=sorted(proposed - offered),
        phone=(citizen.phone or "") if citizen.phone_confirmed_at else "",
        code_sent=code_sent,
        steps_done=_done(faults, said),
    )


def faults_of(citizen: Citizen, draft: Draft, now: datetime) -> dict[str, str]:
    """Return everything that keeps the draft from being submitted: path → sort of fault."""
    try:
        check_draft(citizen, draft, now)
    except Incomplete as told:
        return told.faults
    return {}


def view_photo(reading: PhotoReading | None) -> PhotoView | None:
    """Return the photo as the page shows it, None where there is none."""
    if reading is None:
        return None
    stage = (reading.stage or "waiting") if reading.state == "waiting" else ""
    result = reading.result or {}
    code = "try-again" if reading.state == "failed" else result.get("advice")
    if reading.kind == "visa":  # an entry stamp has no lines to read: the photo is for the officer
        code = None
    return PhotoView(
        file_id=reading.file_id,
        kind=reading.kind,
        guest=reading.guest,
        state=reading.state,
        stage=stage if stage in STAGES else "reading",
        at=STAGES.index(stage) + 1 if stage in STAGES else len(STAGES),
        advice=advise(code),
        read=count_filled(reading),
    )


def _guests(said: Filled, faults: dict[str, str], opened: str, check: bool) -> list[GuestView]:
    many = len(said.guests) > CARDS_OPEN
    shown = opened if opened in said.guests else next(iter(said.guests), "")
    views = []
    for number, (key, values) in enumerate(said.guests.items(), start=1):
        views.append(
            GuestView(
                key=key,
                number=number,
                values=values,
                unsure=values["unsure"],
                passport=view_photo(said.readings.get(values.get("passport_file", ""))),
                visa=view_photo(said.readings.get(values.get("visa_file", ""))),
                open=not many or key == shown,
                faults=sum(1 for path in faults if path.startswith(f"guest:{key}:")),
            )
        )
    return views


def _told(faults: dict[str, str], keys: list[str]) -> list[Fault]:
    """Return the faults in the page's order, with the guest's number where there are several."""
    order = ["who", "home", "visit", "send"]
    told = []
    for path, sort in sorted(faults.items(), key=lambda item: order.index(section_of(item[0]))):
        label = str(label_of(path))
        parts = path.split(":")
        if parts[0] == "guest" and len(keys) > 1 and parts[1] in keys:
            label = _("第%(number)s位：%(label)s", number=keys.index(parts[1]) + 1, label=label)
        elif parts[0] == "host" and parts[-1] == "name":
            label = _("留宿人（单位）和电话")
        told.append(Fault(path, label, sort))
    return told


def _done(faults: dict[str, str], said: Filled) -> dict[str, bool]:
    open_ = {section_of(path) for path in faults}
    return {step: step not in open_ for step in ("who", "home", "visit", "send")}
