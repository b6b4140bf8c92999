"""How far a decision or finding has come. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from plans.tasks.models import AssignmentState, TaskState
from plans.tasks.queries import Counted

_TITLE = 40


class FollowState(enum.StrEnum):
    """待领导确认、办理中、待确认、已办结、已终止."""

    AWAITING = "awaiting"
    OPEN = "open"
    HANDED_IN = "handed_in"
    DONE = "done"
    DROPPED = "dropped"


def title_of(text: str) -> str:
    """The first line, of at most 40 characters: what a matter is called that has only a text."""
    line = text.strip().splitlines()[0]
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}…"


def state_of(task: TaskState, shares: Iterable[Counted]) -> FollowState:
    """Where a task stands by the shares that are seen: done when each that was not recalled is accepted."""
    if task is TaskState.AWAITING:
        return FollowState.AWAITING
    if task in (TaskState.DECLINED, TaskState.RECALLED):
        return FollowState.DROPPED
    standing = {one.state for one in shares if one.number} - {AssignmentState.RECALLED}
    if not standing:
        return FollowState.DROPPED
    if standing == {AssignmentState.ACCEPTED}:
        return FollowState.DONE
    ended = {AssignmentState.ACCEPTED, AssignmentState.HANDED_IN}
    return FollowState.HANDED_IN if standing <= ended else FollowState.OPEN
