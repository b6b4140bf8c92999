"""Every SELECT of plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.errors import NotFound
from plans.planning.models import (
    ItemState,
    Plan,
    PlanDraft,
    PlanEdition,
    PlanEmphasis,
    PlanItem,
    PlanState,
    PlanSummary,
    SummaryPeriod,
)
from tenancy.tiers import Tier
from workflow.models import TransitionEntry


async def get_plan(session: AsyncSession, *, county_id: UUID, plan_id: UUID, lock: bool = False) -> Plan:
    """A plan of the acting unit or one below it. Raises NotFound."""
    return await get_row(session, Plan, county_id=county_id, id=plan_id, lock=lock)


async def get_plan_in_sight(session: AsyncSession, *, county_id: UUID, plan_id: UUID, unit_id: UUID) -> Plan:
    """As `get_plan`, for who is not its unit: one that was never handed in is not there yet. Raises NotFound."""
    plan = await get_plan(session, county_id=county_id, plan_id=plan_id)
    if plan.unit_id != unit_id and plan.edition_no == 0:
        raise NotFound
    return plan


async def find_of_year(session: AsyncSession, *, county_id: UUID, unit_id: UUID, year: int) -> Plan | None:
    statement = select(Plan).where(Plan.county_id == county_id, Plan.unit_id == unit_id, Plan.year == year)
    return (await session.scalars(statement)).one_or_none()


async def list_of_units(session: AsyncSession, *, county_id: UUID, year: int) -> Sequence[Plan]:
    """The year's plans of the acting unit and those below it."""
    statement = select(Plan).where(Plan.county_id == county_id, Plan.year == year).order_by(Plan.id)
    return (await session.scalars(statement)).all()


async def list_years(session: AsyncSession, *, county_id: UUID) -> list[int]:
    """The years of which the acting unit or one below it has plans."""
    statement = select(Plan.year).where(Plan.county_id == county_id).distinct().order_by(Plan.year)
    return list((await session.scalars(statement)).all())


async def find_draft(session: AsyncSession, *, county_id: UUID, plan_id: UUID) -> PlanDraft | None:
    """What the acting unit is writing; nobody else's is found."""
    statement = select(PlanDraft).where(PlanDraft.county_id == county_id, PlanDraft.id == plan_id)
    return (await session.scalars(statement)).one_or_none()


async def list_editions(session: AsyncSession, *, county_id: UUID, plan_id: UUID) -> Sequence[PlanEdition]:
    """Every handed-in state of a plan, the newest first. The caller has authorised the plan."""
    statement = (
        select(PlanEdition)
        .where(PlanEdition.county_id == county_id, PlanEdition.plan_id == plan_id)
        .order_by(PlanEdition.no.desc())
    )
    return (await session.scalars(statement)).all()


async def get_edition(session: AsyncSession, *, county_id: UUID, plan_id: UUID, no: int) -> PlanEdition:
    statement = select(PlanEdition).where(
        PlanEdition.county_id == county_id, PlanEdition.plan_id == plan_id, PlanEdition.no == no
    )
    return (await session.scalars(statement)).one()


async def get_item(session: AsyncSession, *, county_id: UUID, item_id: UUID) -> PlanItem:
    """An item of the acting unit or one below it. Raises NotFound."""
    return await get_row(session, PlanItem, county_id=county_id, id=item_id)


async def list_items(
    session: AsyncSession, *, county_id: UUID, plan_ids: Sequence[UUID], dropped: bool = False
) -> Sequence[PlanItem]:
    """The items in force of plans, in the order of each; with `dropped`, those that were taken out too."""
    statement = select(PlanItem).where(PlanItem.county_id == county_id, PlanItem.plan_id.in_(plan_ids))
    if not dropped:
        statement = statement.where(PlanItem.state != ItemState.DROPPED)
    return (await session.scalars(statement.order_by(PlanItem.plan_id, PlanItem.position, PlanItem.id))).all()


@dataclass(frozen=True, slots=True)
class Late:
    """How many items of a plan are late, and the last day of the first of them."""

    count: int
    first: date | None


async def find_late(
    session: AsyncSession, *, county_id: UUID, plan_id: UUID, today: date, but: UUID | None = None
) -> Late:
    """What is late of a plan on a day; without the item `but`."""
    statement = select(func.count(), func.min(PlanItem.end_on)).where(
        PlanItem.county_id == county_id,
        PlanItem.plan_id == plan_id,
        PlanItem.state == ItemState.OPEN,
        PlanItem.end_on < today,
    )
    if but is not None:
        statement = statement.where(PlanItem.id != but)
    return Late(*(await session.execute(statement)).one())


