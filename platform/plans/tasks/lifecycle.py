"""The lifecycles of a task and of an assignment (`docs/dispatch.md`)."""

from __future__ import annotations

from plans.tasks.models import Assignment, AssignmentState, Task, TaskState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_ISSUED = frozenset({AssignmentState.ISSUED})
_WORKING = frozenset({AssignmentState.ACKNOWLEDGED, AssignmentState.IN_PROGRESS, AssignmentState.RETURNED})
_HANDED_IN = frozenset({AssignmentState.HANDED_IN})
_ACCEPTED = frozenset({AssignmentState.ACCEPTED})

#: States in which the unit still owes something.
OWED = _ISSUED | _WORKING
#: States in which an assignment is not at its end.
OPEN = OWED | _HANDED_IN

ASSIGNMENT = Lifecycle(
    kind="assignment",
    model=Assignment,
    transitions=(
        Transition(
            "acknowledge", _ISSUED, Relation.OWN, Role.REPORTER, AssignmentState.ACKNOWLEDGED, or_role=Role.REVIEWER
        ),
        Transition("sign_amendment", _WORKING | _HANDED_IN, Relation.OWN, Role.REPORTER, None, or_role=Role.REVIEWER),
        Transition(
            "progress", _WORKING, Relation.OWN, Role.REPORTER, AssignmentState.IN_PROGRESS, or_role=Role.REVIEWER
        ),
        Transition("pass_on", OWED, Relation.OWN, Role.REVIEWER, AssignmentState.IN_PROGRESS),
        Transition("hand_in", _WORKING, Relation.OWN, Role.REPORTER, AssignmentState.HANDED_IN, or_role=Role.REVIEWER),
        Transition(
            "withdraw", _HANDED_IN, Relation.OWN, Role.REPORTER, AssignmentState.IN_PROGRESS, or_role=Role.REVIEWER
        ),
        Transition("ask_extension", OWED, Relation.OWN, Role.REPORTER, None, needs_reason=True, or_role=Role.REVIEWER),
        Transition("grant_extension", OPEN, Relation.REVIEWER, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition(
            "refuse_extension", OPEN, Relation.REVIEWER, Role.REVIEWER, None, needs_reason=True, or_role=Role.LEADER
        ),
        Transition("extend", OWED, Relation.REVIEWER, Role.REVIEWER, None, needs_reason=True, or_role=Role.LEADER),
        Transition("accept", _HANDED_IN, Relation.REVIEWER, Role.REVIEWER, AssignmentState.ACCEPTED),
        Transition(
            "send_back",
            _HANDED_IN | _ACCEPTED,
            Relation.REVIEWER,
            Role.REVIEWER,
            AssignmentState.RETURNED,
            needs_reason=True,
        ),
        Transition("urge", OWED, Relation.SUPERIOR, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition("supervise", OPEN, Relation.SUPERIOR, Role.LEADER, None, needs_reason=True, or_role=Role.REVIEWER),
        Transition("ease", OPEN, Relation.SUPERIOR, Role.LEADER, None, or_role=Role.REVIEWER),
        Transition("to_section", OPEN, Relation.OWN, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition("amend", OPEN, Relation.SUPERIOR, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition(
            "reissue",
            frozenset({AssignmentState.RECALLED}),
            Relation.SUPERIOR,
            Role.REVIEWER,
            AssignmentState.ISSUED,
            or_role=Role.LEADER,
        ),
        Transition(
            "recall",
            OPEN,
            Relation.SUPERIOR,
            Role.REVIEWER,
            AssignmentState.RECALLED,
            needs_reason=True,
            or_role=Role.LEADER,
        ),
    ),
)

TASK = Lifecycle(
    kind="task",
    model=Task,
    transitions=(
        Transition("confirm", frozenset({TaskState.AWAITING}), Relation.OWN, Role.LEADER, TaskState.ISSUED),
        Transition(
            "decline", frozenset({TaskState.AWAITING}), Relation.OWN, Role.LEADER, TaskState.DECLINED, needs_reason=True
        ),
        Transition(
            "amend",
            frozenset({TaskState.ISSUED}),
            Relation.OWN,
            Role.REVIEWER,
            None,
            needs_reason=True,
            or_role=Role.LEADER,
        ),
        Transition(
            "recall",
            frozenset({TaskState.AWAITING, TaskState.ISSUED}),
            Relation.OWN,
            Role.REVIEWER,
            TaskState.RECALLED,
            needs_reason=True,
            or_role=Role.LEADER,
        ),
        Transition(
            "close", frozenset({TaskState.ISSUED}), Relation.OWN, Role.REVIEWER, TaskState.CLOSED, or_role=Role.LEADER
        ),
    ),
)


#: How a share goes where its report goes (`plans.tasks.following`). The report's lifecycle has asked who may.
FOLLOWING = Lifecycle(
    kind="assignment",
    model=Assignment,
    transitions=tuple(
        Transition(action, frozenset(AssignmentState), Relation.LINE, None, target)
        for action, target in (
            ("reissue", AssignmentState.ISSUED),
            ("begin", AssignmentState.IN_PROGRESS),
            ("withdraw", AssignmentState.IN_PROGRESS),
            ("hand_in", AssignmentState.HANDED_IN),
            ("accept", AssignmentState.ACCEPTED),
            ("stand", AssignmentState.ACCEPTED),
            ("send_back", AssignmentState.RETURNED),
            ("recall", AssignmentState.RECALLED),
            ("grant_extension", None),
        )
    ),
)

#: What the report does in place of the share that carries it. Its units were frozen when it was sent.
BY_REPORT = frozenset({"progress", "pass_on", "hand_in", "withdraw", "accept", "send_back", "reissue"})
#: What is done to the share and to its report together.
WITH_REPORT = frozenset({"grant_extension", "extend", "recall"})


def subject_of(assignment: Assignment) -> Subject:
    """The lifecycle's view of an assignment."""
    place = tuple(assignment.place)
    return Subject(
        assignment.id,
        assignment.state,
        assignment.version,
        assignment.unit_id,
        assignment.assigner_unit_id,
        place,
        place[1:],
    )


def task_subject(task: Task) -> Subject:
    """The lifecycle's view of a task: its issuer's own."""
    line = (task.issuer_unit_id,)
    return Subject(task.id, task.state, task.version, task.issuer_unit_id, task.issuer_unit_id, line)
