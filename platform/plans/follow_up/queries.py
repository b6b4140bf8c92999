"""Reads of tasks that decisions and findings became."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks.models import Assignment, Task


async def list_tasks(session: AsyncSession, *, county_id: UUID, task_ids: Sequence[UUID]) -> Sequence[Task]:
    """Tasks of the county by id. The caller has authorised what they came out of."""
    return (await session.scalars(select(Task).where(Task.county_id == county_id, Task.id.in_(task_ids)))).all()


async def list_first_shares(
    session: AsyncSession, *, county_id: UUID, task_ids: Sequence[UUID], unit_id: UUID
) -> dict[UUID, UUID]:
    """Task → the unit's own share of it, or the only one that it sees."""
    own = func.array_agg(Assignment.id).filter(Assignment.unit_id == unit_id)
    statement = (
        select(Assignment.task_id, own, func.array_agg(Assignment.id))
        .where(Assignment.county_id == county_id, Assignment.task_id.in_(task_ids))
        .group_by(Assignment.task_id)
    )
    found: dict[UUID, UUID] = {}
    for task_id, mine, seen in await session.execute(statement):
        if mine or len(seen) == 1:
            found[task_id] = (mine or seen)[0]
    return found
