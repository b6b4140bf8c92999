"""Every SELECT of urgent matters."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.queries import get_row
from kit.paging import Mark, beyond
from plans.urgent.models import UrgentMatter, UrgentState


async def get_matter(session: AsyncSession, *, county_id: UUID, matter_id: UUID, lock: bool = False) -> UrgentMatter:
    """A matter of the acting unit's line. Raises NotFound."""
    return await get_row(session, UrgentMatter, county_id=county_id, id=matter_id, lock=lock)


async def list_matters(
    session: AsyncSession, *, county_id: UUID, open_only: bool, after: Mark | None, limit: int
) -> Sequence[UrgentMatter]:
    """Matters of the acting unit and those below it, the newest first; all, or those that are not concluded."""
    statement = select(UrgentMatter).where(UrgentMatter.county_id == county_id)
    if open_only:
        statement = statement.where(UrgentMatter.state != UrgentState.CONCLUDED)
    statement = statement.where(*beyond(after, UrgentMatter.reported_at, UrgentMatter.id, newest_first=True))
    order = (UrgentMatter.reported_at.desc(), UrgentMatter.id.desc())
    return (await session.scalars(statement.order_by(*order).limit(limit))).all()


async def list_to_escalate(session: AsyncSession, *, county_id: UUID, limit: int) -> Sequence[UrgentMatter]:
    """Matters that nobody has acknowledged in time. Reads as the county; locks them."""
    statement = (
        select(UrgentMatter)
        .where(
            UrgentMatter.county_id == county_id,
            UrgentMatter.state == UrgentState.REPORTED,
            UrgentMatter.escalate_at <= clock.now(),
        )
        .order_by(UrgentMatter.id)
        .limit(limit)
        .with_for_update()
    )
    return (await session.scalars(statement)).all()


async def count_unacknowledged(session: AsyncSession, *, county_id: UUID) -> int:
    """How many matters at or below the acting unit wait to be acknowledged."""
    statement = select(func.count()).where(
        UrgentMatter.county_id == county_id, UrgentMatter.state == UrgentState.REPORTED
    )
    return (await session.scalar(statement)) or 0
