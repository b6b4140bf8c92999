"""Every SELECT of sections."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.errors import NotFound
from tenancy.models import Membership, Section


async def get_section(session: AsyncSession, *, county_id: UUID, section_id: UUID, lock: bool = False) -> Section:
    """A section of the county. Raises NotFound."""
    return await get_row(session, Section, county_id=county_id, id=section_id, lock=lock)


async def get_open_section(session: AsyncSession, *, county_id: UUID, unit_id: UUID, section_id: UUID) -> Section:
    """A section of that unit which is not closed, kept from being closed until the transaction ends. Raises
    NotFound."""
    statement = (
        select(Section)
        .where(
            Section.county_id == county_id,
            Section.id == section_id,
            Section.unit_id == unit_id,
            Section.closed_on.is_(None),
        )
        .with_for_update(read=True)
    )
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def list_sections(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> Sequence[Section]:
    """A unit's sections, open ones first, by name."""
    statement = (
        select(Section)
        .where(Section.county_id == county_id, Section.unit_id == unit_id)
        .order_by(Section.closed_on.is_not(None), Section.name)
    )
    return (await session.scalars(statement)).all()


async def find_name(session: AsyncSession, *, county_id: UUID, section_id: UUID | None) -> str:
    """What a section is called; empty for none."""
    if section_id is None:
        return ""
    statement = select(Section.name).where(Section.county_id == county_id, Section.id == section_id)
    return (await session.scalars(statement)).one_or_none() or ""


async def count_members(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> dict[UUID, int]:
    """Section → how many memberships stand in it, of a unit."""
    statement = (
        select(Membership.section_id, func.count())
        .where(
            Membership.county_id == county_id,
            Membership.unit_id == unit_id,
            Membership.active,
            Membership.section_id.is_not(None),
        )
        .group_by(Membership.section_id)
    )
    return {row[0]: row[1] for row in await session.execute(statement) if row[0] is not None}
