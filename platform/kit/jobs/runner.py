"""Running one job under its lease, and one pulse in a county."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import REFERENCE_ONLY, Database, Identity, county_scope
from kit.errors import JicengError
from kit.jobs import leases
from kit.jobs.doorbell import JOBS_BELL, ring
from kit.jobs.errors import JobBroken, JobTooLong, JobUnknown, Words, words_of
from kit.jobs.leases import HEARTBEAT_SECONDS, Lease, LostLease
from kit.jobs.registry import JOBS, CountyRef, JobKind, Pulse
from kit.models import County

log = structlog.get_logger(__name__)

_PROGRESS_EVERY_SECONDS = 1.0


class JobContext:
    """What a job's function is given: whom it works for, and transactions that its lease guards."""

    def __init__(self, database: Database, county: CountyRef, lease: Lease) -> None:
        self.county = county
        self.job_id = lease.job_id
        self.requested_by = lease.requested_by
        self.place = lease.place
        self.completed = False
        self._database = database
        self._lease = lease
        self._holding = False
        self._completing = False
        self._said: tuple[float | None, str | None] = (None, None)
        self._last_said = 0.0

    @property
    def county_identity(self) -> Identity:
        return Identity.of_unit(self.county.id, self.county.unit_id)

    @asynccontextmanager
    async def reading(self, identity: Identity) -> AsyncIterator[AsyncSession]:
        """A transaction for what is only read. It doesn't hold the lease."""
        async with self._database.transaction(identity) as session:
            yield session

    @asynccontextmanager
    async def transaction(self, identity: Identity) -> AsyncIterator[AsyncSession]:
        """A transaction that acts for `identity` and commits only while the lease is ours.

        It locks the job's row, so what it writes is written by one worker or by none. Raises LostLease, which the
        function must let through. Keep what is slow outside the block: the lease can't be renewed meanwhile.
        """
        async with self._database.transaction(identity) as session:
            async with county_scope(session, self.county.unit_id):
                await leases.hold(session, self._lease)
            self._holding = True
            try:
                yield session
                if not self._completing:
                    async with county_scope(session, self.county.unit_id):
                        await leases.renew(session, self._lease)
            finally:
                self._holding = False
        self.completed = self._completing

    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        """Finish the job inside a `transaction`: its last writes and its end become one. The last thing it does."""
        async with county_scope(session, self.county.unit_id):
            await leases.finish(session, self._lease, result)
        self._completing = True

    async def progress(self, done: float, message: str = "") -> None:
        """Say how far the work is, 0 to 1. Call it as often as you like. Raises LostLease."""
        self._said = (done, message)
        if time.monotonic() - self._last_said >= _PROGRESS_EVERY_SECONDS:
            await self.renew()

    async def renew(self) -> None:
        """Prolong the lease and write the last progress. Inside `transaction` the row's lock does that work."""
        if self._holding:
            return
        self._last_said = time.monotonic()
        done, message = self._said
        async with self._database.transaction(self.county_identity) as session:
            await leases.renew(session, self._lease, progress=done, message=message)


async def run_one(database: Database, county_id: UUID) -> bool:
    """Claim one due job of a county and run it to its end. False when none was due.

    Cancelled, it gives the job back. Rings again when more is due, so that counties take turns.
    """
    county = await find_county(database, county_id)
    if county is None:
        return False
    identity = Identity.of_unit(county.id, county.unit_id)
    async with database.transaction(identity) as session:
        lease = await leases.claim(session, county.id)
        more = lease is not None and await leases.others_are_due(session, county.id)
    if lease is None:
        return False
    if more:
        ring({(JOBS_BELL, county.id)})
    context = JobContext(database, county, lease)
    bound = log.bind(county=str(county.id), job=str(lease.job_id), kind=lease.kind, attempt=lease.attempts)
    began = time.monotonic()
    try:
        outcome = await _attempt(context, lease)
        if not context.completed:
            async with database.transaction(identity) as session:
                if isinstance(outcome, _Failure):
                    await leases.fail(session, lease, outcome.words, again=outcome.again)
                else:
                    await leases.finish(session, lease, outcome)
        bound.info(
            "job.failed" if isinstance(outcome, _Failure) else "job.done", seconds=round(time.monotonic() - began, 3)
        )
    except LostLease:
        bound.warning("job.lease_lost")
    except asyncio.CancelledError:
        with contextlib.suppress(LostLease):
            async with database.transaction(identity) as session:
                await leases.give_back(session, lease)
        ring({(JOBS_BELL, county.id)})
        raise
    return True


