"""People with tokens, and a client for the real application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.db.session import Database
from kit.ids import new_id
from tenancy.models import Account, AdminKind, Membership, Role, UserSession
from tests.world import World


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in, as a machine would be."""

    name: str
    account_id: UUID
    membership_id: UUID
    session_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "x-jiceng-membership": str(self.membership_id)}


async def person(database: Database, world: World, code: str, roles: Sequence[Role] = tuple(Role)) -> Person:
    """A new person at a unit with these roles."""
    account_id, membership_id = new_id(), new_id()
    unit_id = world.units[code]
    async with database.transaction(world.identity) as session:
        await session.execute(
            insert(Account).values(
                county_id=world.county.id,
                id=account_id,
                sign_name=f"p-{account_id}",
                display_name=f"{code}-{'+'.join(roles)}",
                must_change_password=False,
            )
        )
        await session.execute(
            insert(Membership).values(
                county_id=world.county.id,
                id=membership_id,
                account_id=account_id,
                unit_id=unit_id,
                roles=[role.value for role in roles],
            )
        )
    return await signed_in(database, world, account_id, membership_id, f"{code}-{'+'.join(roles)}")


async def admin(database: Database, world: World, kind: AdminKind) -> Person:
    """One of the county's 三员."""
    account_id = world.admins[kind]
    async with database.transaction(world.identity) as session:
        account = await session.get_one(Account, (world.county.id, account_id))
        account.must_change_password = False
    async with database.transaction(world.identity) as session:
        membership_id = await admin_membership(session, world, account_id)
    return await signed_in(database, world, account_id, membership_id, kind.value)


async def admin_membership(session: AsyncSession, world: World, account_id: UUID) -> UUID:

    found = await session.scalar(
        select(Membership.id).where(Membership.county_id == world.county.id, Membership.account_id == account_id)
    )
    assert found is not None
    return found


async def signed_in(database: Database, world: World, account_id: UUID, membership_id: UUID, name: str) -> Person:
    secret, session_id = crypto.new_token(), new_id()
    async with database.transaction(world.identity) as session:
        await session.execute(
            insert(UserSession).values(
                county_id=world.county.id,
                id=session_id,
                account_id=account_id,
                secret_hash=crypto.token_hash(secret),
                csrf_hash=crypto.token_hash("csrf"),
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
    return Person(name, account_id, membership_id, session_id, f"{world.county.id}.{secret}")
