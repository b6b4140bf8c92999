"""Every SELECT of reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.lifecycle import UNSENT
from reporting.models import Cycle, CycleUnit, Submission
from reporting.reminding.models import ReminderPlan, ReminderSending
from tenancy.tiers import Tier


async def find_plan(
    session: AsyncSession, *, county_id: UUID, county_unit_id: UUID, lock: bool = False
) -> ReminderPlan | None:
    statement = select(ReminderPlan).where(ReminderPlan.county_id == county_id, ReminderPlan.id == county_unit_id)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one_or_none()


async def list_due_times(session: AsyncSession, *, county_id: UUID) -> list[tuple[UUID, datetime]]:
    """(cycle, due time) of every submission of open cycles, extensions among them, each once."""
    statement = (
        select(Submission.cycle_id, Submission.due_at)
        .distinct()
        .where(
            Submission.county_id == county_id,
            Submission.cycle_id.in_(select(Cycle.id).where(Cycle.county_id == county_id, Cycle.closed_at.is_(None))),
        )
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A unit that has not handed in."""

    cycle_id: UUID
    unit_id: UUID
    parent_id: UUID | None
    tier: Tier
    name: str
    submission: Submission


async def list_outstanding(session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID]) -> list[Outstanding]:
    """Who owes and has not handed in. Two flat reads, as the month at a glance has them."""
    submissions = select(Submission).where(
        Submission.county_id == county_id,
        Submission.cycle_id.in_(cycle_ids),
        Submission.state.in_(sorted(UNSENT)),
    )
    units = select(CycleUnit.cycle_id, CycleUnit.unit_id, CycleUnit.parent_id, CycleUnit.tier, CycleUnit.name).where(
        CycleUnit.county_id == county_id, CycleUnit.cycle_id.in_(cycle_ids), CycleUnit.exempt_reason.is_(None)
    )
    owed = {(s.cycle_id, s.unit_id): s for s in (await session.scalars(submissions)).all()}
    return [
        Outstanding(row.cycle_id, row.unit_id, row.parent_id, row.tier, row.name, owed[row.cycle_id, row.unit_id])
        for row in await session.execute(units)
        if (row.cycle_id, row.unit_id) in owed
    ]


async def list_cycles(session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID]) -> dict[UUID, Cycle]:
    statement = select(Cycle).where(Cycle.county_id == county_id, Cycle.id.in_(cycle_ids))
    return {cycle.id: cycle for cycle in (await session.scalars(statement)).all()}


async def list_sendings(session: AsyncSession, *, county_id: UUID, ids: Sequence[UUID]) -> Sequence[ReminderSending]:
    statement = select(ReminderSending).where(ReminderSending.county_id == county_id, ReminderSending.id.in_(ids))
    return (await session.scalars(statement)).all()
