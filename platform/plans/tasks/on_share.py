"""One act on one unit's share: held, checked, carried out with its letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import Write
from plans.tasks import access, letters, queries
from plans.tasks.errors import ReportDecides
from plans.tasks.lifecycle import ASSIGNMENT, BY_REPORT, WITH_REPORT, subject_of
from plans.tasks.models import Assignment, Task, TaskState
from reporting.carried import service as carried
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, expect_version, perform

#: Of a share at its end nobody asks for longer, and nobody supervises it.
AT_REST: Mapping[str, Any] = {"asked_until": None, "asked_reason": "", "supervised_by": "", "supervised_reason": ""}


async def load_locked(
    session: AsyncSession, actor: Principal, assignment_id: UUID, action: str, version: int | None, reason: str = ""
) -> tuple[Assignment, Task]:
    """Lock a share for an action, and where it concerns the report that the share carries, that before it. Raises
    NotFound, Forbidden, ReportDecides, Stale, ActionNotAllowed, ReasonMissing."""
    cycle_id = await queries.hold_task_of(session, county_id=actor.county_id, assignment_id=assignment_id)
    if cycle_id is not None and action in WITH_REPORT:
        one = assignment_id if action != "recall" else None
        await carried.hold(session, county_id=actor.county_id, cycle_id=cycle_id, submission_id=one)
    share, task = await access.get_assignment(session, actor, assignment_id, lock=True)
    subject = subject_of(share)
    ASSIGNMENT.check_side(action, subject, actor)
    if cycle_id is not None and action in BY_REPORT:
        raise ReportDecides
    expect_version(subject, version)
    ASSIGNMENT.check(action, subject, actor, reason)
    if task.state is not TaskState.ISSUED:
        raise ActionNotAllowed(action=action, state=task.state)
    return share, task


async def carry_out(
    session: AsyncSession,
    actor: Principal,
    share: Assignment,
    action: str,
    *,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    mail: Sequence[Mail] = (),
    also: Sequence[Write] = (),
    detail: Mapping[str, Any] | None = None,
    task: Task | None = None,
) -> int:
    own, anew = (mail, None) if task is None else letters.apart(task, mail)
    number = await perform(
        session,
        ASSIGNMENT,
        action,
        subject_of(share),
        actor=actor,
        reason=reason,
        values=values,
        mail=own,
        also=also,
        detail=detail,
    )
    if task is not None:
        await letters.tell_anew(session, actor.county, task, {share.id: anew})
    return number
