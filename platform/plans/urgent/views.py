"""What the pages of urgent matters show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.paging import Mark, cut, read_mark
from plans.urgent import queries, service
from plans.urgent.lifecycle import ACTIONS, URGENT, subject_of
from plans.urgent.models import UrgentMatter
from plans.urgent.schemas import LogLine, UrgentBrief, UrgentOut, UrgentPage
from tenancy.principal import Principal
from workflow.queries import list_history

PAGE = 50


def _facts(matter: UrgentMatter, principal: Principal) -> dict[str, Any]:
    return {
        "id": matter.id,
        "version": matter.version,
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
        "actions": [one for one in URGENT.allowed(subject_of(matter), principal) if one in ACTIONS],
    }


async def matter_page(session: AsyncSession, principal: Principal, *, open_only: bool, after: str | None) -> UrgentPage:
    """Matters of the acting unit and those below it, the newest first."""
    found = await queries.list_matters(
        session, county_id=principal.county_id, open_only=open_only, after=read_mark(after), limit=PAGE + 1
    )
    page, following = cut(found, PAGE, lambda matter: Mark(matter.reported_at, matter.id))
    return UrgentPage(
        items=[UrgentBrief(**_facts(matter, principal)) for matter in page],
        next=following,
        minutes=await service.waiting_minutes(session, principal.county),
    )


async def matter_view(session: AsyncSession, principal: Principal, matter_id: UUID) -> UrgentOut:
    """A matter with the log of its handling. Raises NotFound."""
    matter = await queries.get_matter(session, county_id=principal.county_id, matter_id=matter_id)
    history = await list_history(session, county_id=principal.county_id, subject_id=matter_id)
    return UrgentOut(
        **_facts(matter, principal),
        text=matter.text,
        reporter=matter.reporter_name,
        report=matter.report,
        log=[
            LogLine(action=one.action, by=one.actor_name, at=one.at, text=one.reason, level=one.detail.get("level"))
            for one in history
        ],
    )
