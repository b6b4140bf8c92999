"""Reads of 下载记录."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from kit.models import Job, StoredFile
from tenancy.principal import Principal


async def list_asked(
    session: AsyncSession, *, actor: Principal, kinds: Collection[str], since: datetime, limit: int
) -> Sequence[tuple[Job, StoredFile | None]]:
    """Jobs of these kinds that the actor asked for in the acting unit, newest first, with the files that they made."""
    statement = (
        select(Job, StoredFile)
        .outerjoin(
            StoredFile,
            and_(StoredFile.county_id == Job.county_id, StoredFile.id == cast(Job.result["file_id"].astext, Uuid)),
        )
        .where(*_own(actor, kinds), Job.created_at >= since)
        .order_by(Job.created_at.desc(), Job.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def get_asked(session: AsyncSession, *, actor: Principal, kinds: Collection[str], job_id: UUID) -> Job:
    """One of them, locked. Raises NotFound."""
    statement = select(Job).where(*_own(actor, kinds), Job.id == job_id).with_for_update()
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _own(actor: Principal, kinds: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    # `enqueue` puts the unit in which it was asked first.
    return (
        Job.county_id == actor.county_id,
        Job.requested_by == actor.account_id,
        Job.place[1] == actor.unit_id,
        Job.kind.in_(kinds),
    )
