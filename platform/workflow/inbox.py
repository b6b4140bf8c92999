"""Items that only tell something: the reader says that they have read them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import NotFound
from kit.ids import new_id
from tenancy.principal import Principal
from workflow import queries
from workflow.errors import ActionNotAllowed
from workflow.models import InboxItem

#: Topics that ask for nothing; every other item closes by doing what it asks.
TOLD = frozenset(
    {
        "returned_through",
        "behalf",
        "objection_answered",
        "handed_over",
        "task_skipped",
        "task_recalled",
        "task_supervised",
        "urgent_acknowledged",
        "urgent_told",
        "urgent_instructed",
        "urgent_concluded",
        "training_cancelled",
        "training_changed",
        "coordination_told",
        "plan_approved",
        "meeting_changed",
        "meeting_cancelled",
        "meeting_minutes",
        "visit_recorded",
        "visit_answered",
        "petition_due",
        "petition_objected",
    }
)


async def settle(session: AsyncSession, *, actor: Principal, item_id: UUID) -> None:
    """知道了: close an item that only tells something. Raises NotFound, ActionNotAllowed."""
    item = await queries.find_item(session, principal=actor, item_id=item_id)
    if item is None:
        raise NotFound
    if item.topic not in TOLD:
        raise ActionNotAllowed
    await session.execute(
        insert(InboxItem).values(
            county_id=item.county_id,
            id=new_id(),
            recipient_unit_id=item.recipient_unit_id,
            role=item.role,
            topic=item.topic,
            subject_kind=item.subject_kind,
            subject_id=item.subject_id,
            subject_version=item.subject_version,
            closed=True,
            facts={},
            due_at=None,
            created_at=clock.now(),
            place=list(item.place),
        )
    )
