"""What the pages of urgent matters show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.urgent import queries
from plans.urgent.lifecycle import URGENT, subject_of
from plans.urgent.models import UrgentMatter
from plans.urgent.schemas import LogLine, UrgentBrief, UrgentOut, UrgentPage
from tenancy.principal import Principal
from workflow.queries import list_history

_MOST = 200


def _facts(matter: UrgentMatter) -> dict[str, Any]:
    return {
        "id": matter.id,
        "unit_id": matter.unit_id,
        "unit": matter.unit_name,
        "tier": matter.tier,
        "kind": matter.kind,
        "title": matter.title,
        "state": matter.state,
        "reported_at": matter.reported_at,
        "escalate_at": matter.escalate_at,
        "level": matter.level,
        "acknowledged_at": matter.acknowledged_at,
        "acknowledged_by": matter.acknowledged_by,
        "concluded_at": matter.concluded_at,
    }


async def matter_page(session: AsyncSession, principal: Principal, *, open_only: bool) -> UrgentPage:
    """Matters of the acting unit and those below it."""
    found = await queries.list_matters(session, county_id=principal.county_id, open_only=open_only, limit=_MOST)
    return UrgentPage(items=[UrgentBrief(**_facts(matter)) for matter in found])


async def matter_view(session: AsyncSession, principal: Principal, matter_id: UUID) -> UrgentOut:
    """A matter with the log of its handling. Raises NotFound."""
    matter = await queries.get_matter(session, county_id=principal.county_id, matter_id=matter_id)
    history = await list_history(session, county_id=principal.county_id, subject_id=matter_id)
    hidden = {"escalate"}  # the scheduler's own
    return UrgentOut(
        **_facts(matter),
        version=matter.version,
        text=matter.text,
        reporter=matter.reporter_name,
        report=matter.report,
        log=[
            LogLine(action=one.action, by=one.actor_name, at=one.at, text=one.reason, level=one.detail.get("level"))
            for one in history
        ],
        actions=[one for one in URGENT.allowed(subject_of(matter), principal) if one not in hidden],
    )
