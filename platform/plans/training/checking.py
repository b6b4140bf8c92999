"""What must be true of trainings: for `jiceng check`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.training import queries


async def check_places(session: AsyncSession, *, county_id: UUID) -> tuple[int, list[str]]:
    """How many places were looked at, and where a session counts others than there are. Reads as the county."""
    counted = await queries.count_taken(session, county_id=county_id)
    faults = [
        f"session {one.no} of {one.title}: counts {one.taken} places, and {one.found} are taken"
        for one in counted
        if one.taken != one.found
    ]
    return sum(one.found for one in counted), faults
