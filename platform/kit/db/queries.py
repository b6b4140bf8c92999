"""A tenant row by its key."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.base import TenantRow
from kit.errors import NotFound

R = TypeVar("R", bound=TenantRow)


async def get_row(session: AsyncSession, model: type[R], *, county_id: UUID, id: UUID, lock: bool = False) -> R:
    """The row with this key, where the policies let it be seen; locked, as it stands then. Raises NotFound."""
    statement = select(model).where(model.county_id == county_id, model.id == id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found
