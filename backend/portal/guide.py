"""A matter as its page shows it: for the reader's situation, references numbered, steps by stage, doubts told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import quote

from ..matters.bureau import Bureau, Office
from ..matters.schema import Fee, Matter, Option, Situation, Stage, Step, Text
from ..matters.service import Listed, Snapshot
from ..matters.situations import narrow, options_of, settle

FEN_PER_YUAN = 100


@dataclass(frozen=True)
class Reference:
    """A law or a source at the foot of the page; `number` counts from 1."""

    number: int
    anchor: str
    title: str


@dataclass(frozen=True)
class Link:
    """A matter to go to; `matter` is none while its guide is being written."""

    id: str
    name: Text
    matter: Matter | None = None


@dataclass(frozen=True)
class Pick:
    """An option to choose: chosen, and what is chosen on the page its link leads to."""

    option: Option
    is_chosen: bool
    leads_to: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A situation as the page asks it."""

    situation: Situation
    picks: list[Pick]


@dataclass(frozen=True)
class Guide:
    """What the template of a matter's page needs beside the matter itself, which is that of the chosen situation."""

    matter: Matter
    asked: list[Asked]
    references: dict[str, Reference]
    stages: list[tuple[Stage, list[Step]]]
    offices: list[Office]
    related: list[Link]
    review_due: date
    stale: bool
    in_english: bool


def make_guide(matter: Matter, snapshot: Snapshot, today: date, wanted: Collection[str] = ()) -> Guide:
    """Return the guide of `matter`; `today` decides whether its review is overdue.

    wanted: ids of options the reader chose; what the matter does not know is left out.
    """
    chosen: tuple[str, ...] = ()
    for option in options_of(matter).keys() & set(wanted):
        chosen = settle(matter, chosen, [option])
    review_due = matter.reviewed + timedelta(days=matter.review_every_days)
    links = (find_link(snapshot, other) for other in matter.related)
    return Guide(
        matter=narrow(matter, chosen),
        asked=[_asked(matter, situation, chosen) for situation in matter.situations],
        references=number_references(matter),
        stages=by_stage(matter.steps),
        offices=snapshot.bureau.offices_of(list(matter.location.offices)),
        related=[link for link in links if link],
        review_due=review_due,
        stale=today > review_due,
        in_english=bool(matter.name.en and matter.summary.en),
    )


def _asked(matter: Matter, situation: Situation, chosen: tuple[str, ...]) -> Asked:
    return Asked(situation, [_pick(matter, option, chosen) for option in situation.options])


def _pick(matter: Matter, option: Option, chosen: tuple[str, ...]) -> Pick:
    """An option that is chosen leads back to the page without it."""
    if option.id in chosen:
        return Pick(option, True, tuple(other for other in chosen if other != option.id))
    return Pick(option, False, settle(matter, chosen, [option.id]))


def number_references(matter: Matter) -> dict[str, Reference]:
    """Return the laws, then the sources, by id, numbered in one row."""
    rows = [
        (law.id, f"law-{law.id}", law.law.zh + (law.article.zh if law.article else "")) for law in matter.legal_basis
    ]
    rows += [(s.id, f"source-{s.id}", s.title) for s in matter.sources]
    return {id_: Reference(number, anchor, title) for number, (id_, anchor, title) in enumerate(rows, 1)}


def by_stage(steps: list[Step]) -> list[tuple[Stage, list[Step]]]:
    """Return neighbouring steps of one stage together, in the order they are walked."""
    return [(stage, list(group)) for stage, group in groupby(steps, key=lambda step: step.stage)]


def find_link(snapshot: Snapshot, matter_id: str) -> Link | None:
    """Return the way to a matter, written or only listed; None where nobody knows it."""
    if matter := snapshot.matters.get(matter_id):
        return Link(matter_id, matter.name, matter)
    if listed := snapshot.listed.get(matter_id):
        return listed_link(listed)
    return None


def listed_link(listed: Listed) -> Link:
    return Link(listed.id, Text(zh=listed.name))


def yuan(fee: Fee) -> str:
    """Return the amount as people write it: "20", "5.50"; empty where it depends."""
    if fee.amount_fen is None:
        return ""
    whole, fen = divmod(fee.amount_fen, FEN_PER_YUAN)
    return f"{whole}.{fen:02d}" if fen else str(whole)


def department_name(bureau: Bureau, department_id: str) -> Text | None:
    return next((d.name for d in bureau.departments if d.id == department_id), None)


def map_address(office: Office) -> str:
    """Return a geo: link (RFC 5870), which opens the phone's map application."""
    at = f"{office.latitude},{office.longitude}"
    return f"geo:{at}?q={at}({quote(office.name.zh)})"
