"""Every SELECT of petitions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from plans.petitions.models import Petition, PetitionClass, PetitionState
from plans.tasks.models import Task, TaskState


async def get_petition(session: AsyncSession, *, county_id: UUID, task_id: UUID, lock: bool = False) -> Petition:
    """A petition in whose place the acting unit stands. Who may see it is decided in `plans.tasks.access`. Raises
    NotFound."""
    return await get_row(session, Petition, county_id=county_id, id=task_id, lock=lock)


async def list_running(session: AsyncSession, *, county_id: UUID) -> list[tuple[Petition, Task]]:
    """Petitions on whose way something may be due, with their tasks. Reads as the county; locks what it returns."""
    appeal = Petition.petition_class == PetitionClass.APPEAL
    statement = (
        select(Petition, Task)
        .join(Task, and_(Task.county_id == Petition.county_id, Task.id == Petition.id))
        .where(
            Petition.county_id == county_id,
            Task.state == TaskState.ISSUED,
            or_(
                Petition.state != PetitionState.CONCLUDED,
                Petition.informed_on.is_(None),
                and_(appeal, Petition.review_asked_on.is_not(None), Petition.review_answered_on.is_(None)),
                and_(
                    appeal,
                    Petition.reexamination_asked_on.is_not(None),
                    Petition.reexamination_answered_on.is_(None),
                ),
            ),
        )
        .order_by(Petition.id)
        .with_for_update(of=Petition)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
