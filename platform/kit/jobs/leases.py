"""The job row's life: queued → running → done | failed. The row is the truth; the broker only rings.

A lease lasts LEASE and is renewed while the work goes on. Whoever holds it knows the row's `fence`, which rises with
each lease: a write that carries an older one changes nothing and tells its writer that the lease is lost. Time is the
database's, so that workers' clocks don't matter.

Every function wants a session in the county's scope, except `enqueue`, which wants the caller's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CursorResult,
    Uuid,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import identity_of
from kit.ids import new_id
from kit.jobs.doorbell import RELAY_BELL, ring_after_commit
from kit.jobs.errors import JobLost, Words, words_of
from kit.models import County, Job, Outbox

LEASE = timedelta(seconds=60)
#: Renewed this often: three renewals may fail before the lease is lost.
HEARTBEAT_SECONDS = 15.0
MAX_ATTEMPTS = 3

_now = func.clock_timestamp()


class LostLease(Exception):
    """Somebody else has this job by now: stop, write nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one job until the lease runs out."""

    county_id: UUID
    job_id: UUID
    fence: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    requested_by: UUID | None
    place: tuple[UUID, ...]


async def enqueue(
    session: AsyncSession,
    *,
    kind: str,
    payload: dict[str, Any],
    requested_by: UUID | None = None,
    title: str = "",
    place: Sequence[UUID] = (),
    priority: int = 0,
    run_after: datetime | None = None,
) -> UUID:
    """Write a job into the caller's transaction and return its id; the doorbell rings when that commits.

    The acting unit, first in its place, and the county's own always see the job; `place` names further units. `title`
    says what it makes, to whoever asked.
    """
    identity = identity_of(session)
    county_unit = select(func.array_agg(County.unit_id)).where(County.id == identity.county_id).scalar_subquery()
    named = list(dict.fromkeys((identity.unit_id, *place)))
    values: dict[str, Any] = {} if run_after is None else {"run_after": run_after}
    job_id = new_id()
    await session.execute(
        insert(Job).values(
            county_id=identity.county_id,
            id=job_id,
            kind=kind,
            payload=payload,
            priority=priority,
            requested_by=requested_by,
            title=title,
            place=type_coerce(named, ARRAY(Uuid())).concat(county_unit),
            **values,
        )
    )
    ring_after_commit(session, "jobs")
    return job_id


async def claim(session: AsyncSession, county_id: UUID) -> Lease | None:
    """Take the most urgent job that is due, passing over those that others are taking."""
    due = (
        select(Job.id)
        .where(Job.county_id == county_id, Job.state == "queued", Job.run_after <= _now)
        .order_by(Job.priority.desc(), Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    row = (
        await session.execute(
            update(Job)
            .where(Job.county_id == county_id, Job.id == due.c.id)
            .values(
                state="running",
                lease_until=_now + literal(LEASE),
                fence=Job.fence + 1,
                attempts=Job.attempts + 1,
                progress=Decimal(0),
                message="",
                failure=None,
            )
            .returning(Job.id, Job.fence, Job.kind, Job.payload, Job.attempts, Job.requested_by, Job.place)
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    if row is None:
        return None
    return Lease(
        county_id=county_id,
        job_id=row.id,
        fence=row.fence,
        kind=row.kind,
        payload=row.payload,
        attempts=row.attempts,
        requested_by=row.requested_by,
        place=tuple(row.place),
    )


async def others_are_due(session: AsyncSession, county_id: UUID) -> bool:
    """Whether a job waits that nobody has taken."""
    waiting = exists().where(Job.county_id == county_id, Job.state == "queued", Job.run_after <= _now)
    return bool(await session.scalar(select(waiting)))


async def renew(
    session: AsyncSession, lease: Lease, *, progress: float | None = None, message: str | None = None
) -> None:
    """Prolong the lease and say how far the work is. Raises LostLease."""
    values: dict[str, Any] = {"lease_until": _now + literal(LEASE)}
    if progress is not None:
        values["progress"] = Decimal(str(round(min(max(progress, 0.0), 1.0), 4)))
    if message is not None:
        values["message"] = message
    await _write(session, lease, values)


async def hold(session: AsyncSession, lease: Lease) -> None:
    """Lock the job's row until this transaction ends: meanwhile nobody can take the lease away. Raises LostLease."""
    held = await session.scalar(select(Job.id).where(*_held(lease)).with_for_update())
    if held is None:
        raise LostLease(lease.kind)


