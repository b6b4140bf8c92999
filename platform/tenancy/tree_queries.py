"""SELECTs of what a change of the tree must know of the past and of the days to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from tenancy.models import Unit, UnitChange, UnitVersion
from tenancy.tiers import Tier


async def lock_tree(session: AsyncSession, *, county_id: UUID, county_unit_id: UUID) -> None:
    """One change of a county's tree after another: what one was judged by, the next may have changed."""
    statement = select(Unit.id).where(Unit.county_id == county_id, Unit.id == county_unit_id)
    # Without the key: units under the county refer to this very row.
    await session.execute(statement.with_for_update(key_share=True))


async def has_units_under(session: AsyncSession, *, county_id: UUID, unit_id: UUID, since: date) -> bool:
    """Whether any unit stands under one on a day or later."""
    statement = select(
        select(UnitVersion.id)
        .where(
            UnitVersion.county_id == county_id,
            UnitVersion.parent_id == unit_id,
            or_(UnitVersion.valid_to.is_(None), UnitVersion.valid_to > since),
        )
        .exists()
    )
    return bool(await session.scalar(statement))


@dataclass(frozen=True, slots=True)
class UnitLife:
    """From when to when a unit exists; `until` is None while it lasts."""

    id: UUID
    tier: Tier
    since: date
    until: date | None


async def list_unit_lives(session: AsyncSession, *, county_id: UUID) -> dict[str, UnitLife]:
    """Every unit the county ever had, by its code."""
    statement = (
        select(
            Unit.code,
            Unit.id,
            Unit.tier,
            func.min(UnitVersion.valid_from),
            func.max(func.coalesce(UnitVersion.valid_to, date.max)),
        )
        .join(UnitVersion, and_(UnitVersion.county_id == Unit.county_id, UnitVersion.unit_id == Unit.id))
        .where(Unit.county_id == county_id)
        .group_by(Unit.code, Unit.id, Unit.tier)
    )
    return {
        code: UnitLife(unit_id, Tier(tier), since, None if until == date.max else until)
        for code, unit_id, tier, since, until in await session.execute(statement)
    }


async def list_moved_units(session: AsyncSession, *, county_id: UUID, day: date) -> Sequence[UUID]:
    """The units that have stood under more than one superior by a day."""
    statement = (
        select(UnitVersion.unit_id)
        .where(UnitVersion.county_id == county_id, UnitVersion.valid_from <= day)
        .group_by(UnitVersion.unit_id)
        .having(func.count(UnitVersion.parent_id.distinct()) > 1)
    )
    return (await session.scalars(statement)).all()


async def list_changes(session: AsyncSession, *, county_id: UUID, until: date) -> Sequence[UnitChange]:
    """The merges and splits that hold by a day, oldest first."""
    statement = (
        select(UnitChange)
        .where(
            UnitChange.county_id == county_id,
            UnitChange.kind.in_(("merge", "split")),
            UnitChange.effective_on <= until,
        )
        .order_by(UnitChange.effective_on, UnitChange.made_at)
    )
    return (await session.scalars(statement)).all()


async def list_versions(session: AsyncSession, *, county_id: UUID, until: date) -> Sequence[UnitVersion]:
    """What every unit was called and whom it belonged to by a day, oldest first."""
    statement = (
        select(UnitVersion)
        .where(UnitVersion.county_id == county_id, UnitVersion.valid_from <= until)
        .order_by(UnitVersion.valid_from)
    )
    return (await session.scalars(statement)).all()


async def show_records(
    session: AsyncSession, table: str, by: str, ids: Sequence[UUID], superiors: Sequence[UUID]
) -> Sequence[UUID]:
    """Add superiors to those who see the rows of a table whose column `by` has one of the ids; which rows it was.

    A function of the database: the runtime role may change neither a revision nor who sees it. It widens no row that
    the acting unit does not see itself.
    """
    return (
        await session.scalar(_SHOW, {"of_table": table, "by_column": by, "ids": list(ids), "to": list(superiors)})
    ) or []


_UUIDS: ARRAY[UUID] = ARRAY(Uuid())
_SHOW = select(
    func.show_records(
        bindparam("of_table", type_=Text()),
        bindparam("by_column", type_=Text()),
        bindparam("ids", type_=_UUIDS),
        bindparam("to", type_=_UUIDS),
        type_=_UUIDS,
    )
)
