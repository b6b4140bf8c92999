"""Reads of hand-overs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.queries import get_row
from tenancy.models import RememberedDevice, UserSession
from workflow.models import HandOver


async def count_ways_in(session: AsyncSession, *, county_id: UUID, account_id: UUID) -> tuple[int, int]:
    """How many sessions of an account are open, and how many devices remember it. The caller has authorised it."""
    sessions = select(func.count()).where(
        UserSession.county_id == county_id,
        UserSession.account_id == account_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > clock.now(),
    )
    devices = select(func.count()).where(
        RememberedDevice.county_id == county_id,
        RememberedDevice.account_id == account_id,
        RememberedDevice.revoked_at.is_(None),
        RememberedDevice.expires_at > clock.now(),
    )
    return (await session.scalar(sessions)) or 0, (await session.scalar(devices)) or 0


async def get_hand_over(session: AsyncSession, *, county_id: UUID, hand_over_id: UUID) -> HandOver:
    """A hand-over of the acting unit, or of one below it. Raises NotFound."""
    return await get_row(session, HandOver, county_id=county_id, id=hand_over_id)
