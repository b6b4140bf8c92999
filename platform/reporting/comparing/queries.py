"""SELECTs of comparison: figures of several cycles at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from forms.aggregate import Partials
from reporting.models import Cycle, CycleUnit, Revision, Rollup, Submission, SubmissionState
from reporting.rollup_queries import marks_below
from tenancy.tiers import Tier


async def list_cycles_by_key(
    session: AsyncSession, *, county_id: UUID, form_id: UUID, keys: Sequence[str]
) -> Sequence[Cycle]:
    """The cycles of a form for some periods, oldest first."""
    statement = (
        select(Cycle)
        .where(Cycle.county_id == county_id, Cycle.form_id == form_id, Cycle.period_key.in_(keys))
        .order_by(Cycle.ends_on)
    )
    return (await session.scalars(statement)).all()


@dataclass(frozen=True, slots=True)
class Seen:
    """A unit of a frozen tree with its stored figures of one basis."""

    cycle_id: UUID
    unit_id: UUID
    parent_id: UUID | None
    tier: Tier
    code: str
    name: str
    short_name: str
    has_children: bool
    asked: bool
    #: 本级.
    own: Partials | None
    #: With everything below it; of a unit without subordinates its own.
    total: Partials | None
    #: How many marks stand at or below the page's unit: with none, what is stored is right.
    marks: int


async def list_seen(
    session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID], unit_id: UUID, reported: bool
) -> list[Seen]:
    """A unit and its direct children in several cycles, in ONE statement: it has one snapshot, marks included."""
    counted = Submission.approved_revision_id if reported else Submission.live_revision_id
    marks = marks_below(county_id, cycle_ids, unit_id)
    folded = Rollup.reported if reported else Rollup.live
    statement = (
        select(
            CycleUnit.cycle_id,
            CycleUnit.unit_id,
            CycleUnit.parent_id,
            CycleUnit.tier,
            CycleUnit.code,
            CycleUnit.name,
            CycleUnit.short_name,
            CycleUnit.has_children,
            CycleUnit.asked,
            # A child's own figures are in its total already.
            case((CycleUnit.unit_id == unit_id, Revision.partials)).label("own"),
            case((CycleUnit.has_children, folded), else_=Revision.partials).label("total"),
            func.coalesce(marks.c.marks, 0).label("marks"),
        )
        .outerjoin(
            Submission,
            and_(
                Submission.county_id == CycleUnit.county_id,
                Submission.cycle_id == CycleUnit.cycle_id,
                Submission.unit_id == CycleUnit.unit_id,
            ),
        )
        .outerjoin(Revision, and_(Revision.county_id == Submission.county_id, Revision.id == counted))
        .outerjoin(Rollup, and_(Rollup.county_id == CycleUnit.county_id, Rollup.id == CycleUnit.id))
        .outerjoin(marks, marks.c.cycle_id == CycleUnit.cycle_id)
        .where(
            CycleUnit.county_id == county_id,
            CycleUnit.cycle_id.in_(cycle_ids),
            or_(CycleUnit.unit_id == unit_id, CycleUnit.parent_id == unit_id),
        )
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )
    return [Seen(**{**dict(row._mapping), "tier": Tier(row.tier)}) for row in await session.execute(statement)]


async def list_frozen(
    session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID]
) -> dict[UUID, list[CycleUnit]]:
    """cycle → its frozen tree, parents first."""
    statement = (
        select(CycleUnit)
        .where(CycleUnit.county_id == county_id, CycleUnit.cycle_id.in_(cycle_ids))
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )
    found: dict[UUID, list[CycleUnit]] = {}
    for unit in (await session.scalars(statement)).all():
        found.setdefault(unit.cycle_id, []).append(unit)
    return found


async def list_live_parts(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> list[tuple[UUID, Partials]]:
    """Every unit's own figures that count now. Reads as the county."""
    statement = (
        select(Submission.unit_id, Revision.partials)
        .join(Revision, and_(Revision.county_id == Submission.county_id, Revision.id == Submission.live_revision_id))
        .where(Submission.county_id == county_id, Submission.cycle_id == cycle_id)
    )
    return [(unit_id, _partials(stored)) for unit_id, stored in await session.execute(statement)]


async def list_reported_parts(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> list[tuple[UUID, Partials]]:
    """What the county's 已审 figures are made of: approved own figures, and the revisions that approved hand-ins list.

    Reads as the county.
    """
    statement = (
        select(Submission.unit_id, Revision.partials, Revision.sources)
        .join(
            Revision, and_(Revision.county_id == Submission.county_id, Revision.id == Submission.approved_revision_id)
        )
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .where(Submission.county_id == county_id, Submission.cycle_id == cycle_id, CycleUnit.lvl <= 1)
    )
    parts: list[tuple[UUID, Partials]] = []
    listed: dict[UUID, UUID] = {}
    for unit_id, stored, sources in await session.execute(statement):
        parts.append((unit_id, _partials(stored)))
        for source in sources or ():
            if source["revision_id"] is not None:
                listed[UUID(source["revision_id"])] = UUID(source["unit_id"])
    below = select(Revision.id, Revision.partials).where(Revision.county_id == county_id, Revision.id.in_(list(listed)))
    parts += [(listed[revision_id], _partials(stored)) for revision_id, stored in await session.execute(below)]
    return parts


def _partials(stored: Any) -> Partials:
    state: Partials = stored
    return state


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a unit is in a cycle."""

    unit_id: UUID
    parent_id: UUID | None
    tier: Tier
    short_name: str
    exempt_reason: str | None
    #: None: it is not asked.
    state: SubmissionState | None
    late: bool | None
    due_at: datetime | None
    first_submitted_at: datetime | None


async def list_standing(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> list[Standing]:
    """Every unit of the frozen tree, parents first."""
    statement = (
        select(
            CycleUnit.unit_id,
            CycleUnit.parent_id,
            CycleUnit.tier,
            CycleUnit.short_name,
            CycleUnit.exempt_reason,
            Submission.state,
            Submission.late,
            Submission.due_at,
            Submission.first_submitted_at,
        )
        .outerjoin(
            Submission,
            and_(
                Submission.county_id == CycleUnit.county_id,
                Submission.cycle_id == CycleUnit.cycle_id,
                Submission.unit_id == CycleUnit.unit_id,
            ),
        )
        .where(CycleUnit.county_id == county_id, CycleUnit.cycle_id == cycle_id)
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )
    return [Standing(**dict(row._mapping)) for row in await session.execute(statement)]
