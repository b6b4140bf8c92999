"""Reads of what a county decided for everything that goes down."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plans.models import DispatchRules


async def find_dispatch_rules(
    session: AsyncSession, *, county_id: UUID, county_unit_id: UUID, lock: bool = False
) -> DispatchRules | None:
    """A county's own rules; None while the defaults hold."""
    statement = select(DispatchRules).where(DispatchRules.county_id == county_id, DispatchRules.id == county_unit_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.scalars(statement)).one_or_none()