async def list_newly_late(session: AsyncSession, *, county_id: UUID, today: date, limit: int) -> list[UUID]:
    """Plans with items that have become late and were not told of, held one after another."""
    late = (
        select(PlanItem.plan_id)
        .where(
            PlanItem.county_id == county_id,
            PlanItem.state == ItemState.OPEN,
            PlanItem.late_told_at.is_(None),
            PlanItem.end_on < today,
        )
        .distinct()
        .limit(limit)
    )
    statement = select(Plan.id).where(Plan.county_id == county_id, Plan.id.in_(late)).order_by(Plan.id)
    return list((await session.scalars(statement.with_for_update())).all())


async def list_emphases(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID], year: int, dropped: bool = False
) -> Sequence[PlanEmphasis]:
    """What units above published of a year; the caller names the line above the reader."""
    statement = select(PlanEmphasis).where(
        PlanEmphasis.county_id == county_id, PlanEmphasis.unit_id.in_(unit_ids), PlanEmphasis.year == year
    )
    if not dropped:
        statement = statement.where(~PlanEmphasis.dropped)
    return (await session.scalars(statement.order_by(PlanEmphasis.plan_id, PlanEmphasis.position))).all()


@dataclass(frozen=True, slots=True)
class Serving:
    """An item below that serves an emphasis, and whose it is."""

    item: PlanItem
    unit_name: str
    tier: Tier


async def list_serving(session: AsyncSession, *, county_id: UUID, year: int) -> list[Serving]:
    """The year's items in force at or below the acting unit that serve an emphasis."""
    statement = (
        select(PlanItem, Plan.unit_name, Plan.tier)
        .join(Plan, and_(Plan.county_id == PlanItem.county_id, Plan.id == PlanItem.plan_id))
        .where(
            PlanItem.county_id == county_id,
            PlanItem.year == year,
            PlanItem.serves_id.is_not(None),
            PlanItem.state != ItemState.DROPPED,
        )
        .order_by(PlanItem.unit_id, PlanItem.position)
    )
    return [Serving(*row) for row in await session.execute(statement)]


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """A unit's items in force of a year."""

    total: int = 0
    done: int = 0
    late: int = 0
    under_way: int = 0

    def __add__(self, other: ItemCounts) -> ItemCounts:
        return ItemCounts(
            self.total + other.total,
            self.done + other.done,
            self.late + other.late,
            self.under_way + other.under_way,
        )


async def count_items(session: AsyncSession, *, county_id: UUID, year: int, today: date) -> dict[UUID, ItemCounts]:
    """Unit → how its items stand on a day (`rules.standing`, counted by the database), at or below the acting unit."""
    late = and_(PlanItem.state == ItemState.OPEN, PlanItem.end_on < today)
    begun = or_(PlanItem.percent > 0, PlanItem.progressed_at.is_not(None), PlanItem.start_on <= today)
    under_way = and_(PlanItem.state == ItemState.OPEN, PlanItem.end_on >= today, begun)
    statement = (
        select(
            PlanItem.unit_id,
            func.count(),
            func.count().filter(PlanItem.state == ItemState.DONE),
            func.count().filter(late),
            func.count().filter(under_way),
        )
        .where(PlanItem.county_id == county_id, PlanItem.year == year, PlanItem.state != ItemState.DROPPED)
        .group_by(PlanItem.unit_id)
    )
    return {row[0]: ItemCounts(*row[1:]) for row in await session.execute(statement)}


async def units_with_plan(session: AsyncSession, *, county_id: UUID, year: int) -> set[UUID]:
    """Units at or below the acting one whose plan of a year was handed in and not taken back."""
    statement = select(Plan.unit_id).where(
        Plan.county_id == county_id, Plan.year == year, Plan.state.in_([PlanState.SUBMITTED, PlanState.APPROVED])
    )
    return set((await session.scalars(statement)).all())


async def list_progress(
    session: AsyncSession, *, county_id: UUID, item_ids: Sequence[UUID]
) -> Sequence[TransitionEntry]:
    """What was recorded of items, oldest first. The caller has authorised their plan."""
    statement = (
        select(TransitionEntry)
        .where(TransitionEntry.county_id == county_id, TransitionEntry.subject_id.in_(item_ids))
        .order_by(TransitionEntry.at, TransitionEntry.version)
    )
    return (await session.scalars(statement)).all()


async def get_summary(session: AsyncSession, *, county_id: UUID, summary_id: UUID, lock: bool = False) -> PlanSummary:
    """A summary of the acting unit, or one below it that was sent. Raises NotFound."""
    return await get_row(session, PlanSummary, county_id=county_id, id=summary_id, lock=lock)


async def list_summaries(
    session: AsyncSession, *, county_id: UUID, plan_ids: Sequence[UUID], period: SummaryPeriod | None = None
) -> Sequence[PlanSummary]:
    """The versions that the acting unit may read, by period, the newest first."""
    statement = select(PlanSummary).where(PlanSummary.county_id == county_id, PlanSummary.plan_id.in_(plan_ids))
    if period is not None:
        statement = statement.where(PlanSummary.period == period)
    return (await session.scalars(statement.order_by(PlanSummary.period, PlanSummary.no.desc()))).all()
