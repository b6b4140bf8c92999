"""What inboxes are told of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plans.tasks.access import CONFIDENTIAL
from plans.tasks.models import Assignment, Task
from tenancy.models import Role
from workflow.lifecycle import Mail

#: A unit owes its share.
OWED = "task"
#: What a unit handed in waits to be accepted.
REVIEW = "task_review"
#: A unit asks for more time.
EXTENSION = "task_extension"
#: A task with a short notice waits for the issuer's leader.
CONFIRM = "task_confirm"
#: The leader is shown that a share is supervised.
SUPERVISED = "task_supervised"
#: Units below got a share past the unit in between.
SKIPPED = "task_skipped"


def facts_of(task: Task, **more: Any) -> dict[str, Any]:
    """A confidential task has no title outside its page."""
    title = "" if task.kind in CONFIDENTIAL else task.title
    return {
        "task_id": str(task.id),
        "title": title,
        "kind": task.kind.value,
        "priority": task.priority.value,
        "by": task.issuer_name,
        **more,
    }


def owed(task: Task, assignment: Assignment, *, due_at: datetime | None = None, **more: Any) -> Mail:
    """The unit's item, told or told anew: it closes when the unit hands in."""
    return Mail(
        assignment.unit_id,
        Role.REPORTER,
        OWED,
        facts=facts_of(task, unit=assignment.unit_name, **more),
        due_at=due_at or assignment.due_at,
    )


def settled(assignment: Assignment) -> list[Mail]:
    """Nothing of it is owed any more, on either side."""
    return [
        Mail(assignment.unit_id, Role.REPORTER, OWED, closed=True),
        Mail(assignment.unit_id, Role.LEADER, SUPERVISED, closed=True),
        Mail(assignment.assigner_unit_id, Role.REVIEWER, REVIEW, closed=True),
        Mail(assignment.assigner_unit_id, Role.REVIEWER, EXTENSION, closed=True),
    ]
