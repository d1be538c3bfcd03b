"""The knowledge, for editors: what is asked, what is not answered well, each matter's bank and sections."""

from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_security import auth_required

from ..clock import SHANGHAI
from ..editing.banks import bare
from ..editing.clusters import dismiss, get_cluster, list_clusters
from ..editing.counting import by_aspect, by_day, by_kind, by_matter, tally
from ..editing.disk import read_knowledge
from ..editing.permissions import may_edit_knowledge
from ..editing.proposing import count_open as proposals_open
from ..editing.proposing import file_of
from ..editing.publishing import list_versions
from ..editing.sections import sections_of
from ..editing.service import overdue_matters
from ..editing.tickets import count_open as tickets_open
from ..house import house
from ..identity.permissions import ensure
from ..identity.service import Officer, record
from ..matters.questions import Sample
from ..matters.service import Snapshot
from .desk import console, now, officer_at_work
from .knowledge_words import ASPECTS, KINDS, LANGS, SECTIONS

WEEK = timedelta(days=6)
SHOWN_QUESTIONS = 300
SHOWN_MATTERS = 40


def editor_at_work() -> Officer:
    """Return the editor; raise NotPermitted for all others."""
    officer = officer_at_work()
    ensure(may_edit_knowledge(officer))
    return officer


def matter_name(matter_id: str | None) -> str:
    """Return the name of a matter, the id itself where it is gone."""
    found = snapshot().matters.get(matter_id or "")
    return found.name.zh if found else matter_id or "（没有对应事项）"


def snapshot() -> Snapshot:
    return house().catalogue.current


@console.get("/knowledge")
@auth_required("session")
def knowledge() -> str:
    editor_at_work()
    today = now().astimezone(SHANGHAI).date()
    return render_template(
        "console/knowledge/overview.html",
        today=tally(today, today),
        week=tally(today - WEEK, today),
        days=_bars(today),
        matters=by_matter(today - WEEK, today, 12),
        aspects=by_aspect(today - WEEK, today),
        kinds=by_kind(today - WEEK, today),
        tickets=tickets_open(),
        proposals=proposals_open(),
        clusters=len(list_clusters()),
        overdue=overdue_matters(snapshot(), today),
        faults=house().catalogue.faults,
        aspect_names=ASPECTS,
        kind_names=KINDS,
        matter_name=matter_name,
    )


def _bars(today: date) -> list[dict[str, Any]]:
    """Return two weeks as bars: heights in per cent of the busiest day."""
    days = by_day(today, 14)
    most = max((counts.questions for _, counts in days), default=0) or 1
    return [
        {"day": day, "tally": counts, "all": 100 * counts.questions / most, "unsure": 100 * counts.unsure / most}
        for day, counts in days
    ]


@console.get("/knowledge/clusters")
@auth_required("session")
def clusters() -> str:
    editor_at_work()
    return render_template(
        "console/knowledge/clusters.html", clusters=list_clusters(), matters=matter_choices(), aspects=ASPECTS,
        langs=LANGS, matter_name=matter_name,
    )  # fmt: skip


@console.post("/knowledge/clusters/<int:cluster_id>/dismiss")
@auth_required("session")
def dismiss_cluster(cluster_id: int) -> Response:
    officer = editor_at_work()
    dismiss(get_cluster(min(cluster_id, 2**31 - 1)))
    record(officer.actor(), "knowledge.dismissed", f"cluster:{cluster_id}")
    flash("这组提问不再显示。", "done")
    return redirect(url_for("console.clusters"), code=303)  # type: ignore[return-value]


@console.get("/knowledge/matters")
@auth_required("session")
def matters() -> str:
    editor_at_work()
    query = request.args.get("q", "").strip()[:100]
    found = [matter for matter in snapshot().matters.values() if _matches(matter.id, query)]
    found.sort(key=lambda matter: (matter.category.value, matter.id))
    return render_template(
        "console/knowledge/matters.html", found=found[:SHOWN_MATTERS], total=len(found), query=query,
        banks=snapshot().banks,
    )  # fmt: skip


def _matches(matter_id: str, query: str) -> bool:
    """True where the name, another name, the id or a question of the bank has the words."""
    if not query:
        return True
    matter, words = snapshot().matters[matter_id], query.lower()
    names = [matter.id, matter.name.zh, matter.name.en or "", *matter.aliases.zh, *matter.aliases.en]
    return any(words in name.lower() for name in names) or any(
        words in sample.question.lower() for sample in snapshot().banks[matter_id]
    )


@console.get("/knowledge/matters/<matter_id>")
@auth_required("session")
def matter_bank(matter_id: str) -> str:
    editor_at_work()
    matter = snapshot().get_matter(matter_id)
    query, aspect = request.args.get("q", "").strip()[:100], request.args.get("aspect", "")
    found = [s for s in snapshot().banks[matter.id] if _wanted(s, query, aspect)]
    today = now().astimezone(SHANGHAI).date()
    return render_template(
        "console/knowledge/matter.html", matter=matter, samples=found[:SHOWN_QUESTIONS], total=len(found), query=query,
        aspect=aspect, aspects=ASPECTS, langs=LANGS, names=SECTIONS, asked=by_aspect(today - WEEK, today, matter.id),
        sections=[s.name for s in sections_of(read_knowledge(house().settings.knowledge_dir, file_of(matter)))],
        versions=list_versions(matter.id, 5),
    )  # fmt: skip


def _wanted(sample: Sample, query: str, aspect: str) -> bool:
    return (not aspect or sample.aspect == aspect) and (not query or bare(query) in bare(sample.question))


def matter_choices() -> list[tuple[str, str]]:
    """Return id and name of every matter, by name, for a choice."""
    return sorted(((m.id, m.name.zh) for m in snapshot().matters.values()), key=lambda pair: pair[1])
