"""Every SELECT of the month at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from reporting.models import Cycle, CycleUnit, Submission, SubmissionState
from reporting.months.models import UnitContact
from tenancy.principal import UnitScope
from tenancy.tiers import Tier


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit in one cycle."""

    cycle_id: UUID
    unit_id: UUID
    parent_id: UUID | None
    tier: Tier
    code: str
    name: str
    short_name: str
    has_children: bool
    exempt_reason: str | None
    submission_id: UUID
    state: SubmissionState
    due_at: datetime
    submitted_at: datetime | None
    first_submitted_at: datetime | None
    late: bool


async def list_cells(session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID]) -> list[Cell]:
    """Every unit that the acting unit sees in several cycles, in one read; by unit code.

    The policy on submissions hides what lies outside the acting unit's scope, and with it the unit. Two flat reads,
    put together here: joined or grouped by the database, a county whose statistics are not known yet makes it compare
    every row with every other (1,534 villages: 540 ms joined, minutes grouped).
    """
    units = select(
        CycleUnit.cycle_id,
        CycleUnit.unit_id,
        CycleUnit.parent_id,
        CycleUnit.tier,
        CycleUnit.code,
        CycleUnit.name,
        CycleUnit.short_name,
        CycleUnit.has_children,
        CycleUnit.exempt_reason,
    ).where(CycleUnit.county_id == county_id, CycleUnit.cycle_id.in_(cycle_ids))
    submissions = select(
        Submission.cycle_id,
        Submission.unit_id,
        Submission.id.label("submission_id"),
        Submission.state,
        Submission.due_at,
        Submission.submitted_at,
        Submission.first_submitted_at,
        Submission.late,
    ).where(Submission.county_id == county_id, Submission.cycle_id.in_(cycle_ids))
    filed = {(row.cycle_id, row.unit_id): dict(row._mapping) for row in await session.execute(submissions)}
    return [
        Cell(**{**row._mapping, **filed[row.cycle_id, row.unit_id]})
        for row in await session.execute(units.order_by(CycleUnit.code))
        if (row.cycle_id, row.unit_id) in filed
    ]


async def list_month_cycles(session: AsyncSession, scope: UnitScope, *, first: date, until: date) -> list[Cycle]:
    """The cycles that end in a span of days and have the acting unit in their tree, soonest due first."""
    statement = (
        select(Cycle)
        .join(CycleUnit, and_(CycleUnit.county_id == Cycle.county_id, CycleUnit.cycle_id == Cycle.id))
        .where(
            Cycle.county_id == scope.county_id,
            CycleUnit.unit_id == scope.unit_id,
            Cycle.ends_on >= first,
            Cycle.ends_on < until,
        )
        .order_by(Cycle.due_village, Cycle.period_key)
    )
    return list((await session.scalars(statement)).all())


async def list_months(session: AsyncSession, scope: UnitScope) -> list[str]:
    """The months in which something of the plan ended for the acting unit, newest first."""
    month = func.to_char(Cycle.ends_on, "YYYY-MM")
    statement = (
        select(month)
        .distinct()
        .join(CycleUnit, and_(CycleUnit.county_id == Cycle.county_id, CycleUnit.cycle_id == Cycle.id))
        .where(Cycle.county_id == scope.county_id, Cycle.task_id.is_(None), CycleUnit.unit_id == scope.unit_id)
    )
    return sorted((await session.scalars(statement)).all(), reverse=True)


async def find_contact(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, lock: bool = False
) -> UnitContact | None:
    """What a unit or its superior wrote down."""
    statement = select(UnitContact).where(UnitContact.county_id == county_id, UnitContact.unit_id == unit_id)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one_or_none()


async def list_unit_contacts(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]
) -> dict[UUID, UnitContact]:
    """unit → what was written down."""
    statement = select(UnitContact).where(UnitContact.county_id == county_id, UnitContact.unit_id.in_(unit_ids))
    return {contact.unit_id: contact for contact in (await session.scalars(statement)).all()}


async def count_handed_in(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, first: date, last: date
) -> tuple[int, int, int]:
    """Of the reports that a unit owed for periods that ended between two days and were due by now or came in: how many,
    how many were handed in, and how many of them on time. Imported years ask nobody and do not count. The unit is the
    acting one or below it."""
    came = Submission.first_submitted_at.is_not(None)
    statement = (
        select(func.count(), func.count().filter(came), func.count().filter(came & ~Submission.late))
        .join(Cycle, and_(Cycle.county_id == Submission.county_id, Cycle.id == Submission.cycle_id))
        .join(CycleUnit, and_(CycleUnit.county_id == Cycle.county_id, CycleUnit.cycle_id == Cycle.id))
        .where(
            Submission.county_id == county_id,
            Submission.unit_id == unit_id,
            CycleUnit.unit_id == unit_id,
            CycleUnit.exempt_reason.is_(None),
            ~Cycle.historic,
            Cycle.ends_on >= first,
            Cycle.ends_on <= last,
            came | (Submission.due_at < clock.now()),
        )
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1], row[2]
