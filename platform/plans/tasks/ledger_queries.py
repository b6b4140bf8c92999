"""Every SELECT of the task ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks.models import Assignment, Task, TaskState

#: What was sent; what still waits for a leader, or was declined, never was.
SENT = (TaskState.ISSUED, TaskState.CLOSED, TaskState.RECALLED)


async def list_issued_in(session: AsyncSession, *, county_id: UUID, issuer_unit_id: UUID, year: int) -> Sequence[Task]:
    """What a unit sent in a year, by number."""
    statement = (
        select(Task)
        .where(
            Task.county_id == county_id,
            Task.issuer_unit_id == issuer_unit_id,
            Task.year == year,
            Task.state.in_(SENT),
        )
        .order_by(Task.serial)
    )
    return (await session.scalars(statement)).all()


async def list_received_in(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, year: int
) -> list[tuple[Assignment, Task]]:
    """A unit's own shares of the tasks of a year, by deadline."""
    statement = (
        select(Assignment, Task)
        .join(Task, and_(Task.county_id == Assignment.county_id, Task.id == Assignment.task_id))
        .where(Assignment.county_id == county_id, Assignment.unit_id == unit_id, Task.year == year)
        .order_by(Assignment.due_at, Assignment.id)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
