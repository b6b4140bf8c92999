"""现场照片 of a visit: added by who wrote it down, seen by its line. Wanted perhaps, forced never."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.guidance import queries
from plans.guidance.models import VisitState
from tenancy.principal import Principal
from workflow.attachments.subjects import Holder, attachable

PHOTO = "photo"


@attachable("visit", limit=20)
async def of_visit(session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool) -> Holder:
    """Added by anybody of the unit that wrote the visit down, unless it was taken back."""
    visit = await queries.get_visit(session, county_id=actor.county_id, visit_id=subject_id, lock=lock)
    may = actor.unit_id == visit.visitor_unit_id and bool(actor.roles) and visit.state is VisitState.RECORDED
    return Holder(place=tuple(visit.place), number=visit.version, may_add=frozenset({PHOTO}) if may else frozenset())