class _TookTooLong(Exception):
    pass


class _Failure:
    def __init__(self, refusal: JicengError, *, again: bool) -> None:
        self.words: Words = words_of(refusal)
        self.again = again


async def _attempt(context: JobContext, lease: Lease) -> dict[str, Any] | _Failure | None:
    """Run the function beside its heartbeat. Only LostLease and cancellation come out as exceptions."""
    kind = JOBS.get(lease.kind)
    if kind is None:
        return _Failure(JobUnknown(), again=False)
    try:
        return await _beside_heartbeat(context, kind, lease.payload)
    except LostLease:
        raise
    except _TookTooLong:
        log.warning("job.too_long", job=str(lease.job_id), kind=kind.name)
        return _Failure(JobTooLong(minutes=round(kind.seconds / 60) or 1), again=False)
    except JicengError as refusal:
        # A refusal has words for a person, and would be the same next time.
        return _Failure(refusal, again=False)
    except Exception:
        # The boundary of code that may fail in any way; everything is logged, and the person is told something.
        log.exception("job.broken", job=str(lease.job_id), kind=kind.name)
        return _Failure(JobBroken(id=str(lease.job_id)[-8:]), again=True)


async def _beside_heartbeat(context: JobContext, kind: JobKind, payload: dict[str, Any]) -> dict[str, Any] | None:
    """The function's result. A lost lease cancels the function and raises LostLease."""
    work = asyncio.ensure_future(kind.run(context, payload))
    heart = asyncio.ensure_future(_heartbeat(context))
    try:
        await asyncio.wait({work, heart}, timeout=kind.seconds, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        if heart.done():
            heart.result()  # it only ends by raising
        raise _TookTooLong
    finally:
        for task in (work, heart):
            task.cancel()
        await asyncio.gather(work, heart, return_exceptions=True)


async def _heartbeat(context: JobContext) -> None:
    """Renew until LostLease. A database that is away for a moment is waited for: the lease outlives three beats."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        try:
            await context.renew()
        except (DBAPIError, OSError) as problem:
            log.warning("job.heartbeat_missed", job=str(context.job_id), problem=type(problem).__name__)


async def find_county(database: Database, county_id: UUID) -> CountyRef | None:
    async with database.transaction(REFERENCE_ONLY) as session:
        row = (await session.execute(select(County.id, County.unit_id).where(County.id == county_id))).one_or_none()
    return None if row is None else CountyRef(row.id, row.unit_id)


async def list_counties(database: Database) -> Sequence[CountyRef]:
    """Every active county, from the reference table."""
    async with database.transaction(REFERENCE_ONLY) as session:
        rows = await session.execute(select(County.id, County.unit_id).where(County.active).order_by(County.id))
        return [CountyRef(row.id, row.unit_id) for row in rows]


async def beat_in(database: Database, pulse: Pulse, county: CountyRef) -> bool:
    """Beat a pulse in one county, in one transaction in the county's scope. False when another is at it."""
    async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
        key = func.hashtextextended(f"{pulse.name}:{county.id}", 0)
        if not await session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            return False
        await pulse.run(session, county)
    return True


async def beat_everywhere(database: Database, pulse: Pulse) -> None:
    """Beat a pulse in every county. A fault in one doesn't keep it from the others, and is raised at the end."""
    faults: list[Exception] = []
    for county in await list_counties(database):
        try:
            await beat_in(database, pulse, county)
        except Exception as fault:
            log.exception("pulse.broken", pulse=pulse.name, county=str(county.id))
            faults.append(fault)
    if faults:
        raise ExceptionGroup(f"{pulse.name} failed in {len(faults)} counties", faults)
