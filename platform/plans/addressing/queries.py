"""Reads of tags and groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from plans.addressing.models import UnitGroup, UnitTag


async def list_tagged(
    session: AsyncSession, *, county_id: UUID, tags: Collection[str] | None = None
) -> dict[str, set[UUID]]:
    """tag → the units that bear it; all tags unless some are named."""
    statement = select(UnitTag.tag, UnitTag.unit_id).where(UnitTag.county_id == county_id)
    if tags is not None:
        statement = statement.where(UnitTag.tag.in_(tags))
    found: dict[str, set[UUID]] = {}
    for tag, unit_id in await session.execute(statement.order_by(UnitTag.tag)):
        found.setdefault(tag, set()).add(unit_id)
    return found


async def list_groups(session: AsyncSession, *, county_id: UUID, owner_unit_id: UUID) -> Sequence[UnitGroup]:
    """A unit's own groups, by name."""
    statement = (
        select(UnitGroup)
        .where(UnitGroup.county_id == county_id, UnitGroup.owner_unit_id == owner_unit_id)
        .order_by(UnitGroup.name)
    )
    return (await session.scalars(statement)).all()


async def get_group(
    session: AsyncSession, *, county_id: UUID, owner_unit_id: UUID, group_id: UUID, lock: bool = False
) -> UnitGroup:
    """One of the unit's own groups. Raises NotFound."""
    statement = select(UnitGroup).where(
        UnitGroup.county_id == county_id, UnitGroup.owner_unit_id == owner_unit_id, UnitGroup.id == group_id
    )
    if lock:
        statement = statement.with_for_update()
    group = (await session.scalars(statement)).one_or_none()
    if group is None:
        raise NotFound
    return group
