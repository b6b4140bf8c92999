"""Every SELECT of the entrances."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.models import County
from tenancy.models import OutsideIdentity, RememberedDevice


async def find_device(
    session: AsyncSession, *, county_id: UUID, secret_hash: str, lock: bool = False
) -> RememberedDevice | None:
    """A device that still remembers somebody. With `lock`, tries are counted one after another."""
    statement = select(RememberedDevice).where(
        RememberedDevice.county_id == county_id,
        RememberedDevice.secret_hash == secret_hash,
        RememberedDevice.revoked_at.is_(None),
        RememberedDevice.expires_at > clock.now(),
    )
    return (await session.scalars(statement.with_for_update() if lock else statement)).one_or_none()


async def list_devices(session: AsyncSession, *, county_id: UUID, account_id: UUID) -> Sequence[RememberedDevice]:
    """The devices that remember a person, the latest used first."""
    statement = (
        select(RememberedDevice)
        .where(
            RememberedDevice.county_id == county_id,
            RememberedDevice.account_id == account_id,
            RememberedDevice.revoked_at.is_(None),
            RememberedDevice.expires_at > clock.now(),
        )
        .order_by(RememberedDevice.used_at.desc())
    )
    return (await session.scalars(statement)).all()


async def find_identity(session: AsyncSession, *, county_id: UUID, issuer: str, subject: str) -> OutsideIdentity | None:
    statement = select(OutsideIdentity).where(
        OutsideIdentity.county_id == county_id,
        OutsideIdentity.issuer == issuer,
        OutsideIdentity.subject == subject,
    )
    return (await session.scalars(statement)).one_or_none()


async def find_identity_of(
    session: AsyncSession, *, county_id: UUID, account_id: UUID, issuer: str
) -> OutsideIdentity | None:
    """The identity that an account is linked to at an issuer."""
    statement = select(OutsideIdentity).where(
        OutsideIdentity.county_id == county_id,
        OutsideIdentity.account_id == account_id,
        OutsideIdentity.issuer == issuer,
    )
    return (await session.scalars(statement)).one_or_none()


async def find_county_by_id(session: AsyncSession, county_id: UUID) -> County | None:
    """An active county."""
    statement = select(County).where(County.id == county_id, County.active)
    return (await session.scalars(statement)).one_or_none()
