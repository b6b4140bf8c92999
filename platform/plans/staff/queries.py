"""Every SELECT of the roster."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from plans.staff.models import Background, Duty, StaffKind, StaffMember, StaffState
from plans.staff.rules import Serving


async def get_member(session: AsyncSession, *, county_id: UUID, staff_id: UUID, lock: bool = False) -> StaffMember:
    """Somebody of a unit at or below the acting one. Raises NotFound."""
    return await get_row(session, StaffMember, county_id=county_id, id=staff_id, lock=lock)


async def list_of_units(
    session: AsyncSession,
    *,
    county_id: UUID,
    unit_ids: Sequence[UUID] | None = None,
    state: StaffState | None = StaffState.SERVING,
    search: str = "",
    limit: int | None = None,
) -> Sequence[StaffMember]:
    """People of these units, or of all at or below the acting one, by unit and name; `search` is part of a name."""
    statement = select(StaffMember).where(StaffMember.county_id == county_id)
    if unit_ids is not None:
        statement = statement.where(StaffMember.unit_id.in_(unit_ids))
    if state is not None:
        statement = statement.where(StaffMember.state == state)
    if search:
        statement = statement.where(StaffMember.name.contains(search, autoescape=True))
    order = (StaffMember.unit_id, StaffMember.state.desc(), StaffMember.name, StaffMember.id)
    return (await session.scalars(statement.order_by(*order).limit(limit))).all()


async def list_by_id(
    session: AsyncSession, *, county_id: UUID, staff_ids: Sequence[UUID], unit_id: UUID | None = None
) -> Sequence[StaffMember]:
    """Those of the named who stand at or below the acting unit, or at one unit."""
    statement = select(StaffMember).where(StaffMember.county_id == county_id, StaffMember.id.in_(staff_ids))
    if unit_id is not None:
        statement = statement.where(StaffMember.unit_id == unit_id)
    return (await session.scalars(statement.order_by(StaffMember.id))).all()


async def count_by_unit(session: AsyncSession, *, county_id: UUID) -> dict[UUID, int]:
    """Unit → how many serve there, of units at or below the acting one that have anybody."""
    statement = (
        select(StaffMember.unit_id, func.count())
        .where(StaffMember.county_id == county_id, StaffMember.state == StaffState.SERVING)
        .group_by(StaffMember.unit_id)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_serving(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID] | None = None
) -> dict[UUID, Serving]:
    """Unit → who serves there, counted; of these units, or of all at or below the acting one that have anybody."""
    employed = StaffMember.kind != StaffKind.VOLUNTEER
    statement = (
        select(
            StaffMember.unit_id,
            func.count().filter(employed),
            func.count().filter(employed, StaffMember.background.in_((Background.VETERAN, Background.PREFERENTIAL))),
            func.count().filter(employed, StaffMember.background.is_(None)),
            func.count().filter(StaffMember.established),
            func.count().filter(StaffMember.kind == StaffKind.FULL_TIME),
            func.count().filter(StaffMember.duties.contains([Duty.LIAISON.value])),
        )
        .where(StaffMember.county_id == county_id, StaffMember.state == StaffState.SERVING)
        .group_by(StaffMember.unit_id)
    )
    if unit_ids is not None:
        statement = statement.where(StaffMember.unit_id.in_(unit_ids))
    return {row[0]: Serving(*row[1:]) for row in await session.execute(statement)}
