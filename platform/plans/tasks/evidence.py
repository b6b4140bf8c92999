"""佐证材料: files that a unit hands in with its share of a task. Wanted perhaps, forced never."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from plans.tasks import access
from plans.tasks.lifecycle import OPEN
from plans.tasks.models import AssignmentState, TaskState
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.attachments.subjects import Holder, attachable

EVIDENCE = "evidence"
_WHO = (Role.REPORTER, Role.REVIEWER)


@attachable("assignment", limit=20)
async def of_assignment(session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool) -> Holder:
    """Added by the unit that owes the share; seen by it alone until it hands in, then by those above it."""
    share, task = await access.get_assignment(session, actor, subject_id, lock=lock)
    if await access.keeps_from(session, actor, task):
        raise NotFound
    handed_in = share.state is AssignmentState.HANDED_IN
    may = actor.unit_id == share.unit_id and actor.has(*_WHO) and share.state in OPEN and task.state is TaskState.ISSUED
    return Holder(
        place=tuple(share.place) if handed_in else (share.unit_id,),
        # Which hand-in it belongs to: the version that the hand-in made.
        number=share.version if handed_in else None,
        may_add=frozenset({EVIDENCE}) if may else frozenset(),
    )
