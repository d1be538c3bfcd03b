"""Who may do what with tickets and proposals: for the button and for the door alike."""

from ..identity.permissions import may_edit_knowledge
from ..identity.service import Officer, OfficerRole
from .models import Proposal, ProposalKind, ProposalState

__all__ = ["can_approve", "can_reject", "may_answer_tickets", "may_edit_knowledge"]


def may_answer_tickets(officer: Officer) -> bool:
    """A window clerk knows the matters as well as an editor does."""
    return officer.active and (officer.has(OfficerRole.WINDOW_CLERK) or officer.has(OfficerRole.EDITOR))


def can_approve(officer: Officer, proposal: Proposal) -> bool:
    """Another editor than the one who proposed, once the trial has shown what would flip.

    A roll-back brings back what was published before and waits for no trial.
    """
    ready = proposal.state == ProposalState.READY
    if proposal.kind == ProposalKind.ROLL_BACK:
        ready = ready or proposal.state == ProposalState.CHECKING
    return may_edit_knowledge(officer) and officer.id != proposal.proposed_by and ready


def can_reject(officer: Officer, proposal: Proposal) -> bool:
    """Any editor, also who proposed it."""
    return may_edit_knowledge(officer) and proposal.state in (ProposalState.CHECKING, ProposalState.READY)
