"""How far a decision or finding has come, by its task."""

from __future__ import annotations

import pytest

from plans.follow_up.rules import FollowState, state_of, title_of
from plans.tasks.models import AssignmentState, TaskState
from plans.tasks.queries import Counted


@pytest.mark.parametrize(
    ("task", "shares", "expected"),
    [
        (TaskState.AWAITING, [], FollowState.AWAITING),
        (TaskState.DECLINED, [], FollowState.DROPPED),
        (TaskState.RECALLED, [AssignmentState.RECALLED], FollowState.DROPPED),
        (TaskState.ISSUED, [AssignmentState.RECALLED], FollowState.DROPPED),
        (TaskState.ISSUED, [AssignmentState.ACCEPTED, AssignmentState.RECALLED], FollowState.DONE),
        (TaskState.ISSUED, [AssignmentState.ACCEPTED, AssignmentState.HANDED_IN], FollowState.HANDED_IN),
        (TaskState.ISSUED, [AssignmentState.ACCEPTED, AssignmentState.RETURNED], FollowState.OPEN),
        (TaskState.CLOSED, [AssignmentState.ACCEPTED], FollowState.DONE),
    ],
)
def test_a_line_is_done_when_every_share_that_stands_is(
    task: TaskState, shares: list[AssignmentState], expected: FollowState
) -> None:
    assert state_of(task, [Counted(state, 1, 0, 0) for state in shares]) is expected


def test_a_title_is_the_first_line_and_at_most_forty_characters() -> None:
    assert title_of("\n  莫𡐓村台账不全，\n需补录。") == "莫𡐓村台账不全，"
    assert title_of("补" * 40) == "补" * 40
    assert title_of("补" * 41) == "补" * 39 + "…"
