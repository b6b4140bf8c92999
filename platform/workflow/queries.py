"""Reads of history and inbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kit import clock
from tenancy.principal import Principal
from workflow.models import InboxItem, TransitionEntry


async def list_history(session: AsyncSession, *, county_id: UUID, subject_id: UUID) -> Sequence[TransitionEntry]:
    """The transitions of one subject, oldest first. The caller has authorised the subject."""
    statement = (
        select(TransitionEntry)
        .where(TransitionEntry.county_id == county_id, TransitionEntry.subject_id == subject_id)
        .order_by(TransitionEntry.version, TransitionEntry.at)
    )
    return (await session.scalars(statement)).all()


async def find_last(
    session: AsyncSession, *, county_id: UUID, subject_id: UUID, actions: Sequence[str]
) -> TransitionEntry | None:
    """The latest transition of some kinds. The caller has authorised the subject."""
    statement = (
        select(TransitionEntry)
        .where(
            TransitionEntry.county_id == county_id,
            TransitionEntry.subject_id == subject_id,
            TransitionEntry.action.in_(actions),
        )
        .order_by(TransitionEntry.version.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


def _newest(county_id: UUID, unit_ids: Sequence[UUID]) -> Select[InboxItem]:
    """For each recipient, subject and topic, its newest row: open items are those not closed."""
    return (
        select(InboxItem)
        .ext(distinct_on(InboxItem.recipient_unit_id, InboxItem.subject_id, InboxItem.topic))
        .where(InboxItem.county_id == county_id, InboxItem.recipient_unit_id.in_(unit_ids))
        .order_by(
            InboxItem.recipient_unit_id,
            InboxItem.subject_id,
            InboxItem.topic,
            InboxItem.subject_version.desc(),
            InboxItem.created_at.desc(),
        )
    )


async def list_inbox(
    session: AsyncSession,
    *,
    principal: Principal,
    roles_by_unit: dict[UUID, frozenset[str]],
    limit: int = 200,
) -> list[InboxItem]:
    """Open items over all memberships of a person, soonest due first, for the roles they hold at each unit."""
    newest = aliased(InboxItem, _newest(principal.county_id, list(roles_by_unit)).subquery())
    theirs = [(unit_id, role) for unit_id, roles in roles_by_unit.items() for role in sorted(roles)]
    statement = (
        select(newest)
        .where(~newest.closed, tuple_(newest.recipient_unit_id, newest.role).in_(theirs))
        .order_by(newest.due_at.asc().nulls_last(), newest.created_at)
        .limit(limit)
    )
    return list((await session.scalars(statement)).all())


async def find_item(session: AsyncSession, *, principal: Principal, item_id: UUID) -> InboxItem | None:
    """An item of one of the person's own units."""
    statement = select(InboxItem).where(
        InboxItem.county_id == principal.county_id,
        InboxItem.id == item_id,
        InboxItem.recipient_unit_id.in_(principal.unit_ids),
    )
    return (await session.scalars(statement)).one_or_none()


async def count_done(session: AsyncSession, *, principal: Principal, unit_ids: Sequence[UUID]) -> int:
    """How many items of these units are settled (已办结)."""
    newest = _newest(principal.county_id, unit_ids).subquery()
    statement = select(func.count()).select_from(newest).where(newest.c.closed)
    return (await session.scalar(statement)) or 0


async def count_open(session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]) -> tuple[int, int]:
    """How many items of these units are open, and how many of them overdue."""
    newest = _newest(county_id, unit_ids).subquery()
    overdue = func.count().filter(newest.c.due_at < clock.now())
    statement = select(func.count(), overdue).select_from(newest).where(~newest.c.closed)
    row = (await session.execute(statement)).one()
    return row[0], row[1]