async def finish(session: AsyncSession, lease: Lease, result: dict[str, Any] | None) -> None:
    """Done. Raises LostLease."""
    await _write(
        session,
        lease,
        {"state": "done", "progress": Decimal(1), "result": result, "lease_until": None, "finished_at": _now},
    )


async def fail(session: AsyncSession, lease: Lease, words: Words, *, again: bool) -> None:
    """Not done, with a sentence in every language for the person who waits.

    `again` tries later once more, if attempts are left.
    """
    if again and lease.attempts < MAX_ATTEMPTS:
        pause = timedelta(seconds=10 * 4 ** (lease.attempts - 1))
        values: dict[str, Any] = {"state": "queued", "run_after": _now + literal(pause)}
    else:
        values = {"state": "failed", "finished_at": _now}
    await _write(session, lease, {"failure": words, "lease_until": None, **values})


async def give_back(session: AsyncSession, lease: Lease) -> None:
    """Undo the claim: the worker is ending, and somebody else shall begin anew at once. Raises LostLease."""
    values = {"state": "queued", "lease_until": None, "attempts": lease.attempts - 1, "progress": Decimal(0)}
    await _write(session, lease, values)


async def begin_anew(session: AsyncSession, *, county_id: UUID, job_id: UUID) -> None:
    """Put a job that has ended into the queue again, as if it were asked for now. In the session of who asks."""
    await session.execute(
        update(Job)
        .where(Job.county_id == county_id, Job.id == job_id, Job.state.in_(("done", "failed")))
        .values(
            state="queued",
            attempts=0,
            progress=Decimal(0),
            message="",
            failure=None,
            result=None,
            run_after=_now,
            created_at=_now,
            finished_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    ring_after_commit(session, "jobs")


async def sweep(session: AsyncSession, county_id: UUID) -> bool:
    """Requeue what a dead worker held, or fail what died too often. Returns whether jobs are due, lost bells included.

    A row that is locked is being written by its worker, so its lease is not lost.
    """
    lost = (
        select(Job.id)
        .where(Job.county_id == county_id, Job.state == "running", Job.lease_until < _now)
        .with_for_update(skip_locked=True)
        .cte("lost")
        .prefix_with("MATERIALIZED")
    )
    hopeless = Job.attempts >= MAX_ATTEMPTS
    await session.execute(
        update(Job)
        .where(Job.county_id == county_id, Job.id == lost.c.id)
        .values(
            state=case((hopeless, "failed"), else_="queued"),
            finished_at=case((hopeless, _now), else_=None),
            failure=case((hopeless, type_coerce(words_of(JobLost()), JSONB)), else_=Job.failure),
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )
    return await others_are_due(session, county_id)


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        Job.county_id == lease.county_id,
        Job.id == lease.job_id,
        Job.state == "running",
        Job.fence == lease.fence,
    )


async def _write(session: AsyncSession, lease: Lease, values: dict[str, Any]) -> None:
    done = await session.execute(
        update(Job).where(*_held(lease)).values(**values).execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise LostLease(lease.kind)
    if not values.keys().isdisjoint({"progress", "state"}):
        await _tell(session, lease, values.get("state", "running"))


async def _tell(session: AsyncSession, lease: Lease, state: str) -> None:
    """Tell the pages of those who see the job that it has got on."""
    await session.execute(
        insert(Outbox).values(
            county_id=lease.county_id,
            id=new_id(),
            topic="job",
            payload={"job_id": str(lease.job_id), "state": state},
            recipients=list(lease.place),
            # Leases are written in the county's scope.
            place=[identity_of(session).unit_id],
        )
    )
    ring_after_commit(session, RELAY_BELL)
