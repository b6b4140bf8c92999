"""Reads of job rows for those who asked for them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from kit.models import Job


async def get_job(session: AsyncSession, *, county_id: UUID, job_id: UUID) -> Job:
    """A job in scope. Raises NotFound."""
    job = (await session.scalars(select(Job).where(Job.county_id == county_id, Job.id == job_id))).one_or_none()
    if job is None:
        raise NotFound
    return job
