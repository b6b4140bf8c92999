"""The petition that a task carries, written down when the task is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import Forbidden
from plans.petitions import queries
from plans.petitions.errors import DayImpossible, OneHandler, PetitionFacts
from plans.petitions.models import Petition, PetitionClass, PetitionState
from plans.petitions.schemas import PetitionIn
from plans.tasks.models import Task, TaskKind
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import Tree, TreeNode
from tenancy.section_queries import get_open_section
from workflow.lifecycle import Mail, post

#: A limit is near or over; and what the other side is told.
DUE, OBJECTED = "petition_due", "petition_objected"
_KIND = "petition"
_LONG_AGO = 3660


async def section_for(session: AsyncSession, actor: Principal, kind: TaskKind, section_id: UUID | None) -> UUID | None:
    """The issuer's section that a task belongs to: the one named, else the actor's own. Nobody sends a petition out of
    their own sight. Raises NotFound, Forbidden."""
    if section_id is None:
        return actor.section_id
    await get_open_section(session, county_id=actor.county_id, unit_id=actor.unit_id, section_id=section_id)
    elsewhere = actor.section_id not in (None, section_id) and not actor.has(Role.LEADER)
    if kind is TaskKind.PETITION and elsewhere:
        raise Forbidden
    return section_id


async def file_petition(
    session: AsyncSession, task: Task, given: PetitionIn | None, tree: Tree, nodes: Sequence[TreeNode]
) -> None:
    """Write down the petition of a 信访交办. Raises PetitionFacts, OneHandler, DayImpossible."""
    if (task.kind is TaskKind.PETITION) != (given is not None):
        raise PetitionFacts
    if given is None:
        return
    if len(nodes) != 1:
        raise OneHandler
    today = clock.today()
    if given.received_on > today or (today - given.received_on).days > _LONG_AGO:
        raise DayImpossible(since="—")
    task.guarded = given.petition_class is PetitionClass.ACCUSATION
    session.add(
        Petition(
            county_id=task.county_id,
            id=task.id,
            handler_unit_id=nodes[0].id,
            manner=given.manner,
            petition_class=given.petition_class,
            received_on=given.received_on,
            place=tree.ancestors(nodes[0].id),
        )
    )
    await session.flush()


async def is_running(session: AsyncSession, task: Task) -> bool:
    """Whether a task carries a petition that is not concluded. For whoever may read the task."""
    if task.kind is not TaskKind.PETITION:
        return False
    petition = await queries.get_petition(session, county_id=task.county_id, task_id=task.id)
    return petition.state is not PetitionState.CONCLUDED


async def settle(session: AsyncSession, actor: Principal, task: Task) -> None:
    """The task is over: of its petition nothing is waited for any more, on either side."""
    petition = await queries.get_petition(session, county_id=actor.county_id, task_id=task.id)
    mail = [
        Mail(petition.handler_unit_id, Role.REPORTER, DUE, closed=True),
        Mail(task.issuer_unit_id, Role.REVIEWER, DUE, closed=True),
        Mail(task.issuer_unit_id, Role.REVIEWER, OBJECTED, closed=True),
    ]
    await post(session, actor.county, _KIND, [(task.id, petition.version, mail)])
