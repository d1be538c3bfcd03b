"""Which steps come next: pure rules on the steps of one case."""

from collections.abc import Sequence
from itertools import groupby

from ..matters.schema import Stage
from .models import CaseStep, StepState


def next_steps(steps: Sequence[CaseStep]) -> list[CaseStep]:
    """Return the steps to open now: none while one is open, and none at the end.

    Steps of one parallel group, standing one after another, open together; the next one opens
    when all of them are passed.
    """
    if any(step.state == StepState.OPEN for step in steps):
        return []
    for block in blocks(steps):
        waiting = [step for step in block if step.state == StepState.WAITING]
        if waiting:
            return waiting
    return []


def blocks(steps: Sequence[CaseStep]) -> list[list[CaseStep]]:
    """Return the steps in order, those that run side by side in one list."""
    ordered = sorted(steps, key=lambda step: step.position)
    return [list(block) for _, block in groupby(ordered, key=lambda s: (s.group, 0 if s.group else s.position))]


def is_finished(steps: Sequence[CaseStep]) -> bool:
    return all(step.state in (StepState.PASSED, StepState.SKIPPED) for step in steps)


def is_decided(steps: Sequence[CaseStep]) -> bool:
    """True once every step of stage `decide` is passed; a matter without one is decided by its end."""
    deciding = [step for step in steps if step.stage == Stage.DECIDE]
    return all(step.state == StepState.PASSED for step in deciding) if deciding else is_finished(steps)
