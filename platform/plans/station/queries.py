"""Every SELECT of stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plans.station.models import StationFund, StationProfile


async def find_profile(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, lock: bool = False
) -> StationProfile | None:
    """What was said of a unit's station, of a unit at or below the acting one."""
    statement = select(StationProfile).where(StationProfile.county_id == county_id, StationProfile.unit_id == unit_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.scalars(statement)).one_or_none()


@dataclass(frozen=True, slots=True)
class Outline:
    """A profile with its lists counted."""

    profile: StationProfile
    group: int
    grid: int


async def list_outlines(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID] | None = None
) -> dict[UUID, Outline]:
    """Unit → its profile, of these units, or of all at or below the acting one that have one."""
    statement = select(
        StationProfile,
        func.jsonb_array_length(StationProfile.group_members),
        func.jsonb_array_length(StationProfile.grid),
    ).where(StationProfile.county_id == county_id)
    if unit_ids is not None:
        statement = statement.where(StationProfile.unit_id.in_(unit_ids))
    return {row[0].unit_id: Outline(row[0], row[1], row[2]) for row in await session.execute(statement)}


async def list_funds(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID] | None = None, year: int | None = None
) -> Sequence[StationFund]:
    """Funds of these units, or of all at or below the acting one; of one year or all, the latest first."""
    statement = select(StationFund).where(StationFund.county_id == county_id)
    if unit_ids is not None:
        statement = statement.where(StationFund.unit_id.in_(unit_ids))
    if year is not None:
        statement = statement.where(StationFund.year == year)
    return (await session.scalars(statement.order_by(StationFund.unit_id, StationFund.year.desc()))).all()
