"""Every SELECT of pledges."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from kit.db.queries import get_row
from kit.errors import NotFound
from plans.pledges.models import Pledge, PledgeText, PledgeVoid


async def list_texts(session: AsyncSession, *, county_id: UUID, year: int) -> Sequence[PledgeText]:
    """The texts of a year, oldest first: the first opened it, the last is signed now."""
    statement = (
        select(PledgeText).where(PledgeText.county_id == county_id, PledgeText.year == year).order_by(PledgeText.no)
    )
    return (await session.scalars(statement)).all()


async def find_latest_text(session: AsyncSession, *, county_id: UUID) -> PledgeText | None:
    """The newest text of any year: what the next year's begins with."""
    statement = (
        select(PledgeText)
        .where(PledgeText.county_id == county_id)
        .order_by(PledgeText.year.desc(), PledgeText.no.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def get_text(session: AsyncSession, *, county_id: UUID, text_id: UUID) -> PledgeText:
    """A text of the county. Raises NotFound."""
    return await get_row(session, PledgeText, county_id=county_id, id=text_id)


async def hold_year(session: AsyncSession, *, county_id: UUID, year: int) -> None:
    """One text at a time is added to a year, until the transaction's end."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"pledge:{county_id}:{year}", 0))))


def _stands() -> ColumnElement[bool]:
    void = select(PledgeVoid.id).where(PledgeVoid.county_id == Pledge.county_id, PledgeVoid.pledge_id == Pledge.id)
    return ~void.exists()


async def list_signed(
    session: AsyncSession, *, county_id: UUID, year: int, unit_id: UUID | None = None
) -> dict[UUID, Pledge]:
    """Staff member → their pledge of a year that stands, at a unit or at all at or below the acting one."""
    statement = select(Pledge).where(Pledge.county_id == county_id, Pledge.year == year, _stands())
    if unit_id is not None:
        statement = statement.where(Pledge.unit_id == unit_id)
    return {one.staff_id: one for one in await session.scalars(statement)}


async def list_signed_by(
    session: AsyncSession, *, county_id: UUID, staff_id: UUID, year: int
) -> list[tuple[Pledge, PledgeVoid | None]]:
    """Everything somebody signed in a year, oldest first: all but the last are void, and perhaps that too."""
    statement = (
        select(Pledge, PledgeVoid)
        .outerjoin(PledgeVoid, and_(PledgeVoid.county_id == Pledge.county_id, PledgeVoid.pledge_id == Pledge.id))
        .where(Pledge.county_id == county_id, Pledge.staff_id == staff_id, Pledge.year == year)
        .order_by(Pledge.no)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_void(session: AsyncSession, *, county_id: UUID, year: int) -> Sequence[Pledge]:
    """The pledges of a year that are void, oldest first, at or below the acting unit."""
    statement = (
        select(Pledge).where(Pledge.county_id == county_id, Pledge.year == year, ~_stands()).order_by(Pledge.signed_at)
    )
    return (await session.scalars(statement)).all()


async def find_void(session: AsyncSession, *, county_id: UUID, pledge_id: UUID) -> PledgeVoid | None:
    """Why a pledge is void, if it is."""
    statement = select(PledgeVoid).where(PledgeVoid.county_id == county_id, PledgeVoid.pledge_id == pledge_id)
    return (await session.scalars(statement)).one_or_none()


async def get_pledge(session: AsyncSession, *, county_id: UUID, pledge_id: UUID) -> Pledge:
    """A pledge at or below the acting unit, with its signature. Raises NotFound."""
    statement = (
        select(Pledge)
        .where(Pledge.county_id == county_id, Pledge.id == pledge_id)
        .options(undefer(Pledge.signature))
        .execution_options(populate_existing=True)
    )
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found
