"""Reads of what is open at a post. The caller administers its unit."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, func, join, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from reporting.lifecycle import UNSENT
from reporting.models import Cycle, CycleUnit, Submission, SubmissionState
from reporting.months.models import UnitContact

#: Submissions with their cycles and their units in the frozen trees.
_IN_CYCLES = join(
    join(Submission, Cycle, and_(Cycle.county_id == Submission.county_id, Cycle.id == Submission.cycle_id)),
    CycleUnit,
    and_(
        CycleUnit.county_id == Submission.county_id,
        CycleUnit.cycle_id == Submission.cycle_id,
        CycleUnit.unit_id == Submission.unit_id,
    ),
)


async def list_unsent(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> list[tuple[Submission, Cycle]]:
    """The unit's reports of open cycles that it owes and has not handed in, soonest due first."""
    statement = (
        select(Submission, Cycle)
        .select_from(_IN_CYCLES)
        .where(
            Submission.county_id == county_id,
            Submission.unit_id == unit_id,
            Submission.state.in_(list(UNSENT)),
            or_(Cycle.closed_at.is_(None), Submission.reopened_at.is_not(None)),
            CycleUnit.exempt_reason.is_(None),
        )
        .order_by(Submission.due_at)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def count_to_review(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> list[tuple[Cycle, int]]:
    """Open cycles with the number of reports that wait for the unit's review."""
    waiting = (
        select(Submission.cycle_id, func.count().label("number"))
        .where(
            Submission.county_id == county_id,
            Submission.reviewer_unit_id == unit_id,
            Submission.state == SubmissionState.SUBMITTED,
        )
        .group_by(Submission.cycle_id)
        .subquery()
    )
    statement = (
        select(Cycle, waiting.c.number)
        .join(waiting, waiting.c.cycle_id == Cycle.id)
        .where(Cycle.county_id == county_id, Cycle.closed_at.is_(None))
        .order_by(Cycle.ends_on)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_claimed(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, account_id: UUID
) -> list[tuple[Submission, Cycle, str]]:
    """What a person is reviewing right now for a unit, with the name of the unit whose it is."""
    statement = (
        select(Submission, Cycle, CycleUnit.name)
        .select_from(_IN_CYCLES)
        .where(
            Submission.county_id == county_id,
            Submission.reviewer_unit_id == unit_id,
            Submission.state == SubmissionState.SUBMITTED,
            Submission.claimed_by == account_id,
            Submission.claimed_until > clock.now(),
        )
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


async def list_naming(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID], name: str
) -> Sequence[UnitContact]:
    """The contacts of some units in which a name stands."""
    statement = (
        select(UnitContact)
        .where(
            UnitContact.county_id == county_id,
            UnitContact.unit_id.in_(unit_ids),
            or_(UnitContact.name == name, UnitContact.officer == name),
        )
        .order_by(UnitContact.unit_id)
    )
    return (await session.scalars(statement)).all()
