"""What inboxes are told of tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.jobs import CountyRef
from plans.tasks.access import CONFIDENTIAL
from plans.tasks.models import Assignment, Task
from reporting.carried import service as carried
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
#: A unit is told that its share was taken back, and why.
RECALLED = "task_recalled"


def facts_of(task: Task, *, section_id: UUID | None = None, **more: Any) -> dict[str, Any]:
    """A confidential task has no title outside its page, and nobody's reasons either; `section_id` is the recipient's
    section that it is kept to."""
    kept = task.kind in CONFIDENTIAL
    title = "" if kept else task.title
    return {
        "task_id": str(task.id),
        "title": title,
        "kind": task.kind.value,
        "priority": task.priority.value,
        "by": task.issuer_name,
        **({"number": task.number} if kept else {}),
        **({"section_id": str(section_id)} if kept and section_id is not None else {}),
        **{name: value for name, value in more.items() if not (kept and name == "reason")},
    }


def section_of(task: Task, unit_id: UUID) -> UUID | None:
    """The section that answers for the task at the unit which assigned a share, where that is the issuer."""
    return task.section_id if unit_id == task.issuer_unit_id else None


def owed(task: Task, assignment: Assignment, *, due_at: datetime | None = None, **more: Any) -> Mail:
    """The unit's item, told or told anew: it closes when the unit hands in. Of a 检举控告 that no section has yet it is
    the leader's, who names one."""
    to_be_named = task.guarded and more.get("section_id", assignment.section_id) is None
    return Mail(
        assignment.unit_id,
        Role.LEADER if to_be_named else Role.REPORTER,
        OWED,
        facts=facts_of(task, unit=assignment.unit_name, **{"section_id": assignment.section_id, **more}),
        due_at=due_at or assignment.due_at,
    )


def apart(task: Task, mail: Sequence[Mail]) -> tuple[list[Mail], Mapping[str, Any] | None]:
    """What goes with a share's own transition, and the facts with which the item of its report is told anew: there is
    one item for what a unit owes."""
    if task.cycle_id is None:
        return list(mail), None
    owed_now = [item.facts for item in mail if item.topic == OWED and not item.closed]
    return [item for item in mail if item.topic != OWED], owed_now[-1] if owed_now else None


async def tell_anew(
    session: AsyncSession, county: CountyRef, task: Task, facts: Mapping[UUID, Mapping[str, Any] | None]
) -> None:
    """Tell the items of reports anew: share → facts, none where there is nothing to tell."""
    if task.cycle_id is None:
        return
    said = {
        share_id: {name: value for name, value in one.items() if name != "unit"}
        for share_id, one in facts.items()
        if one is not None
    }
    await carried.tell(session, county=county, cycle_id=task.cycle_id, facts=said)


def settled(assignment: Assignment, *, carried: bool = False) -> list[Mail]:
    """Nothing of it is owed any more, on either side. Of a share that carries a report, what is owed and what waits
    for review are items of the report."""
    report = [
        Mail(assignment.unit_id, Role.REPORTER, OWED, closed=True),
        Mail(assignment.assigner_unit_id, Role.REVIEWER, REVIEW, closed=True),
    ]
    return [
        *([] if carried else report),
        Mail(assignment.unit_id, Role.LEADER, SUPERVISED, closed=True),
        Mail(assignment.assigner_unit_id, Role.REVIEWER, EXTENSION, closed=True),
    ]


def taken_back(task: Task, assignment: Assignment, reason: str) -> list[Mail]:
    """Nothing of it is owed any more, and the unit learns why."""
    facts = facts_of(task, section_id=assignment.section_id, unit=assignment.unit_name, reason=reason)
    told = Mail(assignment.unit_id, Role.REPORTER, RECALLED, facts=facts)
    return [*settled(assignment, carried=task.cycle_id is not None), told]
