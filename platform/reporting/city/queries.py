"""Every SELECT of 套表."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from reporting.city.models import CitySheet
from reporting.models import Cycle


async def list_sheets(session: AsyncSession, *, county_id: UUID) -> Sequence[CitySheet]:
    """The county's workbooks by title."""
    statement = select(CitySheet).where(CitySheet.county_id == county_id).order_by(CitySheet.title)
    return (await session.scalars(statement)).all()


async def get_sheet(session: AsyncSession, *, county_id: UUID, sheet_id: UUID, lock: bool = False) -> CitySheet:
    """Raises NotFound."""
    return await get_row(session, CitySheet, county_id=county_id, id=sheet_id, lock=lock)


async def is_title_taken(session: AsyncSession, *, county_id: UUID, title: str) -> bool:
    """Whether a workbook of that title is kept."""
    statement = select(CitySheet.id).where(CitySheet.county_id == county_id, CitySheet.title == title)
    return await session.scalar(statement) is not None


async def find_cycle_of_month(session: AsyncSession, *, county_id: UUID, form_id: UUID, month: date) -> Cycle | None:
    """A form's cycle for a month: the month itself, or the quarter, half-year or year that ends in it."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    key = f"{month.year:04}-{month.month:02}"
    statement = (
        select(Cycle)
        .where(
            Cycle.county_id == county_id,
            Cycle.form_id == form_id,
            or_(Cycle.period_key == key, (Cycle.ends_on >= month) & (Cycle.ends_on < after)),
        )
        .order_by(case((Cycle.period_key == key, 0), else_=1), Cycle.ends_on.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()
