"""Every SELECT of cycles that tasks carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.models import Cycle, CycleUnit, Revision, Submission, SubmissionState


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a report stands, as far as its task is concerned."""

    submission_id: UUID
    unit_id: UUID
    state: SubmissionState
    due_at: datetime
    late: bool
    #: An approved revision counts, whatever is being written now.
    approved: bool
    exempt: bool
    #: Of what counts now: why it was handed in with units below missing.
    missing_reason: str


async def list_standings(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID | None = None, submission_id: UUID | None = None
) -> list[Standing]:
    """The reports of a cycle, or one alone, that the acting unit may see."""
    statement = (
        select(Submission, CycleUnit.exempt_reason, Revision.missing_reason)
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .outerjoin(
            Revision, and_(Revision.county_id == Submission.county_id, Revision.id == Submission.live_revision_id)
        )
        .where(Submission.county_id == county_id)
        # Commands write past the session's objects.
        .execution_options(populate_existing=True)
    )
    if cycle_id is not None:
        statement = statement.where(Submission.cycle_id == cycle_id)
    if submission_id is not None:
        statement = statement.where(Submission.id == submission_id)
    return [
        Standing(
            s.id,
            s.unit_id,
            s.state,
            s.due_at,
            s.late,
            s.approved_revision_id is not None,
            exempt is not None,
            missing_reason or "",
        )
        for s, exempt, missing_reason in await session.execute(statement)
    ]


async def get_held_cycle(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> Cycle:
    """A cycle, held alone: no command on its reports is under way (`closing_queries.lock_cycle`)."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(cycle_id), 0))))
    statement = (
        select(Cycle)
        .where(Cycle.county_id == county_id, Cycle.id == cycle_id)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one()


async def hold_report(session: AsyncSession, *, county_id: UUID, submission_id: UUID) -> None:
    """Hold one report as commands on it do: its cycle shared, then its row."""
    key = func.hashtextextended(cast(Submission.cycle_id, Text), 0)
    statement = (
        select(Submission.id, func.pg_advisory_xact_lock_shared(key))
        .where(Submission.county_id == county_id, Submission.id == submission_id)
        .with_for_update()
    )
    await session.execute(statement)


async def list_reports(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, submission_ids: Sequence[UUID]
) -> list[tuple[Submission, CycleUnit]]:
    """Some reports of a cycle with their units, by unit code."""
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
        .where(
            Submission.county_id == county_id,
            Submission.cycle_id == cycle_id,
            Submission.id.in_(submission_ids),
        )
        .order_by(CycleUnit.lvl, CycleUnit.code)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def get_cycle_of(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> Cycle:
    """A cycle that a task carries. Reached through the task."""
    statement = select(Cycle).where(Cycle.county_id == county_id, Cycle.id == cycle_id)
    return (await session.scalars(statement)).one()
