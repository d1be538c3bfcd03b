"""Changing the knowledge: propose, look at what would flip, approve or reject, roll back. Editors."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_security import auth_required

from ..editing.disk import digest, read_knowledge
from ..editing.models import Proposal, ProposalState, Version
from ..editing.permissions import can_approve, can_reject
from ..editing.proposing import (
    file_of,
    get_proposal,
    list_proposals,
    others_on,
    propose_roll_back,
    propose_sample,
    propose_section,
    try_section,
)
from ..editing.publishing import approve, get_version, list_versions, reject
from ..editing.reversing import diff
from ..editing.sections import Change, get_section
from ..house import house
from ..identity.officers import list_officers
from ..matters.schema import Matter
from .desk import console, now
from .knowledge_views import editor_at_work, matter_name, snapshot
from .knowledge_words import ASPECTS, KINDS, PROPOSALS, SECTIONS, STATES
from .parsing import parse_text

SECTION_CHARACTERS = 60_000
TABS = {
    "open": (ProposalState.READY, ProposalState.CHECKING),
    "done": (ProposalState.PUBLISHED, ProposalState.REJECTED),
}


@console.post("/knowledge/samples")
@auth_required("session")
def add_sample() -> Response:
    """Propose a question for a matter's bank: from a cluster, a ticket, or the matter's own page."""
    officer = editor_at_work()
    proposal = propose_sample(
        officer,
        house().settings.knowledge_dir,
        snapshot(),
        request.form.get("matter", ""),
        lang=request.form.get("lang", ""),
        question=parse_text(request.form, "question"),
        aspect=request.form.get("aspect", ""),
        ticket_id=request.form.get("ticket", type=int),
        now=now(),
    )
    return _proposed(proposal)


@console.get("/knowledge/matters/<matter_id>/edit/<section>")
@auth_required("session")
def edit_section(matter_id: str, section: str) -> str:
    editor_at_work()
    matter = snapshot().get_matter(matter_id)
    text = read_knowledge(house().settings.knowledge_dir, file_of(matter))
    return _editor(matter, section, get_section(text, section).text, digest(text), Change(text, []))


@console.post("/knowledge/matters/<matter_id>/edit/<section>")
@auth_required("session")
def change_section(matter_id: str, section: str) -> str | Response | tuple[str, int]:
    officer = editor_at_work()
    matter, root = snapshot().get_matter(matter_id), house().settings.knowledge_dir
    typed, base = request.form.get("text", "")[:SECTION_CHARACTERS], request.form.get("base", "")
    change = try_section(root, matter, section, typed, base, now())
    if change.faults:
        return _editor(matter, section, typed, base, change), 400
    proposal = propose_section(officer, root, matter, section, change, why=parse_text(request.form, "why"), now=now())
    return _proposed(proposal)


def _editor(matter: Matter, section: str, text: str, base: str, change: Change) -> str:
    return render_template(
        "console/knowledge/edit.html", matter=matter, section=section, name=SECTIONS.get(section, section), text=text,
        base=base, faults=change.faults, others=others_on(file_of(matter)),
    )  # fmt: skip


@console.get("/knowledge/proposals")
@auth_required("session")
def proposals() -> str:
    editor_at_work()
    tab = request.args.get("tab", "open")
    tab = tab if tab in TABS else "open"
    return render_template(
        "console/knowledge/proposals.html", proposals=list_proposals(TABS[tab]), tab=tab, states=STATES,
        kinds=PROPOSALS, matter_name=matter_name, usernames=_usernames(),
    )  # fmt: skip


@console.get("/knowledge/proposals/<int:proposal_id>")
@auth_required("session")
def proposal(proposal_id: int) -> str:
    officer = editor_at_work()
    found = _proposal(proposal_id)
    return render_template(
        "console/knowledge/proposal.html", proposal=found, lines=diff(found.before, found.after), states=STATES,
        kinds=PROPOSALS, aspects=ASPECTS, matter_name=matter_name, intent_name=_intent_name,
        usernames=_usernames(), others=others_on(found),
        may_approve=can_approve(officer, found), may_reject=can_reject(officer, found),
        own=officer.id == found.proposed_by,
    )  # fmt: skip


@console.post("/knowledge/proposals/<int:proposal_id>/approve")
@auth_required("session")
def approve_proposal(proposal_id: int) -> Response:
    officer, rooms = editor_at_work(), house()
    settings = rooms.settings
    version = approve(
        officer, _proposal(proposal_id), root=settings.knowledge_dir, data_dir=settings.data_dir, snapshot=snapshot(),
        now=now(),
    )  # fmt: skip
    flash("已发布，一两秒后按新内容回答。", "done")
    return redirect(url_for("console.version", version_id=version.id), code=303)  # type: ignore[return-value]


@console.post("/knowledge/proposals/<int:proposal_id>/reject")
@auth_required("session")
def reject_proposal(proposal_id: int) -> Response:
    officer = editor_at_work()
    reject(officer, _proposal(proposal_id), now(), data_dir=house().settings.data_dir)
    flash("已退回，文件没有改动。", "done")
    return redirect(url_for("console.proposals"), code=303)  # type: ignore[return-value]


@console.get("/knowledge/versions")
@auth_required("session")
def versions() -> str:
    editor_at_work()
    matter = request.args.get("matter") or None
    return render_template(
        "console/knowledge/versions.html", versions=list_versions(matter), matter=matter, matter_name=matter_name,
        usernames=_usernames(),
    )  # fmt: skip


@console.get("/knowledge/versions/<int:version_id>")
@auth_required("session")
def version(version_id: int) -> str:
    editor_at_work()
    found = _version(version_id)
    return render_template(
        "console/knowledge/version.html", version=found, lines=diff(found.before, found.after),
        matter_name=matter_name, usernames=_usernames(),
    )  # fmt: skip


@console.post("/knowledge/versions/<int:version_id>/roll-back")
@auth_required("session")
def roll_back(version_id: int) -> Response:
    officer = editor_at_work()
    return _proposed(propose_roll_back(officer, house().settings.knowledge_dir, _version(version_id), now()))


def _proposed(proposal: Proposal) -> Response:
    flash("已提出，请另一位编辑核准。", "done")
    return redirect(url_for("console.proposal", proposal_id=proposal.id), code=303)  # type: ignore[return-value]


def _proposal(proposal_id: int) -> Proposal:
    return get_proposal(min(proposal_id, 2**31 - 1))


def _version(version_id: int) -> Version:
    return get_version(min(version_id, 2**31 - 1))


def _intent_name(label: str) -> str:
    """Return the name of what a trial saw in a question: a matter, or in brackets another kind of message."""
    kind = label.strip("()")
    return f"（{KINDS.get(kind, kind)}）" if label.startswith("(") else matter_name(label)


def _usernames() -> dict[int, str]:
    return {officer.id: officer.username for officer in list_officers()}
