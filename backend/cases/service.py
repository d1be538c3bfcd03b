"""The door of the room: what others may use."""

from .accept import submit
from .counting import Counts, count_queue
from .drafts import abandon_draft, drafts_of, drop_old_drafts, get_own_draft, known_fields, save_draft, start_draft
from .errors import ReasonMissing
from .finding import cases_of, find_case, get_case, get_own_case, get_step, look_at_case
from .materials import Given
from .models import (
    TERMINAL,
    Case,
    CaseEvent,
    CaseMaterial,
    CaseStep,
    Draft,
    MaterialState,
    Status,
    StepState,
)
from .moves import MOVES, Move, Reason, claim, pass_step, refuse, release, resubmit, return_for_correction, withdraw
from .permissions import (
    can_claim,
    can_pass,
    can_refuse,
    can_release,
    can_resubmit,
    can_return,
    can_see,
    can_withdraw,
    can_work,
    owns,
)
from .progress import Progress, progress
from .queues import QueuePage, QueueRow, due_colour, queue
from .reminding import remind_due
from .table import ensure_turn
from .transferring import transfer
from .versions import matter_of
from .wording import REMEDY

__all__ = [
    "MOVES",
    "REMEDY",
    "TERMINAL",
    "Case",
    "CaseEvent",
    "CaseMaterial",
    "CaseStep",
    "Counts",
    "Draft",
    "Given",
    "MaterialState",
    "Move",
    "Progress",
    "QueuePage",
    "QueueRow",
    "Reason",
    "ReasonMissing",
    "Status",
    "StepState",
    "abandon_draft",
    "can_claim",
    "can_pass",
    "can_refuse",
    "can_release",
    "can_resubmit",
    "can_return",
    "can_see",
    "can_withdraw",
    "can_work",
    "cases_of",
    "claim",
    "count_queue",
    "drafts_of",
    "drop_old_drafts",
    "due_colour",
    "ensure_turn",
    "find_case",
    "get_case",
    "get_own_case",
    "get_own_draft",
    "get_step",
    "known_fields",
    "look_at_case",
    "matter_of",
    "owns",
    "pass_step",
    "progress",
    "queue",
    "refuse",
    "release",
    "remind_due",
    "resubmit",
    "return_for_correction",
    "save_draft",
    "start_draft",
    "submit",
    "transfer",
    "withdraw",
]
