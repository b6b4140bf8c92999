"""What a task does to the cycle that it carries, and to its reports. Nobody follows these: the task itself acts."""

from __future__ import annotations

from reporting.lifecycle import EDITABLE, FOLD, UNSENT, accompany_mark
from reporting.models import Cycle, CycleState, Submission, SubmissionState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Transition

REPORT = Lifecycle(
    kind="submission",
    model=Submission,
    transitions=(
        Transition(
            "extend",
            UNSENT | {SubmissionState.SUBMITTED, SubmissionState.APPROVED},
            Relation.SUPERIOR,
            Role.REVIEWER,
            None,
            or_role=Role.LEADER,
        ),
        Transition("exempt", EDITABLE, Relation.SUPERIOR, Role.REVIEWER, None, needs_reason=True, or_role=Role.LEADER),
    ),
    accompany=accompany_mark,
    bells=(FOLD,),
)

CYCLE = Lifecycle(
    kind="cycle",
    model=Cycle,
    transitions=(
        Transition("extend", frozenset({CycleState.OPEN}), Relation.OWN, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition(
            "close",
            frozenset({CycleState.OPEN}),
            Relation.OWN,
            Role.REVIEWER,
            CycleState.CLOSED,
            or_role=Role.LEADER,
        ),
    ),
)
