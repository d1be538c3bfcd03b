"""Everything the page of a case shows, gathered from the rooms; and which buttons stand on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from ..accommodation.service import (
    IssuedForm,
    Stay,
    Visit,
    earlier_stays,
    find_stay,
    forms_of,
    may_revoke,
)
from ..cases.service import (
    Case,
    CaseStep,
    Progress,
    StepState,
    can_claim,
    can_pass,
    can_refuse,
    can_release,
    can_return,
    due_colour,
    matter_of,
    progress,
)
from ..clock import SHANGHAI
from ..files.service import pages_of
from ..identity.citizens import get_citizen
from ..identity.service import Citizen, Officer
from ..matters.schema import Matter, Stage
from ..matters.service import Snapshot
from .guests import GuestView, Shot, guests_of
from .showing import span_words
from .wording import FIELD_SENTENCES, MATERIAL_SENTENCES


@dataclass(frozen=True)
class Buttons:
    """What the officer may do now: the predicates that guard the doors, asked beforehand."""

    claim: bool
    release: bool
    agree: bool
    arrive: bool
    hold: bool
    issue: bool
    pass_: bool
    return_: bool
    refuse: bool
    revoke: bool

    @property
    def moves(self) -> bool:
        """True where there is something to do that moves the case on."""
        return self.agree or self.arrive or self.hold or self.issue or self.pass_


@dataclass(frozen=True)
class CasePage:
    """step: the one open now, the officer's own where several are, or None. visit: the one at hand.

    reported: in time or not, in words. proposed: times for the visit, as they are posted and as moments.
    files: those that belong to no guest.
    colour: of the due date, as `due_colour` has it.
    """

    case: Case
    matter: Matter
    progress: Progress
    step: CaseStep | None
    holder: str
    citizen: Citizen
    stay: Stay | None
    visit: Visit | None
    guests: list[GuestView]
    forms: list[IssuedForm]
    may: Buttons
    in_time: bool
    reported: str
    proposed: list[tuple[str, datetime]]

    files: list[Shot]
    colour: str

    @property
    def confirmed(self) -> Visit | None:
        """The visit that confirmed the stay."""
        return next((v for v in (self.stay.visits if self.stay else []) if v.outcome == "confirmed"), None)

    @property
    def next_move(self) -> str:
        """What is to be done now, "" where it is not this officer's turn."""
        may = self.may
        moves = {"登记上门情况": may.hold, "上门核实": may.arrive, "约定上门": may.agree, "出具登记表": may.issue}
        named = next((name for name, allowed in moves.items() if allowed), "")
        return named or (self.step.name["zh"] if may.pass_ and self.step else "")

    @property
    def returnable(self) -> list[tuple[str, str, Sequence[str]]]:
        """What may go back for correction: field, its name, the standard sentences that fit."""
        fields, materials = tuple(FIELD_SENTENCES), tuple(MATERIAL_SENTENCES)
        return [
            *((field.id, field.label.zh, fields) for field in self.matter.form),
            *((f"material:{m.id}", m.name.zh, materials) for m in self.matter.materials),
        ]

    @property
    def map_address(self) -> str:
        """A geo: link (RFC 5870), which opens the phone's map: at the pin, else looking for the address."""
        said = self.case.form.get("stay", {})
        at = f"{said.get('latitude')},{said.get('longitude')}" if said.get("latitude") is not None else ""
        address = quote(str(said.get("address", "")))
        return f"geo:{at}?q={at}({address})" if at else f"geo:0,0?q={address}"


def make_page(officer: Officer, case: Case, snapshot: Snapshot, now: datetime) -> CasePage:
    stay = find_stay(case)
    pages = pages_of(m.file_id for m in case.materials if m.file_id)
    guests = guests_of(stay, case.form, earlier_stays(stay), pages) if stay else []
    visit = stay.visits[-1] if stay and stay.visits else None
    opened = [s for s in case.steps if s.state == StepState.OPEN]
    step = next((s for s in opened if can_pass(officer, s)), opened[0] if opened else None)
    hours = (case.submitted_at - stay.due_at).total_seconds() / 3600 if stay else 0.0
    return CasePage(
        case=case,
        matter=matter_of(case),
        progress=progress(case, snapshot, "zh", public_only=False),
        step=step,
        holder=_holder(officer, step),
        citizen=get_citizen(case.citizen_id),
        stay=stay,
        visit=visit,
        guests=guests,
        forms=forms_of(case) if stay else [],
        may=buttons(officer, case, stay, visit),
        in_time=hours <= 0,
        reported=f"提前 {span_words(hours)}申报" if hours <= 0 else f"超时 {span_words(hours)}申报",
        proposed=_proposed(visit, now),
        files=_other_files(case, guests, pages),
        colour=due_colour(step.due_on if step else None, now.astimezone(SHANGHAI).date()),
    )


def buttons(officer: Officer, case: Case, stay: Stay | None, visit: Visit | None) -> Buttons:
    stages = {s.stage for s in case.steps if can_pass(officer, s)}
    visiting = stay is not None and visit is not None and Stage.REVIEW in stages
    arrived = visit is not None and visit.arrived_at is not None
    return Buttons(
        claim=any(can_claim(officer, s) for s in case.steps),
        release=any(can_release(officer, s) for s in case.steps),
        agree=stay is not None and (Stage.ACCEPT in stages or (visiting and not arrived)),
        arrive=visiting and not arrived,
        hold=visiting and arrived,
        issue=stay is not None and Stage.DECIDE in stages,
        pass_=stay is None and bool(stages),
        return_=can_return(officer, case),
        refuse=can_refuse(officer, case),
        revoke=stay is not None and may_revoke(officer, stay),
    )


def _holder(officer: Officer, step: CaseStep | None) -> str:
    if step is None or step.claimed_by is None:
        return ""
    return "me" if step.claimed_by == officer.id else "other"


def _other_files(case: Case, guests: list[GuestView], pages: dict[str, int]) -> list[Shot]:
    shown = {shot.file_id for guest in guests for shot in guest.pictures}
    names = {material.id: material.name.zh for material in matter_of(case).materials}
    return [
        Shot(names.get(m.material_id, m.material_id), m.file_id, pages[m.file_id])
        for m in case.materials
        if m.file_id in pages and m.file_id not in shown
    ]


def _proposed(visit: Visit | None, now: datetime) -> list[tuple[str, datetime]]:
    """Return the proposed times still to come: as they are posted, and as moments."""
    moments = [datetime.fromisoformat(text) for text in (visit.proposed if visit else [])]
    return [(m.isoformat(), m.astimezone(SHANGHAI)) for m in sorted(moments) if m > now]
