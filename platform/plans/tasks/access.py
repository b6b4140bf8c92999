"""Who may see a task and an assignment."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from plans.tasks import queries
from plans.tasks.models import Assignment, Task, TaskKind
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.enclosures.documents import enclosing

#: Kinds that only the sections concerned may see (《信访工作条例》第三十条).
CONFIDENTIAL = frozenset({TaskKind.PETITION})


def concerned(principal: Principal, section_id: UUID | None) -> bool:
    """Whether a section's confidential matter is this person's: they stand in it, or in none, or lead the unit."""
    return section_id is None or principal.section_id in (None, section_id) or principal.has(Role.LEADER)


def may_see(principal: Principal, task: Task, share: Assignment | None) -> bool:
    """Whether a confidential task's text is this person's to read, at the issuer or with a share."""
    if task.kind not in CONFIDENTIAL:
        return True
    if principal.unit_id == task.issuer_unit_id:
        return concerned(principal, task.section_id)
    return share is not None and concerned(principal, share.section_id)


def withheld(principal: Principal, task: Task, share: Assignment | None) -> bool:
    """Whether a 检举控告's words are kept from somebody who may know that it exists: it is read by the section that
    was named at the unit, and while none is, by the unit's leader and who wrote it down."""
    if not task.guarded:
        return False
    named = task.section_id if principal.unit_id == task.issuer_unit_id else share and share.section_id
    if named is not None:
        return principal.section_id != named
    return not principal.has(Role.LEADER) and principal.account_id != task.created_by


async def get_task(
    session: AsyncSession, principal: Principal, task_id: UUID, *, lock: bool = False
) -> tuple[Task, Assignment | None]:
    """A task that the acting unit issued, has a share of, or that units below it have; with the unit's own share.

    Raises NotFound.
    """
    task = await queries.get_task(session, county_id=principal.county_id, task_id=task_id, lock=lock)
    share = await queries.find_share(session, county_id=principal.county_id, task_id=task_id, unit_id=principal.unit_id)
    reached = (
        share is not None
        or principal.unit_id in (task.issuer_unit_id, principal.county_unit_id)
        or await queries.has_shares(session, county_id=principal.county_id, task_id=task_id)
    )
    if not reached or not may_see(principal, task, share):
        raise NotFound
    return task, share


@enclosing("task")
async def may_open_files(session: AsyncSession, principal: Principal, document_id: UUID) -> None:
    """Whoever may read a task opens its files; a petition's, the sections concerned alone. Raises NotFound."""
    task, share = await get_task(session, principal, document_id)
    if withheld(principal, task, share):
        raise NotFound


async def get_assignment(
    session: AsyncSession, principal: Principal, assignment_id: UUID, *, lock: bool = False
) -> tuple[Assignment, Task]:
    """A share at or below the acting unit. Raises NotFound."""
    assignment, task = await queries.get_assignment(
        session, county_id=principal.county_id, assignment_id=assignment_id, lock=lock
    )
    own = assignment if assignment.unit_id == principal.unit_id else None
    if own is None and task.kind in CONFIDENTIAL and principal.unit_id != task.issuer_unit_id:
        own = await queries.find_share(
            session, county_id=principal.county_id, task_id=task.id, unit_id=principal.unit_id
        )
    if not may_see(principal, task, own):
        raise NotFound
    return assignment, task


async def keeps_from(session: AsyncSession, principal: Principal, task: Task) -> bool:
    """`withheld`, with the acting unit's own share looked up."""
    if not task.guarded:
        return False
    own = await queries.find_share(session, county_id=principal.county_id, task_id=task.id, unit_id=principal.unit_id)
    return withheld(principal, task, own)
