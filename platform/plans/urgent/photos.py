"""现场照片: files that the unit adds to what it reported. Wanted perhaps, forced never."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.urgent import queries
from plans.urgent.models import UrgentState
from tenancy.principal import Principal
from workflow.attachments.subjects import Holder, attachable

PHOTO = "photo"


@attachable("urgent_matter", limit=20)
async def of_matter(session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool) -> Holder:
    """Added by anybody of the unit until it is concluded; seen by the line concerned at once."""
    matter = await queries.get_matter(session, county_id=actor.county_id, matter_id=subject_id, lock=lock)
    may = actor.unit_id == matter.unit_id and bool(actor.roles) and matter.state is not UrgentState.CONCLUDED
    return Holder(place=tuple(matter.place), number=matter.version, may_add=frozenset({PHOTO}) if may else frozenset())
