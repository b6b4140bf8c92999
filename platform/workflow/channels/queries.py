"""Every SELECT of channels."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.errors import NotFound
from workflow.channels.models import Channel, OutsideMessage


async def list_channels(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> Sequence[Channel]:
    statement = select(Channel).where(Channel.county_id == county_id, Channel.unit_id == unit_id).order_by(Channel.id)
    return (await session.scalars(statement)).all()


async def list_active_channels(session: AsyncSession, *, county_id: UUID) -> dict[UUID, list[UUID]]:
    """unit → its channels that are in use."""
    statement = select(Channel.unit_id, Channel.id).where(Channel.county_id == county_id, Channel.active)
    found: dict[UUID, list[UUID]] = {}
    for unit_id, channel_id in await session.execute(statement):
        found.setdefault(unit_id, []).append(channel_id)
    return found


async def get_channel(session: AsyncSession, *, county_id: UUID, channel_id: UUID, lock: bool = False) -> Channel:
    return await get_row(session, Channel, county_id=county_id, id=channel_id, lock=lock)


async def find_channel(session: AsyncSession, *, county_id: UUID, channel_id: UUID) -> Channel | None:
    statement = select(Channel).where(Channel.county_id == county_id, Channel.id == channel_id)
    return (await session.scalars(statement)).one_or_none()


async def list_told(session: AsyncSession, *, county_id: UUID, channel_ids: Sequence[UUID], occasion: str) -> set[UUID]:
    """Those channels for which a message of an occasion was recorded."""
    statement = select(OutsideMessage.channel_id).where(
        OutsideMessage.county_id == county_id,
        OutsideMessage.channel_id.in_(channel_ids),
        OutsideMessage.occasion == occasion,
    )
    return set((await session.scalars(statement)).all())


async def get_message(session: AsyncSession, *, county_id: UUID, message_id: UUID) -> OutsideMessage:
    """A message to be sent; locked. Raises NotFound."""
    statement = (
        select(OutsideMessage)
        .where(OutsideMessage.county_id == county_id, OutsideMessage.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    message = (await session.scalars(statement)).one_or_none()
    if message is None:
        raise NotFound
    return message
