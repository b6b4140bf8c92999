"""The sweep: finds jobs whose worker died and jobs whose bell nobody heard."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.jobs import leases
from kit.jobs.doorbell import JOBS_BELL, ring_after_commit
from kit.jobs.registry import CountyRef, pulse


@pulse("jobs.sweep", every=15)
async def sweep(session: AsyncSession, county: CountyRef) -> None:
    if await leases.sweep(session, county.id):
        ring_after_commit(session, JOBS_BELL)
