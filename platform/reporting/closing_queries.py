"""Every SELECT of closing, reopening, archives and drafts put aside."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.errors import NotFound
from reporting.models import Archive, Cycle, CycleUnit, DraftAside, Revision, Submission
from tenancy.principal import UnitScope


async def lock_cycle(session: AsyncSession, scope: UnitScope, cycle_id: UUID) -> Cycle:
    """A cycle that the acting unit takes part in, held for a transition. Raises NotFound.

    Every command on a submission holds the same key shared (`queries.get_filed`): what was on its way is committed
    when this returns, and what begins later sees the cycle as this transaction leaves it.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(cycle_id), 0))))
    statement = (
        select(Cycle)
        .join(CycleUnit, and_(CycleUnit.county_id == Cycle.county_id, CycleUnit.cycle_id == Cycle.id))
        .where(Cycle.county_id == scope.county_id, Cycle.id == cycle_id, CycleUnit.unit_id == scope.unit_id)
        .execution_options(populate_existing=True)
    )
    cycle = (await session.scalars(statement)).one_or_none()
    if cycle is None:
        raise NotFound
    return cycle


async def list_reopened_lines(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> list[list[UUID]]:
    """Of each reopened submission of a cycle that is in sight: its unit and all above it in the frozen tree."""
    statement = (
        select(Submission.place, CycleUnit.lvl)
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .where(
            Submission.county_id == county_id,
            Submission.cycle_id == cycle_id,
            Submission.reopened_at.is_not(None),
        )
    )
    return [list(place[: lvl + 1]) for place, lvl in await session.execute(statement)]


async def list_with_units(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID
) -> list[tuple[Submission, CycleUnit]]:
    """Every submission of a cycle that is in sight, with its unit in the frozen tree."""
    statement = (
        select(Submission, CycleUnit)
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .where(Submission.county_id == county_id, Submission.cycle_id == cycle_id)
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_archives(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> Sequence[Archive]:
    """The archives of a cycle that are in sight, newest first."""
    statement = (
        select(Archive).where(Archive.county_id == county_id, Archive.cycle_id == cycle_id).order_by(Archive.no.desc())
    )
    return (await session.scalars(statement)).all()


async def get_archive(session: AsyncSession, *, county_id: UUID, archive_id: UUID) -> Archive:
    """An archive that is in sight. Raises NotFound."""
    return await get_row(session, Archive, county_id=county_id, id=archive_id)


async def approved_revisions_of(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID
) -> list[tuple[CycleUnit, Revision]]:
    """Each unit of a cycle with its approved revision, as far as the acting unit sees them."""
    statement = (
        select(CycleUnit, Revision)
        .join(
            Submission,
            and_(
                Submission.county_id == CycleUnit.county_id,
                Submission.cycle_id == CycleUnit.cycle_id,
                Submission.unit_id == CycleUnit.unit_id,
            ),
        )
        .join(
            Revision,
            and_(Revision.county_id == Submission.county_id, Revision.id == Submission.approved_revision_id),
        )
        .where(CycleUnit.county_id == county_id, CycleUnit.cycle_id == cycle_id, CycleUnit.lvl <= 1)
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def find_aside(session: AsyncSession, *, county_id: UUID, submission_id: UUID) -> DraftAside | None:
    """What was put aside last. Seen by the unit alone."""
    statement = (
        select(DraftAside)
        .where(DraftAside.county_id == county_id, DraftAside.submission_id == submission_id)
        .order_by(DraftAside.saved_at.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()
